import { expect } from 'chai'
import { CLOCK_SKEW_MS, GAP_MS, REGISTERING_MS } from '../../../../src/services/messaging/direct/constants.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { anything } from './anything.ts'
import { RoughLink, Shelf } from './rough-link.ts'
import type { MessagingInit, SendOptions, SentMessage } from '../../../../src/services/messaging/index.ts'
import type { End } from './rough-link.ts'

/** Both open, the link down. */
async function ends (init: MessagingInit = {}): Promise<{ link: RoughLink, sender: End, receiver: End, received: unknown[] }> {
  const link = new RoughLink(seededRng(1))
  link.open = false
  const [sender, receiver] = [await link.add(init), await link.add()]
  const received: unknown[] = []
  await sender.open()
  await receiver.open(({ registry }) => { registry.on('x', anything(), data => { received.push(data) }) })
  return { link, sender, receiver, received }
}

/** When the clock stands still a message on its way is neither answered nor written. */
async function send ({ direct, link }: End, to: End, event: string, data: unknown, options: SendOptions = {}): Promise<SentMessage> {
  const sending = direct.send(to.peerId, event, data, options)
  await link.clock.advanceAsync(30, 30)
  return await sending
}

const states = ({ direct }: End): string[] => direct.outbox().map(({ state }) => state)

