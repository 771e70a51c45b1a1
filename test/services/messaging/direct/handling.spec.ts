import { expect } from 'chai'
import { MAX_HELD, MAX_INTERNAL, MAX_LANES_PER_SENDER, MAX_PAYLOAD_BYTES, OVERHEAD_BYTES, TAKEN_WITHIN_MS } from '../../../../src/services/messaging/direct/constants.ts'
import { messageCodec } from '../../../../src/services/messaging/direct/message.ts'
import { MessagingError } from '../../../../src/services/messaging/messaging-error.ts'
import { OutboxMessage } from '../../../../src/services/messaging/direct/outbox-message.ts'
import { SentLane } from '../../../../src/services/messaging/direct/sent-lane.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import { rejection } from '../../../support/rejection.ts'
import { anything } from './anything.ts'
import { RoughLink, Shelf } from './rough-link.ts'
import type { PeerId } from '@libp2p/interface'
import type { Message } from '../../../../src/services/messaging/direct/message.ts'
import type { Taken } from '../../../../src/services/messaging/parts.ts'
import type { End } from './rough-link.ts'

const never = async (): Promise<void> => { await new Promise(() => {}) }

async function ends (listen: (end: End) => void): Promise<{ link: RoughLink, sender: End, receiver: End }> {
  const link = new RoughLink(seededRng(3))
  const [sender, receiver] = [await link.add(), await link.add()]
  await sender.open()
  await receiver.open(listen)
  return { link, sender, receiver }
}

/** One of the first of a lane of its own. */
function message ({ link }: End, lane: number, fields: Partial<Message> = {}): Message {
  const sentMs = link.clock.now()
  return {
    id: link.rng.bytes(16), lane: Uint8Array.of(0, 0, 0, 0, 0, 0, lane >> 8, lane & 255), seq: 1, after: 0, event: 'x', encoding: 'json', payload: Uint8Array.of(0x31), conversation: '', sentMs, expiresMs: sentMs + 1e8, ...fields
  }
}

async function take ({ direct }: End, sender: PeerId, taken: Message): Promise<Taken> {
  return await direct.intake.take(messageCodec.encode(taken), { sender, via: sender, how: 'mailbox' })
}

describe('messaging: handlers that take their time, or fail', () => {
  it('is told refused, however late the verdict comes, also after a restart', async () => {
    const listen = ({ registry, link }: End): void => {
      registry.on('slow', anything(), async () => { await new Promise<void>(resolve => { link.clock.after(7_000, resolve) }) })
      registry.on('strict', anything(() => false), () => {})
    }
    const { link, sender, receiver } = await ends(listen)
    link.connect()
    const sending = [sender.direct.send(receiver.peerId, 'slow', 1), sender.direct.send(receiver.peerId, 'strict', 1)]
    await link.clock.advanceAsync(100, 10)
    const [, strict] = await Promise.all(sending)
    await link.clock.advanceAsync(20_000, 100)
    expect(await rejection(strict!.delivered)).to.have.nested.property('details.reason', 'invalid')
    expect(sender.direct.snapshot().delivered).to.equal(1)
    // its answer was lost: the mailbox has another copy
    const copy = link.requests.find(({ event }) => event === 'strict')!
    await receiver.close()
    await receiver.open(listen)
    const back = new Shelf()
    receiver.courier = back
    expect(await take(receiver, sender.peerId, copy)).to.equal('done')
    link.open = false
    await link.clock.advanceAsync(10_000, 100)
    const { payload } = messageCodec.decode(back.parcels[0]!.encoded)
    expect(new TextDecoder().decode(payload)).to.include('invalid')
  })

  it('lets a mailbox wait for a moment only, and not at all when the node stops', async () => {
    const { link, sender, receiver } = await ends(({ registry }) => { registry.on('x', anything(), never) })
    const answers: Taken[] = []
    const ask = (lane: number): void => { take(receiver, sender.peerId, message(receiver, lane)).then(taken => { answers.push(taken) }, () => {}) }
    ask(1)
    await link.clock.advanceAsync(TAKEN_WITHIN_MS / 2, 10)
    expect(answers).to.deep.equal([])
    await link.clock.advanceAsync(TAKEN_WITHIN_MS, 10)
    expect(answers).to.deep.equal(['later'])
    ask(2)
    await receiver.direct.beforeStop()
    await Promise.resolve()
    expect(answers).to.deep.equal(['later', 'later'])
    expect(await take(receiver, sender.peerId, message(receiver, 3)), 'from now on').to.equal('later')
  })

  it('keeps no more of one sender than it should, whoever has it', async () => {
    const { receiver } = await ends(({ registry }) => { registry.on('x', { encode: () => new Uint8Array(), decode: bytes => bytes }, never) })
    const sender = randomPeerId(seededRng(4))
    const payload = new Uint8Array(MAX_PAYLOAD_BYTES)
    for (let lane = 0; lane < 64; lane++) receiver.handler!(message(receiver, lane, { encoding: 'bytes', payload }), { peerId: sender }).catch(() => {})
    expect(receiver.direct.gauges.heldBytes).to.be.at.most(MAX_HELD.bytes + MAX_PAYLOAD_BYTES + OVERHEAD_BYTES)
    expect(receiver.direct.gauges.delivering).to.be.within(1, 4)
    for (let other = 0; other < 40; other++) {
      const peerId = randomPeerId(receiver.link.rng)
      for (let lane = 0; lane < 4; lane++) receiver.handler!(message(receiver, lane, { encoding: 'bytes', payload }), { peerId }).catch(() => {})
    }
    expect(receiver.direct.gauges.heldBytes).to.be.within(60 * 1_048_576, 64 * 1_048_576)
  })

  it('finds room for a new lane beside those whose handlers never return', async () => {
    const { receiver } = await ends(({ registry }) => {
      registry.on('hang', anything(), never)
      registry.on('x', anything(), () => {})
    })
    const peerId = randomPeerId(seededRng(5))
    for (let lane = 0; lane < 40; lane++) receiver.handler!(message(receiver, lane, { event: 'hang' }), { peerId }).catch(() => {})
    for (let lane = 40; lane < MAX_LANES_PER_SENDER + 60; lane++) expect(await receiver.handler!(message(receiver, lane), { peerId })).to.deep.equal({ status: 'delivered' })
    expect(receiver.direct.gauges).to.deep.include({ lanes: MAX_LANES_PER_SENDER, delivering: 40 })
  })
})

