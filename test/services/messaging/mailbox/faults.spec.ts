import { ed25519 } from '@noble/curves/ed25519.js'
import { expect } from 'chai'
import { fromString } from 'uint8arrays/from-string'
import { deriveKeyPair } from '../../../../src/crypto/sealing.ts'
import { keyIdOf, signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { CLOCK_SKEW_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { cardPushProtocol, depositProtocol, registerProtocol } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import { signed } from '../../../../src/services/messaging/mailbox/signed.ts'
import { Sealed } from '../../../../src/services/messaging/pb/mailbox.ts'
import { Envelope } from '../../../../src/wire/pb/record.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { START_MS } from '../../../support/open-book.ts'
import { passes } from '../../../support/eventually.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import { rejection } from '../../../support/rejection.ts'
import { makeEvil, sealedBy } from './support/evil-mailbox.ts'
import { acquainted, addressOf, deposit, MailNodes, texts } from './support/mail-nodes.ts'
import type { EvilMailbox } from './support/evil-mailbox.ts'
import type { MailNode } from './support/mail-nodes.ts'

const KIND = { what: 'x', domain: 'peerkeep-messaging-sealed', type: '/peerkeep/messaging/sealed', code: 'MESSAGING_SEALED_INVALID' } as const
const ORDER_8 = fromString('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'base16')
/** Seeds of keys. */
const [ALICE, BOB, MAILBOX, CAROL] = [2, 3, 1, 4]

function changed (sealed: Uint8Array, change: (envelope: Envelope) => Partial<Envelope>): Uint8Array {
  const envelope = Envelope.decode(sealed)
  return Envelope.encode({ ...envelope, ...change(envelope) })
}

async function signedAnew (by: number, sealed: Uint8Array, change: Partial<Sealed>): Promise<Uint8Array> {
  return await signed(KIND, Sealed.encode({ ...Sealed.decode(Envelope.decode(sealed).payload), ...change }), await keyOf(by))
}

describe('messaging: who pays for what a mailbox hands out', () => {
  let nodes: MailNodes
  let bob: MailNode
  let evil: EvilMailbox

  before(async () => {
    nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX })
    evil = await makeEvil(mailbox)
    bob = await nodes.create({ seed: BOB })
    await bob.mail.useMailboxes([addressOf(mailbox)])
  })
  after(async () => { await nodes[Symbol.asyncDispose]() })
  beforeEach(() => {
    bob.charges.splice(0)
    bob.received.splice(0)
  })

  let tokens = 1
  async function handedOut (...sealed: Uint8Array[]): Promise<string[]> {
    evil.kept = sealed.map(each => ({ token: Uint8Array.of(tokens >> 8, tokens++ & 0xff), sealed: each }))
    await bob.mail.fetchMailboxes()
    const names = Object.fromEntries(await Promise.all(Object.entries({ ALICE, BOB, MAILBOX, CAROL }).map(async ([name, seed]) => [String(await peerIdOf(seed)), name.toLowerCase()])))
    return bob.charges.map(({ peer, offence, cause }) => `${names[peer]} ${offence} ${cause}`)
  }
  const honest = async (text = 'honest'): Promise<Uint8Array> => await sealedBy(await keyOf(ALICE), await peerIdOf(BOB), text)

  it('nobody for what is right, though it comes twice', async () => {
    const sealed = await honest()
    expect(await handedOut(sealed)).to.deep.equal([])
    expect(await handedOut(sealed)).to.deep.equal([])
    expect(texts(bob)).to.deep.equal(['honest'])
  })

  it('the mailbox for what it changed: payload, signature, key', async () => {
    const sealed = await honest()
    const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, bytes[at]! ^ 1)
    const carol = Envelope.decode(await sealedBy(await keyOf(CAROL), await peerIdOf(BOB), 'x'))
    for (const tampered of [
      changed(sealed, ({ payload }) => ({ payload: flip(payload, 90) })),
      changed(sealed, ({ signature }) => ({ signature: flip(signature, 40) })),
      changed(sealed, () => ({ publicKey: carol.publicKey })),
      changed(sealed, () => ({ payloadType: Uint8Array.of(1) })),
      sealed.subarray(0, 100),
      new Uint8Array(0)
    ]) {
      bob.charges.splice(0)
      expect(await handedOut(tampered)).to.deep.equal(['mailbox severe messaging:mailbox-tampered'])
    }
    expect(texts(bob)).to.deep.equal([])
    // and it is not asked for it again
    expect(bob.mail.snapshot().lost).to.include({ forged: 3, malformed: 3 })
  })

  it('the mailbox that signs the message of another as its own', async () => {
    expect(await handedOut(await signedAnew(MAILBOX, await honest(), {}))).to.deep.equal(['mailbox severe messaging:sealed-rubbish'])
  })

  it('the mailbox for what is for another', async () => {
    expect(await handedOut(await sealedBy(await keyOf(ALICE), await peerIdOf(CAROL), 'x'))).to.deep.equal(['mailbox severe messaging:misaddressed'])
  })

  it('the mailbox, a little, for what it said it had deleted; once a round', async () => {
    const sealed = await honest('replayed')
    await handedOut(sealed, await honest('another'))
    const again = evil.kept
    evil.kept = [...again]
    await bob.mail.fetchMailboxes()
    expect(bob.charges.map(({ offence, cause }) => [offence, cause])).to.deep.equal([['minor', 'messaging:replayed']])
    expect(texts(bob)).to.deep.equal(['replayed', 'another'])
  })

  it('the sender for rubbish: what does not open, what is not padded, what is no message', async () => {
    const recipient = await peerIdOf(BOB)
    expect(await handedOut(await signedAnew(ALICE, await honest(), { ciphertext: seededRng(1).bytes(300) }))).to.deep.equal(['alice severe messaging:sealed-rubbish'])
    bob.charges.splice(0)
    expect(await handedOut(await signedAnew(ALICE, await honest(), { expiresMs: START_MS + 999_999 }))).to.deep.equal(['alice severe messaging:sealed-rubbish'])
    bob.charges.splice(0)
    expect(await handedOut(await signedAnew(ALICE, await honest(), { enc: new Uint8Array(32) }))).to.deep.equal(['alice severe messaging:sealed-rubbish'])
    bob.charges.splice(0)
    bob.onTake = () => 'invalid'
    expect(await handedOut(await sealedBy(await keyOf(ALICE), recipient, 'no message'))).to.deep.equal(['alice severe messaging:bad-message'])
    bob.onTake = () => 'done'
  })

  it('nobody for what honest peers may do: an old prekey, an expired message, a later suite, another kind of signature', async () => {
    const sealed = await honest()
    const { publicKey } = await deriveKeyPair(seededRng(1).bytes(32))
    const nonce = ed25519.Point.fromBytes(Envelope.decode(sealed).signature.subarray(0, 32)).add(ed25519.Point.fromBytes(ORDER_8)).toBytes()
    expect(await handedOut(
      await sealedBy(await keyOf(ALICE), await peerIdOf(BOB), 'x', { key: { id: keyIdOf(publicKey), publicKey } }),
      await sealedBy(await keyOf(ALICE), await peerIdOf(BOB), 'x', { expiresMs: START_MS - CLOCK_SKEW_MS - 1 }),
      await signedAnew(ALICE, sealed, { suite: 2, keyId: seededRng(1).bytes(5) }),
      changed(sealed, ({ signature }) => ({ signature: Uint8Array.of(...nonce, ...signature.subarray(32)) })),
      changed(sealed, () => ({ publicKey: Uint8Array.of(8, 9, 18, 1, 1) }))
    )).to.deep.equal([])
    expect(texts(bob)).to.deep.equal([])
    expect(bob.mail.snapshot().lost).to.include({ 'no-key': 1, expired: 1, unsupported: 2, doubtful: 1 })
  })

  it('nobody for pages in a circle, which end', async () => {
    evil.more = true
    expect(await rejection(handedOut(await honest('a'), await honest('b')))).to.have.property('code', 'MESSAGING_MAILBOX_REFUSED')
    evil.more = false
  })
})

