import { generateKeyPair } from '@libp2p/crypto/keys'
import { ed25519 } from '@noble/curves/ed25519.js'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { deriveKeyPair } from '../../../../src/crypto/sealing.ts'
import { openSealed, ownOpeningKey, ownSealingKey, readSealed, sealMessage } from '../../../../src/services/messaging/mailbox/sealed-message.ts'
import { FlawedError, isSurelyForged } from '../../../../src/services/messaging/mailbox/signed.ts'
import { keyIdOf } from '../../../../src/services/messaging/mailbox/card.ts'
import { Sealed } from '../../../../src/services/messaging/pb/mailbox.ts'
import { Envelope } from '../../../../src/wire/pb/record.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { SealedMessage } from '../../../../src/services/messaging/mailbox/sealed-message.ts'

const TEXT = new TextEncoder().encode('a message')
const EXPIRES_MS = 1_800_000_000_000

async function sealedFrom (privateKey: PrivateKey, to: number, encoded = TEXT, seed = 9): Promise<Uint8Array> {
  const recipient = await peerIdOf(to)
  return await sealMessage({ privateKey, recipient, key: ownSealingKey(recipient), encoded, expiresMs: EXPIRES_MS, rng: seededRng(seed) })
}

/** Whether only what nobody reads differs: protobuf readers go by the number of a field, not by its kind. */
function isSame (changed: Uint8Array, original: Uint8Array): boolean {
  try {
    return equals(Envelope.encode(Envelope.decode(changed)), original)
  } catch {
    return false
  }
}

async function flawOf (bytes: Uint8Array): Promise<string> {
  const err = await rejection(readSealed(bytes))
  expect(err).to.be.instanceOf(FlawedError).with.property('code', 'MESSAGING_SEALED_INVALID')
  const { flaw } = err as FlawedError
  return flaw === 'forged' && !isSurelyForged(bytes) ? 'doubtful' : flaw
}

