import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { noiseCrypto } from '../../src/platform/noise-crypto.ts'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

const crypto = noiseCrypto as ICryptoInterface

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const hexOf = (bytes: { subarray (): Uint8Array }): string => Buffer.from(bytes.subarray()).toString('hex')

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
/** The same bytes, whole or in pieces. */
const pieces = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 5 }).chain(parts => fc.constantFrom<Uint8Array | Uint8ArrayList>(new Uint8ArrayList(...parts), Buffer.concat(parts)))

describe('platform/noise-crypto', () => {
  it('computes what the JavaScript of Noise computes', () => {
    fc.assert(fc.property(pieces, bytes(32), bytes(12), fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 32 }), (data, key, nonce, ad, ikm) => {
      expect(hexOf(crypto.hashSHA256(data))).to.equal(hexOf(pureJsCrypto.hashSHA256(data)))
      expect(crypto.getHKDF(key, ikm).map(hexOf)).to.deep.equal(pureJsCrypto.getHKDF(key, ikm).map(hexOf))
      const sealed = crypto.chaCha20Poly1305Encrypt(data, nonce, ad, key)
      expect(hexOf(sealed)).to.equal(hexOf(pureJsCrypto.chaCha20Poly1305Encrypt(data, nonce, ad, key)))
      expect(hexOf(crypto.chaCha20Poly1305Decrypt(sealed, nonce, ad, key))).to.equal(hexOf(data))
      expect(hexOf(crypto.chaCha20Poly1305Decrypt(new Uint8ArrayList(sealed.subarray(0, 3), sealed.subarray(3)), nonce, ad, key))).to.equal(hexOf(data))
    }), { numRuns: 200 })
  })

  it('agrees on keys with it', () => {
    fc.assert(fc.property(bytes(32), seed => {
      const pair = crypto.generateX25519KeyPairFromSeed(seed)
      expect(hexOf(pair.publicKey)).to.equal(hexOf(pureJsCrypto.generateX25519KeyPairFromSeed(seed).publicKey))
      const other = crypto.generateX25519KeyPair()
      expect(other.publicKey).to.have.length(32)
      const shared = hexOf(pureJsCrypto.generateX25519SharedKey(seed, other.publicKey))
      expect(hexOf(crypto.generateX25519SharedKey(seed, other.publicKey))).to.equal(shared)
      expect(hexOf(crypto.generateX25519SharedKey(other.privateKey, new Uint8ArrayList(pair.publicKey)))).to.equal(shared)
    }), { numRuns: 20 })
  })

  it('opens nothing when a bit of anything differs', () => {
    const input = [bytes(32), bytes(12), fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.uint8Array({ minLength: 1, maxLength: 40 })] as const
    fc.assert(fc.property(...input, fc.nat(3), fc.nat(), (key, nonce, ad, text, which, at) => {
      const sealed = crypto.chaCha20Poly1305Encrypt(text, nonce, ad, key).subarray()
      const parts = [sealed, nonce, ad, key] as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
      const part = parts[which]!
      const bit = at % (part.length * 8)
      parts[which] = part.with(bit >> 3, part[bit >> 3]! ^ 1 << (bit & 7))
      expect(() => crypto.chaCha20Poly1305Decrypt(...parts)).to.throw()
    }), { numRuns: 200 })
  })

  it('refuses what is shorter than a tag, and points of small order', () => {
    const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)]
    for (const length of [0, 1, 15]) expect(() => crypto.chaCha20Poly1305Decrypt(new Uint8Array(length), nonce, none, key), String(length)).to.throw()
    const { privateKey } = crypto.generateX25519KeyPair()
    for (const point of [hex('00'.repeat(32)), hex('01' + '00'.repeat(31)), hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')]) {
      expect(() => crypto.generateX25519SharedKey(privateKey, point), hexOf(point)).to.throw()
    }
  })

  it('passes the vectors of RFC 8439 (2.8.2) and RFC 7748 (5.2)', () => {
    const text = new TextEncoder().encode("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.")
    const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f')
    expect(hexOf(crypto.chaCha20Poly1305Encrypt(text, hex('070000004041424344454647'), hex('50515253c0c1c2c3c4c5c6c7'), key))).to.equal(`
      d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
      92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691`.replaceAll(/\s/g, ''))
    const shared = crypto.generateX25519SharedKey(hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'), hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'))
    expect(hexOf(shared)).to.equal('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552')
  })
})
