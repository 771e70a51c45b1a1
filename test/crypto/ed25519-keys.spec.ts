import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { isUnambiguous, openingKeyOf, sealingKeyOf } from '../../src/crypto/ed25519-keys.ts'
import { open, seal } from '../../src/crypto/sealing.ts'
import { seededRng } from '../../src/util/rng.ts'

const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')
/** Of order 8, as in "Taming the many EdDSAs", table 1. */
const ORDER_8 = bytesOf('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')

describe('crypto: Ed25519 keys', () => {
  it('gives both halves of one X25519 key pair', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { secretKey, publicKey } = ed25519.keygen(seededRng(seed).bytes(32))
      expect(x25519.getPublicKey(openingKeyOf(secretKey))).to.deep.equal(sealingKeyOf(publicKey))
    }
  })

  it('converts as others do: a vector of libsodium\'s crypto_sign_ed25519_pk_to_curve25519', () => {
    // libsodium, test/default/ed25519_convert
    const { secretKey, publicKey } = ed25519.keygen(bytesOf('421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee'))
    expect(sealingKeyOf(publicKey)).to.deep.equal(bytesOf('f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50'))
    expect(openingKeyOf(secretKey)).to.deep.equal(bytesOf('8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166'))
  })

  it('seals to the one, opens with the other', async () => {
    const { secretKey, publicKey } = ed25519.keygen(seededRng(1).bytes(32))
    const context = { info: Uint8Array.of(1), aad: Uint8Array.of(2) }
    const sealed = await seal(sealingKeyOf(publicKey), Uint8Array.of(3), context, seededRng(2))
    expect(await open(openingKeyOf(secretKey), sealed, context)).to.deep.equal(Uint8Array.of(3))
  })

  it('refuses what is no key', () => {
    for (const key of [new Uint8Array(0), new Uint8Array(31), new Uint8Array(32).fill(0xff), Uint8Array.of(2, ...new Uint8Array(31))]) {
      expect(() => sealingKeyOf(key)).to.throw().with.property('code', 'SEALING_KEY_INVALID')
    }
  })

  describe('signatures that libraries may disagree on', () => {
    const { secretKey, publicKey } = ed25519.keygen(seededRng(1).bytes(32))
    const signature = ed25519.sign(Uint8Array.of(1), secretKey)
    const { Point } = ed25519
    const withNonce = (nonce: Uint8Array): Uint8Array => Uint8Array.of(...nonce, ...signature.subarray(32))
    const torsion = (bytes: Uint8Array): Uint8Array => Point.fromBytes(bytes).add(Point.fromBytes(ORDER_8)).toBytes()
    const unreduced = (): Uint8Array => {
      const order = Point.Fn.ORDER
      const scalar = BigInt(`0x${toString(signature.subarray(32).toReversed(), 'base16')}`) + order
      return Uint8Array.of(...signature.subarray(0, 32), ...bytesOf(scalar.toString(16).padStart(64, '0')).toReversed())
    }

    const cases: Array<[name: string, key: Uint8Array, signature: Uint8Array, unambiguous: boolean]> = [
      ['a right one', publicKey, signature, true],
      ['a wrong scalar', publicKey, signature.map((byte, i) => i === 40 ? byte ^ 1 : byte), true],
      ['too short', publicKey, signature.subarray(1), true],
      ['a nonce that is no point', publicKey, withNonce(Uint8Array.of(2, ...new Uint8Array(31))), true],
      ['a nonce with a part of small order', publicKey, withNonce(torsion(signature.subarray(0, 32))), false],
      ['a key with a part of small order', torsion(publicKey), signature, false],
      ['a nonce of small order', publicKey, withNonce(ORDER_8), false],
      ['the neutral nonce', publicKey, withNonce(Uint8Array.of(1, ...new Uint8Array(31))), false],
      ['the neutral nonce, not canonical', publicKey, withNonce(Uint8Array.of(0xee, ...new Uint8Array(30).fill(0xff), 0x7f)), false],
      ['a scalar that is not reduced', publicKey, unreduced(), false]
    ]
    for (const [name, key, signature, unambiguous] of cases) {
      it(`${name}: ${unambiguous ? 'all agree' : 'they may'}`, () => { expect(isUnambiguous(key, signature)).to.equal(unambiguous) })
    }
  })
})