describe('messaging: sealed messages', () => {
  it('are read by the recipient, with the sender\'s name', async () => {
    const key = ownOpeningKey(await keyOf(2))
    const recipient = await peerIdOf(2)
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), fc.nat(2 ** 40), async (encoded, expiresMs) => {
      const bytes = await sealMessage({ privateKey: await keyOf(1), recipient, key: ownSealingKey(recipient), encoded, expiresMs, rng: seededRng(1) })
      const sealed = await readSealed(bytes)
      expect([String(sealed.sender), String(sealed.recipient), sealed.expiresMs, sealed.keyId.byteLength]).to.deep.equal([String(await peerIdOf(1)), String(recipient), expiresMs, 0])
      expect(await openSealed(sealed, key)).to.deep.equal(encoded)
    }), { numRuns: 20 })
  })

  it('are refused when any bit differs, but the kind of field in the envelope, which says nothing', async () => {
    const rng = seededRng(1)
    const bytes = await sealedFrom(await keyOf(1), 2)
    const key = ownOpeningKey(await keyOf(2))
    for (let i = 0; i < bytes.byteLength; i++) {
      const flipped = bytes.with(i, bytes[i]! ^ 1 << rng.int(8))
      if (isSame(flipped, bytes)) continue
      const outcome = await readSealed(flipped).then(async sealed => await openSealed(sealed, key)).then(() => 'taken', (err: unknown) => (err as { code?: string }).code)
      expect(outcome, `byte ${i}`).to.equal('MESSAGING_SEALED_INVALID')
    }
  })

  it('cannot be signed by another as his own, nor made to last longer, nor addressed anew', async () => {
    const key = ownOpeningKey(await keyOf(2))
    const sealed = await readSealed(await sealedFrom(await keyOf(1), 2))
    const other = await readSealed(await sealedFrom(await keyOf(3), 4, TEXT, 10))
    const changes: Array<Partial<SealedMessage>> = [
      { senderKey: other.senderKey }, { recipient: other.recipient }, { expiresMs: EXPIRES_MS + 1 }, { id: sealed.id.with(0, sealed.id[0]! ^ 1) }, { keyId: new Uint8Array(16) }, { enc: other.enc }
    ]
    for (const change of changes) expect(await rejection(openSealed({ ...sealed, ...change }, key)), Object.keys(change)[0]).to.have.property('code', 'MESSAGING_SEALED_INVALID')
    expect(await openSealed(sealed, key)).to.deep.equal(TEXT)
  })

  it('have few lengths', async () => {
    const lengths = new Set<number>()
    for (let length = 0; length < 200; length += 20) lengths.add((await sealedFrom(await keyOf(1), 2, new Uint8Array(length))).byteLength)
    expect(lengths.size).to.equal(1)
  })

  it('may be up to 1 MiB and what is around it, no more', async () => {
    expect((await sealedFrom(await keyOf(1), 2, new Uint8Array(1_048_576 + 1_024))).byteLength).to.be.above(1_048_576)
    expect(await rejection(sealedFrom(await keyOf(1), 2, new Uint8Array(1_200_000)))).to.have.property('code', 'MESSAGING_TOO_LARGE')
  })

  it('cannot be made for a peer whose own key is no Ed25519 key, but with a prekey', async () => {
    const privateKey = await generateKeyPair('secp256k1')
    const recipient = peerIdFromPrivateKey(privateKey)
    expect(() => ownSealingKey(recipient)).to.throw(/secp256k1|prekey/).with.property('code', 'MESSAGING_SEALED_INVALID')
    expect(() => ownOpeningKey(privateKey)).to.throw().with.property('code', 'MESSAGING_SEALED_INVALID')
    const pair = await deriveKeyPair(seededRng(1).bytes(32))
    const bytes = await sealMessage({ privateKey, recipient, key: { id: keyIdOf(pair.publicKey), publicKey: pair.publicKey }, encoded: TEXT, expiresMs: EXPIRES_MS, rng: seededRng(2) })
    const sealed = await readSealed(bytes)
    expect(String(sealed.sender)).to.equal(String(recipient))
    expect(await openSealed(sealed, pair.privateKey)).to.deep.equal(TEXT)
  })

  describe('say whose fault it is', () => {
    let bytes: Uint8Array
    let envelope: Envelope
    before(async () => {
      bytes = await sealedFrom(await keyOf(1), 2)
      envelope = Envelope.decode(bytes)
    })
    const changed = (change: Partial<Envelope>): Uint8Array => Envelope.encode({ ...envelope, ...change })
    const torsion = (point: Uint8Array): Uint8Array => ed25519.Point.fromBytes(point).add(ed25519.Point.fromBytes(fromString('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'base16'))).toBytes()

    it('a signature that nobody takes', async () => {
      expect(await flawOf(changed({ signature: envelope.signature.with(40, envelope.signature[40]! ^ 1) }))).to.equal('forged')
      expect(await flawOf(changed({ signature: new Uint8Array(0) }))).to.equal('forged')
      expect(await flawOf(changed({ payload: envelope.payload.with(80, envelope.payload[80]! ^ 1) }))).to.equal('forged')
    })

    it('a signature that another library might take', async () => {
      const { signature } = envelope
      expect(await flawOf(changed({ signature: Uint8Array.of(...torsion(signature.subarray(0, 32)), ...signature.subarray(32)) }))).to.equal('doubtful')
      const foreign = Envelope.decode(await sealedFrom(await generateKeyPair('secp256k1'), 2))
      expect(await flawOf(Envelope.encode({ ...foreign, signature: foreign.signature.with(20, foreign.signature[20]! ^ 1) }))).to.equal('doubtful')
    })

    it('a key that is not known here, or oddly encoded', async () => {
      expect(await flawOf(changed({ publicKey: Uint8Array.of(8, 77, 18, 1, 1) }))).to.equal('unsupported')
      expect(await flawOf(changed({ publicKey: Uint8Array.of(...envelope.publicKey, 0x18, 1) }))).to.equal('unsupported')
    })

    it('something else, or nothing', async () => {
      expect(await flawOf(changed({ payloadType: Uint8Array.of(1) }))).to.equal('malformed')
      expect(await flawOf(new Uint8Array(0))).to.equal('malformed')
      expect(await flawOf(Uint8Array.of(0xff))).to.equal('malformed')
    })

    it('well signed nonsense, and what a later version may send', async () => {
      const { signed } = await import('../../../../src/services/messaging/mailbox/signed.ts')
      const kind = { what: 'x', domain: 'peerkeep-messaging-sealed', type: '/peerkeep/messaging/sealed', code: 'MESSAGING_SEALED_INVALID' } as const
      const sealed = Sealed.decode(envelope.payload)
      const cases: Array<[Partial<Sealed>, string | undefined]> = [
        [{}, undefined],
        [{ suite: 0 }, 'malformed'],
        [{ id: new Uint8Array(15) }, 'malformed'],
        [{ enc: new Uint8Array(31) }, 'malformed'],
        [{ keyId: new Uint8Array(3) }, 'malformed'],
        [{ ciphertext: new Uint8Array(16) }, 'malformed'],
        [{ recipient: new Uint8Array(3) }, 'unsupported'],
        [{ suite: 2, enc: new Uint8Array(1_120), keyId: new Uint8Array(3) }, undefined]
      ]
      for (const [change, flaw] of cases) {
        const bytes = await signed(kind, Sealed.encode({ ...sealed, ...change }), await keyOf(1))
        if (flaw == null) expect(await readSealed(bytes)).to.have.property('suite', change.suite ?? 1)
        else expect(await flawOf(bytes), JSON.stringify(Object.keys(change))).to.equal(flaw)
      }
    })
  })
})
