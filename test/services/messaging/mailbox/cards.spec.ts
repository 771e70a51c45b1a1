import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect } from 'chai'
import { DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { cardProtocol } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import { START_MS } from '../../../support/open-book.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { identified } from '../../../support/identified.ts'
import { acquainted, addressOf, deposit, MailNodes, texts } from './support/mail-nodes.ts'
import type { MailNode } from './support/mail-nodes.ts'

const NOBODY = new Uint8Array(0)

/** What a peer answers when it is asked for a card. */
async function cardFrom (asker: MailNode, of: MailNode, about = NOBODY): Promise<Uint8Array> {
  return (await asker.services.protocols.request(of.getMultiaddrs(), cardProtocol, { peer: about })).card
}

describe('messaging: cards of peers that are written to', () => {
  it('are asked for when they connect, kept over a restart, and used while they are away', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    let alice = await nodes.create({ seed: 2 })
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    // written to before it is there
    alice.mail.wroteTo(bob.peerId)
    await bob.dial(alice.getMultiaddrs())
    await eventually('she has it', () => alice.mail.gauges().cards === 1)
    await nodes.stop(bob)
    await nodes.stop(alice)
    alice = await nodes.create({ seed: 2, datastore: alice.datastore })
    expect(await deposit(alice, bob.peerId, 'x')).to.equal(1)
  })

  it('are not asked for by those who write nothing', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const [alice, bob] = [await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 })]
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await alice.dial(bob.getMultiaddrs())
    await cardFrom(alice, bob)
    expect([alice.mail.gauges().cards, bob.mail.gauges().cards, bob.mail.gauges().cardHolders]).to.deep.equal([0, 0, 1])
  })

  it('are told by their mailbox to who has never met them, if connected', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const alice = await nodes.create({ seed: 2 })
    let bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await nodes.stop(bob)
    expect(await deposit(alice, bob.peerId, 'too early')).to.equal(0)
    await alice.dial(mailbox.getMultiaddrs())
    await identified(alice, mailbox.peerId)
    expect(await deposit(alice, bob.peerId, 'hello, stranger')).to.equal(1)
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['hello, stranger']) })
  })

  it('are told anew when a mailbox or a prekey changes, to those who have them', async () => {
    await using nodes = new MailNodes()
    const [first, second] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 4, mailbox: true })]
    const [alice, bob] = [await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 })]
    await bob.mail.useMailboxes([addressOf(first)])
    await acquainted(alice, bob)
    await bob.mail.useMailboxes([addressOf(second)])
    await passes(async () => {
      await deposit(alice, bob.peerId, 'x')
      await passes(() => { expect(bob.received.at(-1)?.via).to.equal(String(second.peerId)) }, 500)
    })
  })

  it('change once a rotation, and reach the mailbox', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const [alice, bob] = [await nodes.create({ seed: 2 }), await nodes.create({ seed: 3, prekeyRotationMs: 3_600_000 })]
    await bob.mail.useMailboxes([addressOf(mailbox)])
    const told = await cardFrom(alice, bob)
    expect(await cardFrom(alice, mailbox, bob.peerId.toMultihash().bytes)).to.deep.equal(told)
    await nodes.clock.advanceAsync(3_600_000, 600_000)
    await passes(async () => {
      const next = await cardFrom(alice, bob)
      expect(next).to.not.deep.equal(told)
      expect(await cardFrom(alice, mailbox, bob.peerId.toMultihash().bytes)).to.deep.equal(next)
    })
    expect(bob.mail.gauges().prekeys).to.equal(2)
  })

  it('are none at a node without mailboxes, which makes no prekeys either', async () => {
    await using nodes = new MailNodes()
    const [alice, bob] = [await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 })]
    expect(await cardFrom(alice, bob)).to.deep.equal(NOBODY)
    for (const about of [alice.peerId.toMultihash().bytes, Uint8Array.of(1, 2, 3), new Uint8Array(500)]) expect(await cardFrom(alice, bob, about)).to.deep.equal(NOBODY)
    expect(bob.mail.gauges().prekeys).to.equal(0)
    expect(bob.charges).to.deep.equal([])
  })

  it('are not believed when a mailbox has forged them, and only the newest counts', async () => {
    await using nodes = new MailNodes()
    const liar = await nodes.create({ seed: 1 })
    const [alice, bob] = [await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 })]
    const forged = await signCard(liar.key, { seq: START_MS, expiresMs: START_MS * 2, prekeys: [], mailboxes: [{ peerId: liar.peerId, multiaddrs: [] }] })
    await liar.services.protocols.unhandle(cardProtocol)
    let asked = 0
    await liar.services.protocols.handle(cardProtocol, () => {
      asked++
      return { card: forged.bytes }
    })
    await alice.mail.useMailboxes([addressOf(liar)])
    expect(await deposit(alice, bob.peerId, 'x')).to.equal(0)
    expect([asked, alice.mail.gauges().cards, alice.charges]).to.deep.equal([1, 0, []])
    // not again for a while
    await deposit(alice, bob.peerId, 'x')
    expect(asked).to.equal(1)
  })

  it('that have expired: sealed to the peer\'s own key then, if it is one for that', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: { maxAgeMs: 30 * DAY_MS } })
    const alice = await nodes.create({ seed: 2 })
    let [bob, carol] = [await nodes.create({ seed: 3 }), await nodes.create({ seed: 5, key: await generateKeyPair('secp256k1') })]
    for (const peer of [bob, carol]) {
      await peer.mail.useMailboxes([addressOf(mailbox)])
      await acquainted(alice, peer)
      await nodes.stop(peer)
    }
    expect(await deposit(alice, carol.peerId, 'to a prekey')).to.equal(1)
    nodes.clock.jump(16 * DAY_MS)
    const late = START_MS + 20 * DAY_MS
    const send = async (to: MailNode): Promise<number> => (await alice.mail.deposit(to.peerId, [{ id: '00', encoded: new TextEncoder().encode('late'), expiresMs: late }], AbortSignal.timeout(5_000))).size
    expect([await send(bob), await send(carol)]).to.deep.equal([1, 0])
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['late']) })
    nodes.clock.jump(-16 * DAY_MS)
    carol = await nodes.create({ seed: 5, key: carol.key, datastore: carol.datastore })
    await passes(() => { expect(texts(carol)).to.deep.equal(['to a prekey']) })
  })
})