describe('messaging: the outbox', () => {
  it('is full when it is full, and has room again', async () => {
    const { sender, receiver, link } = await ends({ outbox: { perPeer: 3, total: 4, totalBytes: 10_000 } })
    const send = async (data: unknown, to = receiver.peerId.toString()): Promise<string> => (await sender.direct.send(to, 'x', data)).id
    const ids = [await send(1), await send(2), await send(3)]
    expect((await rejection(send(4))).message).to.contain('3 messages for')
    const another = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
    await send(1, another)
    expect(await rejection(send(2, another))).to.have.property('code', 'MESSAGING_OUTBOX_FULL')
    expect(sender.direct.cancel(ids[0]!)).to.equal(true)
    expect((await rejection(send('x'.repeat(9_000)))).message).to.contain('bytes')
    await send(4)
    link.open = true
    await link.clock.advanceAsync(5_000)
    expect(sender.direct.outbox().map(({ peerId }) => peerId.toString())).to.deep.equal([another])
  })

  const wrong: Record<string, [code: string, ...args: [peer?: string, event?: string, data?: unknown, options?: object]]> = {
    'a peer id that is none': ['MESSAGING_PEER_INVALID', 'somebody'],
    'an event that messaging keeps for itself': ['MESSAGING_EVENT_INVALID', undefined, '$receipts'],
    'data that is no JSON': ['MESSAGING_INVALID', undefined, 'x', () => {}],
    'data of more than 1 MiB': ['MESSAGING_TOO_LARGE', undefined, 'x', new Uint8Array(1_048_577)],
    'a lifetime of more than 30 days': ['MESSAGING_OPTION_INVALID', undefined, 'x', 1, { expiresInMs: 31 * 86_400_000 }],
    'a priority that there is not': ['MESSAGING_OPTION_INVALID', undefined, 'x', 1, { priority: 'urgent' }],
    'a conversation of more than 128 bytes': ['MESSAGING_OPTION_INVALID', undefined, 'x', 1, { conversation: 'ü'.repeat(65) }]
  }
  for (const [name, [code, peer, event = 'x', data = 1, options = {}]] of Object.entries(wrong)) {
    it(`refuses ${name}`, async () => {
      const { sender, receiver } = await ends()
      expect(await rejection(sender.direct.send(peer ?? receiver.peerId, event, data, options))).to.have.property('code', code)
      expect(sender.direct.outbox()).to.deep.equal([])
    })
  }

  it('refuses messages to this node itself, and of a node that is not running', async () => {
    const { sender, receiver } = await ends()
    expect(await rejection(sender.direct.send(sender.peerId, 'x', 1))).to.have.property('code', 'MESSAGING_PEER_INVALID')
    await sender.close()
    expect(await rejection(sender.direct.send(receiver.peerId, 'x', 1))).to.have.property('code', 'MESSAGING_STOPPED')
  })

  it('stores a message at once when its sender does not want to wait', async () => {
    const { link, sender, receiver } = await ends()
    link.roughness = { delayMs: 10_000 }
    link.connect()
    const leaving = new AbortController()
    const sending = sender.direct.send(receiver.peerId, 'x', 1, { signal: leaving.signal })
    leaving.abort()
    const sent = await sending
    expect(sent.state).to.equal('sent')
    expect(sender.told.map(({ type }) => type)).to.include('message:queued')
    expect(sender.direct.outbox()).to.have.length(1)
  })

  it('gives up what was not delivered in its time, when its time is over', async () => {
    const { link, sender, receiver, received } = await ends()
    const short = await sender.direct.send(receiver.peerId, 'x', 'short', { expiresInMs: 60_000 })
    const long = await sender.direct.send(receiver.peerId, 'x', 'long', { expiresInMs: 120_000 })
    await link.clock.advanceAsync(59_900, 100)
    expect(short.state).to.equal('queued')
    await link.clock.advanceAsync(200, 100)
    expect([short.state, long.state]).to.deep.equal(['expired', 'queued'])
    expect(await rejection(short.delivered)).to.have.property('code', 'MESSAGING_EXPIRED')
    expect(sender.told.filter(({ type }) => type === 'message:expired').map(({ id }) => id)).to.deep.equal([short.id])
    link.open = true
    await link.clock.advanceAsync(5_000)
    expect(received).to.deep.equal(['long'])
    await sender.close()
    await sender.open()
    expect(sender.direct.outbox()).to.deep.equal([])
  })

  it('lets no clock that is wrong by some minutes lose a message', async () => {
    const { link, sender, receiver, received } = await ends()
    const shelf = new Shelf()
    sender.courier = shelf
    await sender.direct.send(receiver.peerId, 'x', 1, { expiresInMs: 1_000 })
    await link.clock.advanceAsync(100)
    const from = { sender: sender.peerId, via: sender.peerId, how: 'mailbox' as const }
    link.clock.jump(CLOCK_SKEW_MS)
    expect(await receiver.direct.intake.take(shelf.parcels[0]!.encoded, from)).to.equal('done')
    expect(received).to.deep.equal([1])
    await sender.direct.send(receiver.peerId, 'x', 2, { expiresInMs: 1_000 })
    await link.clock.advanceAsync(3_000)
    link.clock.jump(CLOCK_SKEW_MS + 60_000)
    expect(await receiver.direct.intake.take(shelf.parcels[1]!.encoded, from), 'it expired long ago').to.equal('done')
    expect(received).to.deep.equal([1])
  })

  it('lets what is urgent overtake, and never more than one long message before it', async () => {
    const { link, sender, receiver, received } = await ends()
    link.roughness = { delayMs: 10 }
    for (let i = 0; i < 10; i++) await sender.direct.send(receiver.peerId, 'x', `low ${i} ${'x'.repeat(900_000)}`, { priority: 'low' })
    link.open = true
    link.connect()
    const urgent = sender.direct.send(receiver.peerId, 'x', 'high', { priority: 'high' })
    const normal = sender.direct.send(receiver.peerId, 'x', 'normal')
    expect(link.requests.map(({ seq, payload }) => [seq, payload.byteLength > 1_000])).to.deep.equal([[1, true], [1, false], [1, false]])
    await link.clock.advanceAsync(60_000)
    for (const { delivered } of await Promise.all([urgent, normal])) await delivered
    expect(received.map(data => (data as string).slice(0, 6).trim())).to.have.length(12)
    expect(received.indexOf('high')).to.be.at.most(1)
    expect(received.indexOf('normal')).to.be.at.most(2)
  })

  it('leaves what is for a peer that is away with its mailboxes, once, and keeps it until it is answered for', async () => {
    const { link, sender, receiver, received } = await ends()
    const shelf = new Shelf()
    sender.courier = shelf
    const sent = await Promise.all([1, 2, 3].map(async n => await sender.direct.send(receiver.peerId, 'x', n)))
    await link.clock.advanceAsync(30_000)
    expect(shelf.parcels.map(({ id }) => id)).to.deep.equal(sent.map(({ id }) => id))
    expect(states(sender)).to.deep.equal(['sent', 'sent', 'sent'])
    await sender.close()
    await sender.open()
    await link.clock.advanceAsync(30_000)
    expect(states(sender), 'after a restart').to.deep.equal(['sent', 'sent', 'sent'])
    expect(shelf.parcels).to.have.length(3)

    // the receiver asks its mailbox while the sender is away, and answers by its own
    const back = new Shelf()
    receiver.courier = back
    const from = { sender: sender.peerId, via: sender.peerId, how: 'mailbox' as const }
    for (const { encoded } of shelf.parcels) expect(await receiver.direct.intake.take(encoded, from)).to.equal('done')
    expect(received).to.deep.equal([1, 2, 3])
    await link.clock.advanceAsync(5_000)
    expect(back.parcels, 'one receipt for all').to.have.length(1)
    expect(receiver.direct.snapshot().outbox.queued, 'a receipt is done with when a mailbox has it').to.equal(0)
    expect(await sender.direct.intake.take(back.parcels[0]!.encoded, { sender: receiver.peerId, via: receiver.peerId, how: 'mailbox' })).to.equal('done')
    expect(sender.direct.outbox()).to.deep.equal([])
    await link.clock.advanceAsync(5_000)
    expect(shelf.parcels, 'no receipt for a receipt').to.have.length(3)
    expect(receiver.direct.outbox(), 'nobody sees them').to.deep.equal([])
  })

  it('believes a receipt only of whom the message was for', async () => {
    const { link, sender, receiver } = await ends()
    const shelf = new Shelf()
    sender.courier = shelf
    const sent = await sender.direct.send(receiver.peerId, 'x', 1)
    await link.clock.advanceAsync(1_000)
    const back = new Shelf()
    receiver.courier = back
    await receiver.direct.intake.take(shelf.parcels[0]!.encoded, { sender: sender.peerId, via: sender.peerId, how: 'mailbox' })
    await link.clock.advanceAsync(5_000)
    const liar = await link.add()
    await sender.direct.intake.take(back.parcels[0]!.encoded, { sender: liar.peerId, via: liar.peerId, how: 'mailbox' })
    expect(sent.state).to.equal('sent')
  })

  it('asks again for half a minute after the start what nobody takes, then refuses it', async () => {
    const { link, sender, receiver } = await ends()
    link.open = true
    const sent = await send(sender, receiver, 'unknown', 1)
    await link.clock.advanceAsync(REGISTERING_MS - 2_000)
    expect(sent.state).to.be.oneOf(['queued', 'sent'])
    await link.clock.advanceAsync(10_000)
    expect(await rejection(sent.delivered)).to.have.nested.property('details.reason', 'unknown-event')
    expect(receiver.charges, 'it may be of a later version').to.deep.equal([])
  })

  it('waits ten minutes for what a mailbox has lost, then goes on, and takes it late', async () => {
    const { link, sender, receiver, received } = await ends()
    const shelf = new Shelf()
    sender.courier = shelf
    for (const n of [1, 2, 3]) await sender.direct.send(receiver.peerId, 'x', n)
    await link.clock.advanceAsync(5_000)
    const from = { sender: sender.peerId, via: sender.peerId, how: 'mailbox' as const }
    for (const i of [1, 2]) expect(await receiver.direct.intake.take(shelf.parcels[i]!.encoded, from)).to.equal('later')
    await link.clock.advanceAsync(GAP_MS - 60_000, 1_000)
    expect(received).to.deep.equal([])
    await link.clock.advanceAsync(120_000, 1_000)
    expect(received).to.deep.equal([2, 3])
    expect(await receiver.direct.intake.take(shelf.parcels[1]!.encoded, from), 'the mailbox may forget it now').to.equal('done')
    expect(await receiver.direct.intake.take(shelf.parcels[0]!.encoded, from)).to.equal('done')
    expect(received).to.deep.equal([2, 3, 1])
  })

  it('charges who sends what does not fit, and takes no rubbish', async () => {
    const { link, sender, receiver } = await ends()
    receiver.registry.on('strict', anything(() => false), () => {})
    link.open = true
    const sent = await send(sender, receiver, 'strict', 1)
    await link.clock.advanceAsync(1_000)
    expect(await rejection(sent.delivered)).to.have.nested.property('details.reason', 'invalid')
    expect(receiver.charges).to.deep.equal(['moderate messaging:invalid'])
    expect(await receiver.direct.intake.take(new Uint8Array(40).fill(9), { sender: sender.peerId, via: sender.peerId, how: 'mailbox' })).to.equal('invalid')
  })
})