describe('messaging: a mailbox that always has more', () => {
  it('is listened to for 64 pages a round', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX })
    const evil = await makeEvil(mailbox)
    const bob = await nodes.create({ seed: BOB })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await bob.mail.fetchMailboxes()
    const { fetched } = evil
    evil.kept = [{ token: Uint8Array.of(1), sealed: await sealedBy(await keyOf(ALICE), await peerIdOf(BOB), 'again') }]
    evil.endless = evil.more = true
    expect(await bob.mail.fetchMailboxes()).to.equal(1)
    expect(evil.fetched - fetched).to.equal(64)
    expect(texts(bob)).to.deep.equal(['again'])
  })
})

describe('messaging: what a mailbox does not take', () => {
  it('messages signed by others, or by nobody; and its box stays as it is', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX, mailbox: true })
    const [alice, bob] = [await nodes.create({ seed: ALICE }), await nodes.create({ seed: BOB })]
    await bob.mail.useMailboxes([addressOf(mailbox)])
    const own = await sealedBy(alice.key, bob.peerId, 'own')
    const bring = async (...sealed: Uint8Array[]): Promise<string[]> => (await alice.services.protocols.request(mailbox.getMultiaddrs(), depositProtocol, { sealed })).statuses
    expect(await bring(await sealedBy(await keyOf(CAROL), bob.peerId, 'x'))).to.deep.equal(['refused'])
    expect(await bring(changed(own, ({ signature }) => ({ signature: signature.with(40, signature[40]! ^ 1) })))).to.deep.equal(['refused'])
    expect(await bring(Uint8Array.of(1, 2, 3))).to.deep.equal(['refused'])
    expect(mailbox.charges.map(({ peer, offence, cause }) => [peer, offence, cause])).to.deep.equal([
      [String(alice.peerId), 'severe', 'messaging:deposit-of-another'], [String(alice.peerId), 'severe', 'messaging:bad-deposit'], [String(alice.peerId), 'severe', 'messaging:bad-deposit']
    ])
    mailbox.charges.splice(0)
    expect(await bring(Uint8Array.of(1), own)).to.deep.equal(['refused', 'refused'])
    mailbox.charges.splice(0)
    // these are no crime
    const strange = await signedAnew(ALICE, own, { recipient: Uint8Array.of(1) })
    expect(await bring(strange, await sealedBy(alice.key, await peerIdOf(CAROL), 'x'))).to.deep.equal(['refused', 'not-owner'])
    const later = await signedAnew(ALICE, own, { suite: 2, id: seededRng(1).bytes(16) })
    expect(await bring(own, await sealedBy(alice.key, await peerIdOf(CAROL), 'x'), await sealedBy(alice.key, bob.peerId, 'x', { expiresMs: START_MS }), later)).to.deep.equal(['ok', 'not-owner', 'expired', 'ok'])
    expect(mailbox.charges).to.deep.equal([])
  })

  it('cards that are not the peer\'s own', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX, mailbox: true })
    const alice = await nodes.create({ seed: ALICE })
    const forged = await signCard(await keyOf(CAROL), { seq: 1, expiresMs: START_MS, prekeys: [], mailboxes: [] })
    const register = async (card: Uint8Array): Promise<string> => (await alice.services.protocols.request(mailbox.getMultiaddrs(), registerProtocol, { card })).status
    expect([await register(forged.bytes), await register(Uint8Array.of(1)), await register(changed(forged.bytes, () => ({ publicKey: Uint8Array.of(8, 9, 18, 1, 1) })))]).to.deep.equal(['refused', 'refused', 'refused'])
    expect(mailbox.charges.map(({ offence, cause }) => [offence, cause])).to.deep.equal([['fatal', 'messaging:forged-card'], ['severe', 'messaging:bad-card']])
    expect(mailbox.mail.snapshot().owners).to.equal(0)
  })

  it('what is over its limits on the wire', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX, mailbox: true })
    const alice = await nodes.create({ seed: ALICE })
    const call = async (sealed: Uint8Array[]): Promise<unknown> => await rejection(alice.services.protocols.request(mailbox.getMultiaddrs(), depositProtocol, { sealed }))
    expect(await call([])).to.have.property('code', 'PROTOCOL_INVALID')
    expect(await call(Array.from({ length: 65 }, () => Uint8Array.of(1)))).to.have.property('code').that.is.oneOf(['PROTOCOL_INVALID', 'PROTOCOL_TOO_LARGE'])
    expect(mailbox.charges.map(({ offence }) => offence)).to.deep.equal(['severe', 'severe'])
  })
})

