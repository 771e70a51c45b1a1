import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { noiseCrypto } from '../../src/platform/noise-crypto.ts'
import { hexOf } from '../support/noise-vectors.ts'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

const crypto = noiseCrypto as ICryptoInterface

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

  it('refuses what is shorter than a tag', () => {
    const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)]
    for (const length of [0, 1, 15]) expect(() => crypto.chaCha20Poly1305Decrypt(new Uint8Array(length), nonce, none, key), String(length)).to.throw()
  })
})
