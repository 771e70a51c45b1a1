import { expect } from 'chai'
import { BROKEN_WORD_MS, DAY_MS } from '../../../../src/services/messaging/mailbox/constants.ts'
import { signCard } from '../../../../src/services/messaging/mailbox/card.ts'
import { CardBook } from '../../../../src/services/messaging/mailbox/card-book.ts'
import { cardProtocol, cardPushProtocol, deleteProtocol, depositProtocol, fetchProtocol, registerProtocol } from '../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import { signed } from '../../../../src/services/messaging/mailbox/signed.ts'
import { peerBytes } from '../../../../src/util/peer-bytes.ts'
import { Sealed } from '../../../../src/services/messaging/pb/mailbox.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { START_MS } from '../../../support/open-book.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { identified } from '../../../support/identified.ts'
import { keyOf, peerIdOf } from '../../../support/signed-records.ts'
import { MemoryDatastore } from 'datastore-core'
import { defaultLogger } from '@libp2p/logger'
import { makeEvil, sealedBy } from './support/evil-mailbox.ts'
import { acquainted, addressOf, deposit, MailNodes, texts } from './support/mail-nodes.ts'
import type { Card } from '../../../../src/services/messaging/mailbox/card.ts'

const KIND = { what: 'x', domain: 'peerkeep-messaging-sealed', type: '/peerkeep/messaging/sealed', code: 'MESSAGING_SEALED_INVALID' } as const

describe('messaging: mailboxes under attack', () => {
  it('are not jammed by a message that fits into no page', async () => {
    await using nodes = new MailNodes()
    const [mailbox, alice, mallory] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 2 }), await nodes.create({ seed: 9 })]
    let bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await acquainted(alice, bob)
    await nodes.stop(bob)
    const huge = await signed(KIND, Sealed.encode({ suite: 1, recipient: peerBytes(bob.peerId), keyId: new Uint8Array(0), enc: new Uint8Array(32), ciphertext: new Uint8Array(2_090_000), expiresMs: START_MS + DAY_MS, id: new Uint8Array(16) }), mallory.key)
    const { statuses } = await mallory.services.protocols.request(mailbox.getMultiaddrs(), depositProtocol, { sealed: [huge] })
    expect(statuses).to.deep.equal(['refused'])
    expect(mailbox.charges.map(({ cause }) => cause)).to.deep.equal(['messaging:bad-deposit'])
    expect(await deposit(alice, bob.peerId, 'late')).to.equal(1)
    bob = await nodes.create({ seed: 3, datastore: bob.datastore })
    await passes(() => { expect(texts(bob)).to.deep.equal(['late']) })
  })

  it('that agree and refuse in turn cost their owner nothing: neither contacts nor other mailboxes hear of it more than they take', async () => {
    await using nodes = new MailNodes()
    const [honest, alice, bob, evil] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 }), await nodes.create({ seed: 7 })]
    let registered = 0
    await evil.services.protocols.handle(registerProtocol, () => ({ status: registered++ % 2 === 0 ? 'ok' as const : 'refused' as const, maxAgeMs: 1, maxBytes: 1 }))
    await evil.services.protocols.handle(fetchProtocol, () => ({ status: 'not-owner' as const, kept: [], more: false }))
    await bob.mail.useMailboxes([addressOf(honest), addressOf(evil)])
    await acquainted(alice, bob)
    for (let i = 0; i < 40; i++) await bob.mail.fetchMailboxes()
    expect(registered).to.equal(2)
    expect([...alice.charges, ...honest.charges]).to.deep.equal([])
    nodes.clock.advance(BROKEN_WORD_MS)
    await eventually('it has another chance', () => registered > 2)
  })

  it('and contacts are told of changes below the rate that they take, and of the last one in any case', async () => {
    await using nodes = new MailNodes()
    const [first, alice, bob] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 2 }), await nodes.create({ seed: 3 })]
    await bob.mail.useMailboxes([addressOf(first)])
    await alice.services.protocols.unhandle(cardPushProtocol)
    let pushed = 0
    let last: Uint8Array | undefined
    await alice.services.protocols.handle(cardPushProtocol, ({ card }) => {
      pushed++
      last = card
    })
    await acquainted(alice, bob)
    const own = async (): Promise<Uint8Array> => (await alice.services.protocols.request(bob.peerId, cardProtocol, { peer: new Uint8Array(0) })).card
    for (let i = 0; i < 15; i++) {
      await bob.mail.useMailboxes([])
      await bob.mail.useMailboxes([addressOf(first)])
    }
    await bob.mail.useMailboxes([])
    await passes(() => { expect([pushed, bob.mail.gauges().cardsOwed]).to.deep.equal([15, 1]) })
    await nodes.clock.advanceAsync(10_000, 10_000)
    await passes(async () => { expect([pushed, last]).to.deep.equal([16, await own()]) })
    expect([...alice.charges, ...first.charges]).to.deep.equal([])
  })

  it('have deleted what was taken before the rest of a page is', async () => {
    await using nodes = new MailNodes()
    const [mailbox, bob] = [await nodes.create({ seed: 1 }), await nodes.create({ seed: 3 })]
    const evil = await makeEvil(mailbox)
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await bob.mail.fetchMailboxes()
    evil.kept = await Promise.all(Array.from({ length: 40 }, async (_, i) => ({ token: Uint8Array.of(i + 1), sealed: await sealedBy(await keyOf(2), bob.peerId, `${i}`) })))
    const seen: number[] = []
    bob.onTake = text => {
      if (['31', '32', '39'].includes(text)) seen.push(evil.deleted)
      return 'done'
    }
    await bob.mail.fetchMailboxes()
    expect([seen, evil.deleted]).to.deep.equal([[0, 32, 32], 40])
  })

  it('that are left are asked for what they have first', async () => {
    await using nodes = new MailNodes()
    const [mailbox, bob] = [await nodes.create({ seed: 1 }), await nodes.create({ seed: 3 })]
    const evil = await makeEvil(mailbox)
    await bob.mail.useMailboxes([addressOf(mailbox)])
    await bob.mail.useMailboxes([])
    await bob.mail.fetchMailboxes()
    evil.kept = [{ token: Uint8Array.of(1), sealed: await sealedBy(await keyOf(2), bob.peerId, 'the last') }]
    nodes.clock.jump(15 * DAY_MS)
    await mailbox.services.protocols.unhandle(deleteProtocol)
    await mailbox.services.protocols.handle(deleteProtocol, () => ({ status: 'ok' }))
    evil.kept = [{ token: Uint8Array.of(1), sealed: await sealedBy(await keyOf(2), bob.peerId, 'the last', { expiresMs: START_MS + 30 * DAY_MS }) }]
    expect(await bob.mail.fetchMailboxes()).to.equal(1)
    expect([texts(bob), bob.mail.gauges().mailboxes]).to.deep.equal([['the last'], 0])
  })

  it('are not asked for the card of a peer when those that know anyway have it', async () => {
    await using nodes = new MailNodes()
    const [own, other, alice] = [await nodes.create({ seed: 1, mailbox: true }), await nodes.create({ seed: 4, mailbox: true }), await nodes.create({ seed: 2 })]
    const bob = await nodes.create({ seed: 3 })
    await bob.mail.useMailboxes([addressOf(own)])
    await alice.mail.useMailboxes([addressOf(own)])
    await other.services.protocols.unhandle(cardProtocol)
    let asked = 0
    await other.services.protocols.handle(cardProtocol, () => {
      asked++
      return { card: new Uint8Array(0) }
    })
    await alice.dial(other.getMultiaddrs())
    await identified(alice, other.peerId)
    expect(await deposit(alice, bob.peerId, 'x')).to.equal(1)
    expect(asked).to.equal(0)
    await deposit(alice, await peerIdOf(55), 'x')
    expect(asked).to.equal(1)
  })
})