describe('messaging: who pays for cards', () => {
  it('a peer that pushes one of another, or one that its key did not sign', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: MAILBOX, mailbox: true })
    const [alice, bob] = [await nodes.create({ seed: ALICE }), await nodes.create({ seed: BOB })]
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await acquainted(alice, bob)
    const push = async (card: Uint8Array): Promise<void> => { await bob.services.protocols.notify(alice.peerId, cardPushProtocol, { card }) }
    const own = await signCard(bob.key, { seq: START_MS + 60_000, expiresMs: START_MS * 2, prekeys: [], mailboxes: [] })
    await push((await signCard(await keyOf(CAROL), { seq: 1, expiresMs: START_MS, prekeys: [], mailboxes: [] })).bytes)
    await push(changed(own.bytes, ({ signature }) => ({ signature: signature.with(40, signature[40]! ^ 1) })))
    await push(Uint8Array.of(7))
    await passes(() => {
      expect(alice.charges.map(({ peer, offence, cause }) => [peer, offence, cause])).to.deep.equal([
        [String(bob.peerId), 'fatal', 'messaging:forged-card'], [String(bob.peerId), 'fatal', 'messaging:forged-card'], [String(bob.peerId), 'severe', 'messaging:bad-card']
      ])
    })
    // the good one is still there
    expect(await deposit(alice, bob.peerId, 'x')).to.equal(1)
    await push(own.bytes)
    expect(await deposit(alice, bob.peerId, 'x')).to.equal(0)
  })

  it('nobody when a stranger pushes: it is not read', async () => {
    await using nodes = new MailNodes()
    const [alice, bob] = [await nodes.create({ seed: ALICE }), await nodes.create({ seed: BOB })]
    await bob.services.protocols.notify(alice.getMultiaddrs(), cardPushProtocol, { card: Uint8Array.of(7) })
    expect([alice.charges, alice.mail.gauges().cards]).to.deep.equal([[], 0])
  })
})
