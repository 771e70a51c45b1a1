import { x25519 } from '@noble/curves/ed25519.js'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { deriveKeyPair, KEY_BYTES, open, seal, SealingError, TAG_BYTES } from '../../src/crypto/sealing.ts'
import { seededRng } from '../../src/util/rng.ts'
import type { Rng } from '../../src/util/rng.ts'

const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')

/** RFC 9180, appendix A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode, sequence number 0. */
const RFC = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  ikmE: '909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b',
  ikmR: '1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df',
  pkRm: '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a',
  skRm: '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb',
  enc: '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a',
  pt: '4265617574792069732074727574682c20747275746820626561757479',
  aad: '436f756e742d30',
  ct: '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28'
}

/** The next bytes are these. */
const dealt = (bytes: Uint8Array): Rng => ({ ...seededRng(0), bytes: () => bytes })

async function failure (promise: Promise<unknown>): Promise<SealingError> {
  const err: unknown = await promise.then(() => undefined, (err: unknown) => err)
  expect(err).to.be.instanceOf(SealingError)
  return err as SealingError
}

describe('crypto: sealing', () => {
  const context = { info: bytesOf(RFC.info), aad: bytesOf(RFC.aad) }

  it('derives the recipient\'s keys of RFC 9180', async () => {
    const { publicKey, privateKey } = await deriveKeyPair(bytesOf(RFC.ikmR))
    expect([hexOf(publicKey), hexOf(privateKey)]).to.deep.equal([RFC.pkRm, RFC.skRm])
  })

  it('seals as in RFC 9180', async () => {
    const { enc, ciphertext } = await seal(bytesOf(RFC.pkRm), bytesOf(RFC.pt), context, dealt(bytesOf(RFC.ikmE)))
    expect([hexOf(enc), hexOf(ciphertext)]).to.deep.equal([RFC.enc, RFC.ct])
  })

  it('opens what is sealed in RFC 9180', async () => {
    expect(hexOf(await open(bytesOf(RFC.skRm), { enc: bytesOf(RFC.enc), ciphertext: bytesOf(RFC.ct) }, context))).to.equal(RFC.pt)
  })

  it('opens whatever it seals', async () => {
    const { publicKey, privateKey } = await deriveKeyPair(seededRng(1).bytes(KEY_BYTES))
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), fc.nat(), async (plaintext, info, aad, seed) => {
      const sealed = await seal(publicKey, plaintext, { info, aad }, seededRng(seed))
      expect(sealed.enc).to.have.length(KEY_BYTES)
      expect(sealed.ciphertext).to.have.length(plaintext.byteLength + TAG_BYTES)
      expect(await open(privateKey, sealed, { info, aad })).to.deep.equal(plaintext)
    }), { numRuns: 50 })
  })

  it('opens nothing when one bit of anything differs', async () => {
    const { publicKey, privateKey } = await deriveKeyPair(seededRng(2).bytes(KEY_BYTES))
    const [info, aad] = [seededRng(3).bytes(20), seededRng(4).bytes(10)]
    const { enc, ciphertext } = await seal(publicKey, seededRng(5).bytes(40), { info, aad }, seededRng(6))
    const parts = { enc, ciphertext, info, aad }
    for (const [name, bytes] of Object.entries(parts)) {
      for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
        // X25519 ignores the top bit of a public key (RFC 7748, section 5), but the KEM hashes it
        const flipped = { ...parts, [name]: bytes.map((byte, i) => i === bit >> 3 ? byte ^ 1 << (bit & 7) : byte) }
        const err = await failure(open(privateKey, flipped, flipped))
        expect(err.code, `${name}, bit ${bit}`).to.equal('SEALING_OPEN_FAILED')
      }
    }
  })

  it('opens nothing with another key, or of another length', async () => {
    const { publicKey, privateKey } = await deriveKeyPair(seededRng(7).bytes(KEY_BYTES))
    const other = await deriveKeyPair(seededRng(8).bytes(KEY_BYTES))
    const sealed = await seal(publicKey, Uint8Array.of(1, 2, 3), context, seededRng(9))
    for (const attempt of [
      open(other.privateKey, sealed, context),
      open(privateKey.subarray(1), sealed, context),
      open(privateKey, { ...sealed, ciphertext: sealed.ciphertext.subarray(1) }, context),
      open(privateKey, { ...sealed, ciphertext: new Uint8Array(0) }, context),
      open(privateKey, { ...sealed, enc: new Uint8Array(0) }, context)
    ]) expect(await failure(attempt)).to.have.property('code', 'SEALING_OPEN_FAILED')
  })

  it('seals nothing to what is no key: wrong length, low order', async () => {
    const lowOrder = ['00'.repeat(32), `01${'00'.repeat(31)}`, 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f']
    for (const key of [new Uint8Array(31), new Uint8Array(0), ...lowOrder.map(bytesOf)]) {
      expect(await failure(seal(key, Uint8Array.of(1), context, seededRng(1))), hexOf(key)).to.have.property('code', 'SEALING_KEY_INVALID')
    }
  })

  it('never seals the same twice', async () => {
    const publicKey = x25519.getPublicKey(seededRng(1).bytes(KEY_BYTES))
    const rng = seededRng(2)
    const [a, b] = [await seal(publicKey, Uint8Array.of(1), context, rng), await seal(publicKey, Uint8Array.of(1), context, rng)]
    expect(hexOf(a.enc)).to.not.equal(hexOf(b.enc))
    expect(hexOf(a.ciphertext)).to.not.equal(hexOf(b.ciphertext))
  })
})