describe('messaging: the number of a card', () => {
  const cardOf = async (seq: number, expiresMs: number): Promise<Card> => await signCard(await keyOf(3), { seq, expiresMs, prekeys: [], mailboxes: [] })

  it('counts unless it has expired, or lies more than a day ahead', async () => {
    const clock = new ManualClock(START_MS)
    const book = new CardBook({ datastore: new MemoryDatastore(), clock, log: defaultLogger().forComponent('test') })
    const peerId = await peerIdOf(3)
    const put = async (seq: number, expiresMs: number): Promise<number | undefined> => {
      book.put(await cardOf(seq, expiresMs), 0)
      return book.get(peerId)?.card.seq
    }
    expect(await put(START_MS + DAY_MS + 1, START_MS + 9 * DAY_MS), 'ahead').to.equal(undefined)
    expect(await put(START_MS + DAY_MS, START_MS + DAY_MS)).to.equal(START_MS + DAY_MS)
    expect(await put(START_MS, START_MS + 3 * DAY_MS), 'older').to.equal(START_MS + DAY_MS)
    clock.advance(2 * DAY_MS)
    expect(await put(START_MS, START_MS + 3 * DAY_MS), 'older, but good').to.equal(START_MS)
    expect(await put(START_MS + DAY_MS, START_MS + DAY_MS), 'the expired one again').to.equal(START_MS)
  })

  it('is that of the present again once the clock is', async () => {
    await using nodes = new MailNodes()
    const mailbox = await nodes.create({ seed: 1, mailbox: true })
    const clock = new ManualClock(START_MS + 40 * DAY_MS)
    const alice = await nodes.create({ seed: 2 })
    const bob = await nodes.create({ seed: 3, clock })
    expect(await bob.mail.useMailboxes([addressOf(mailbox)]), 'from the future').to.deep.equal([])
    clock.jump(-40 * DAY_MS)
    expect(await bob.mail.useMailboxes([addressOf(mailbox)])).to.have.length(1)
    await acquainted(alice, bob)
    expect(await deposit(alice, bob.peerId, seededRng(1).int(9).toString())).to.equal(1)
  })
})
