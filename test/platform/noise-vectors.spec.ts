import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { expect } from 'chai'
import { Uint8ArrayList } from 'uint8arraylist'
import { noiseCrypto } from '../../src/platform/noise-crypto.ts'
import { cipherState, handshakeState, hex, hexOf, vectors } from '../support/noise-vectors.ts'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

const crypto = noiseCrypto as ICryptoInterface
const NONE = new Uint8Array(0)
/** Noise has 2^64 - 1 of them; libp2p's module stops at 2^32. */
const LAST_NONCE = 0xffff_ffff

describe('published vectors of Noise', () => {
  for (const { source, prologue, initiator, responder, handshakeHash, messages } of vectors.noise.vectors) {
    describe(source, () => {
      for (const [name, theirs] of [['itself', crypto], ['the JavaScript of Noise', pureJsCrypto]] as const) {
        it(`every byte, both ways, with ${name} at the other side`, () => {
          const a = handshakeState(crypto, true, hex(prologue), initiator)
          const b = handshakeState(theirs, false, hex(prologue), responder)
          const steps = ['A', 'B', 'C'] as const
          for (const [i, step] of steps.entries()) {
            const { payload, ciphertext } = messages[i] as typeof messages[number]
            const [writer, reader] = i % 2 === 0 ? [a, b] : [b, a]
            const message = writer[`writeMessage${step}`](hex(payload))
            expect(hexOf(message), step).to.equal(ciphertext)
            // as it comes from the wire: in pieces
            const cut = new Uint8ArrayList(message.subarray(0, 40), message.subarray(40))
            expect(hexOf(reader[`readMessage${step}`](cut)), step).to.equal(payload)
          }
          expect(hexOf(a.ss.h)).to.equal(hexOf(b.ss.h))
          if (handshakeHash != null) expect(hexOf(a.ss.h)).to.equal(handshakeHash)
          const [ours, its] = [a.ss.split(), b.ss.split()]
          for (const [i, { payload, ciphertext }] of messages.entries()) {
            if (i < steps.length) continue
            // the initiator has the first key, and message 3 is the responder's
            const key = i % 2 === 0 ? 0 : 1
            const [writer, reader] = key === 0 ? [ours[0], its[0]] : [its[1], ours[1]]
            const sealed = writer.encryptWithAd(NONE, hex(payload))
            expect(hexOf(sealed), String(i)).to.equal(ciphertext)
            expect(hexOf(reader.decryptWithAd(NONE, sealed)), String(i)).to.equal(payload)
          }
        })
      }
    })
  }

  it('a message that does not open costs no nonce: the right one still does', () => {
    const key = new Uint8Array(32).fill(1)
    const [writer, reader] = [cipherState(pureJsCrypto, key), cipherState(crypto, key)]
    const sealed = writer.encryptWithAd(NONE, Uint8Array.of(1, 2, 3)).subarray()
    for (const broken of [sealed.with(0, sealed[0]! ^ 1), sealed.with(sealed.length - 1, sealed.at(-1)! ^ 1), sealed.subarray(1), sealed.subarray(0, 15), NONE]) {
      expect(() => reader.decryptWithAd(NONE, broken), hexOf(broken)).to.throw()
    }
    expect(hexOf(reader.decryptWithAd(NONE, sealed))).to.equal('010203')
    expect(() => reader.decryptWithAd(NONE, sealed), 'twice').to.throw()
  })

  it('no key seals more than nonces last', () => {
    const key = new Uint8Array(32).fill(2)
    const [ours, its] = [cipherState(crypto, key, LAST_NONCE), cipherState(pureJsCrypto, key, LAST_NONCE)]
    const [sealed, same] = [ours, its].map(state => state.encryptWithAd(NONE, Uint8Array.of(1)))
    expect(hexOf(sealed!)).to.equal(hexOf(same!))
    expect(() => ours.encryptWithAd(NONE, Uint8Array.of(1))).to.throw('maximum')
    const nonce = hex('00000000ffffffffffffffff')
    expect(hexOf(crypto.chaCha20Poly1305Encrypt(key, nonce, NONE, key))).to.equal(hexOf(pureJsCrypto.chaCha20Poly1305Encrypt(key, nonce, NONE, key)))
  })
})

describe('published vectors of what Noise computes with', () => {
  it('X25519 (RFC 7748)', () => {
    const { products, iterated, agreement: { alice, bob, shared } } = vectors.x25519
    for (const { scalar, point, product } of products) expect(hexOf(crypto.generateX25519SharedKey(hex(scalar), hex(point)))).to.equal(product)
    let [k, u] = [hex('09' + '00'.repeat(31)), hex('09' + '00'.repeat(31))]
    for (let i = 1; i <= 1_000; i++) {
      [k, u] = [crypto.generateX25519SharedKey(k, u).subarray(), k]
      if (iterated[i] != null) expect(hexOf(k), String(i)).to.equal(iterated[i])
    }
    for (const [one, other] of [[alice, bob], [bob, alice]] as const) {
      const pair = crypto.generateX25519KeyPairFromSeed(hex(one.private))
      expect(hexOf(pair.publicKey)).to.equal(one.public)
      expect(hexOf(crypto.generateX25519SharedKey(pair.privateKey, hex(other.public)))).to.equal(shared)
    }
  })

  it('X25519 makes no secret with any of the points of small order', () => {
    const { privateKey } = crypto.generateX25519KeyPair()
    const { points } = vectors.x25519.smallOrder
    for (const point of points) expect(() => crypto.generateX25519SharedKey(privateKey, hex(point)), point).to.throw()
    // what is not looked at changes nothing
    const { publicKey } = crypto.generateX25519KeyPair()
    expect(hexOf(crypto.generateX25519SharedKey(privateKey, publicKey.with(31, publicKey[31]! | 0x80)))).to.equal(hexOf(crypto.generateX25519SharedKey(privateKey, publicKey)))
    for (const length of [0, 31]) expect(() => crypto.generateX25519SharedKey(privateKey, new Uint8Array(length).fill(9)), String(length)).to.throw()
  })

  it('ChaCha20-Poly1305 (RFC 8439), and nothing opens with a wrong tag', () => {
    for (const { key, nonce, ad, text, sealed } of vectors.chaCha20Poly1305.vectors) {
      const [k, n, a] = [hex(key), hex(nonce), hex(ad)]
      expect(hexOf(crypto.chaCha20Poly1305Encrypt(hex(text), n, a, k))).to.equal(sealed)
      expect(hexOf(crypto.chaCha20Poly1305Decrypt(hex(sealed), n, a, k))).to.equal(text)
      const bytes = hex(sealed)
      for (let i = bytes.length - 16; i < bytes.length; i++) expect(() => crypto.chaCha20Poly1305Decrypt(bytes.with(i, bytes[i]! ^ 0x80), n, a, k), String(i)).to.throw()
      expect(() => crypto.chaCha20Poly1305Decrypt(bytes, n, NONE, k)).to.throw()
    }
  })

  it('HKDF (RFC 5869) and SHA-256 (FIPS 180-4)', () => {
    const { salt, ikm, okm } = vectors.hkdf
    expect(Buffer.concat(crypto.getHKDF(hex(salt), hex(ikm))).toString('hex').slice(0, okm.length)).to.equal(okm)
    for (const { text, digest } of vectors.sha256.vectors) expect(hexOf(crypto.hashSHA256(hex(text)))).to.equal(digest)
    const million = new Uint8Array(1_000_000).fill(0x61)
    expect(hexOf(crypto.hashSHA256(new Uint8ArrayList(million.subarray(0, 3), million.subarray(3))))).to.equal('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0')
  })
})