describe('messaging: receipts that are owed', () => {
  for (const how of ['close', 'kill'] as const) {
    it(`come after the next start when the node is ${how === 'kill' ? 'killed' : 'stopped'} as soon as the mailbox may forget the message`, async () => {
      const listen = ({ registry }: End): void => { registry.on('x', anything(), () => {}) }
      const { link, sender, receiver } = await ends(listen)
      link.open = false
      const taken = message(receiver, 1)
      expect(await take(receiver, sender.peerId, taken)).to.equal('done')
      if (how === 'kill') receiver.kill()
      else await receiver.close()
      const back = new Shelf()
      receiver.courier = back
      await receiver.open(listen)
      await link.clock.advanceAsync(20_000, 100)
      expect(back.parcels, 'the receipt').to.have.length(1)
      expect(await take(receiver, sender.peerId, taken), 'nor is it delivered twice').to.equal('done')
      expect(receiver.direct.snapshot()).to.deep.include({ received: 0, duplicates: 1 })
    })
  }

  it('make it dial nobody, and leave the room of the application alone', async function () {
    this.timeout(60_000)
    const { link, sender, receiver } = await ends(({ registry }) => { registry.on('x', anything(), () => {}) })
    const dialled: unknown[] = []
    receiver.pool.dial = async target => {
      dialled.push(target)
      throw new Error('nobody is there')
    }
    for (let i = 0; i < MAX_INTERNAL.perPeer + 20; i++) {
      await take(receiver, sender.peerId, message(receiver, i))
      await link.clock.advanceAsync(1_100, 550)
    }
    expect(receiver.direct.gauges).to.include({ outbox: 0, outboxReceipts: MAX_INTERNAL.perPeer, recipients: 1, owedPeers: 0, owedReceipts: 0 })
    expect(receiver.direct.snapshot().outbox).to.deep.equal({ queued: 0, sent: 0, bytes: 0, peers: 0 })
    for (let i = 0; i < MAX_INTERNAL.total + 10; i++) await take(receiver, randomPeerId(link.rng), message(receiver, i % 4))
    await link.clock.advanceAsync(2_000, 500)
    expect(receiver.direct.gauges).to.include({ outbox: 0, outboxReceipts: MAX_INTERNAL.total, recipients: MAX_INTERNAL.total, toDial: 0 })
    expect(dialled).to.deep.equal([])
    // the application still reaches whom it wants, at once
    const sent = await receiver.direct.send(randomPeerId(link.rng), 'x', 1)
    expect(dialled).to.have.length(1)
    receiver.direct.cancel(sent.id)
    // a mailbox takes them: nothing of these peers is left
    receiver.courier = new Shelf()
    await link.clock.advanceAsync(10_000, 100)
    expect(receiver.direct.gauges).to.include({ outboxReceipts: 0, recipients: 0 })
  })
})

describe('messaging: a message that cannot be kept', () => {
  it('is not waited for', async () => {
    const rng = seededRng(6)
    const lane = new SentLane({ bytes: new Uint8Array(8), id: '00', peer: '', conversation: '', priority: 'normal' })
    const lost = new OutboxMessage({ id: '00', idBytes: new Uint8Array(16), peerId: randomPeerId(rng), lane, seq: 1, event: 'x', encoding: 'json', bytes: 0, sentMs: 1, expiresMs: 2, internal: false })
    lost.lose(new MessagingError('MESSAGING_WRITE_FAILED', 'no space left on device'))
    expect(await rejection(lost.delivered)).to.have.property('code', 'MESSAGING_WRITE_FAILED')
  })
})
