import { expect } from 'chai'
import { rejection } from '../../../support/rejection.ts'
import { eventually } from '../../../support/eventually.ts'
import { watchUnhandled } from '../../../support/unhandled.ts'
import { anything } from './anything.ts'
import { connect, Posts } from './posts.ts'
import type { MessageContext, OutboxEntry } from '../../../../src/services/messaging/index.ts'
import type { Place } from './posts.ts'

interface Order { n: number }

/** Notes what arrives. */
function listen ({ messaging }: Place, event = 'order:new'): { numbers: number[], contexts: MessageContext[] } {
  const numbers: number[] = []
  const contexts: MessageContext[] = []
  messaging.on<Order>(event, anything<Order>(({ n }) => typeof n === 'number'), ({ n }, context) => {
    numbers.push(n)
    contexts.push(context)
  })
  return { numbers, contexts }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

describe('messaging: direct, between two nodes', () => {
  it('delivers over an open connection, and says so', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const { numbers, contexts } = listen(receiver)
    const told: OutboxEntry[] = []
    sender.messaging.addEventListener('message:delivered', ({ detail }) => { told.push(detail) })

    const sent = await sender.messaging.send(receiver.node.peerId, 'order:new', { n: 1 }, { conversation: 'tea', priority: 'high' })
    await sent.delivered
    expect(numbers).to.deep.equal([1])
    expect(sent.state).to.equal('delivered')
    const [context] = contexts
    expect([context?.peerId.toString(), context?.via.toString()]).to.deep.equal([sender.node.peerId.toString(), sender.node.peerId.toString()])
    expect({ how: context?.how, id: context?.id, conversation: context?.conversation }).to.deep.equal({ how: 'direct', id: sent.id, conversation: 'tea' })
    expect(told.map(({ id, state, event, bytes }) => ({ id, state, event, bytes }))).to.deep.equal([{ id: sent.id, state: 'delivered', event: 'order:new', bytes: 7 }])
    expect(sender.messaging.outbox()).to.deep.equal([])
    expect(sender.messaging.snapshot()).to.deep.include({ delivered: 1, outbox: { queued: 0, sent: 0, bytes: 0, peers: 0 } })
    expect(receiver.messaging.snapshot()).to.deep.include({ received: 1, duplicates: 0 })
  })

  it('keeps bytes as they are, however the sender goes on with them', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const received: Uint8Array[] = []
    receiver.messaging.on('raw', anything<Uint8Array>(value => value instanceof Uint8Array), data => { received.push(data.slice()) })
    const data = new Uint8Array(1_048_576).fill(7)
    const sending = sender.messaging.send(receiver.node.peerId.toString(), 'raw', data)
    data.fill(0)
    await (await sending).delivered
    expect(received[0]?.byteLength).to.equal(1_048_576)
    expect(received[0]?.every(byte => byte === 7)).to.equal(true)
  })

  it('delivers 1,000 at once, in order, and writes nothing of what is faster than the disk', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const { numbers } = listen(receiver)
    const sent = await Promise.all(upTo(1_000).map(async n => await sender.messaging.send(receiver.node.peerId, 'order:new', { n })))
    await Promise.all(sent.map(async ({ delivered }) => { await delivered }))
    expect(numbers).to.deep.equal(upTo(1_000))
    expect(receiver.messaging.snapshot().duplicates).to.equal(0)
  })

  it('runs the handlers of a lane one after the other, and lanes side by side', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const log: string[] = []
    const gates = new Map<string, () => void>()
    receiver.messaging.on<string>('x', anything(), async name => {
      log.push(`begin ${name}`)
      if (name === 'a1') await new Promise<void>(resolve => { gates.set(name, resolve) })
      log.push(`end ${name}`)
    })
    const send = async (name: string, conversation: string): Promise<void> => { await (await sender.messaging.send(receiver.node.peerId, 'x', name, { conversation })).delivered }
    const first = send('a1', 'a')
    const second = send('a2', 'a')
    await send('b1', 'b')
    expect(log).to.deep.equal(['begin a1', 'begin b1', 'end b1'])
    gates.get('a1')?.()
    await Promise.all([first, second])
    expect(log.slice(3)).to.deep.equal(['end a1', 'begin a2', 'end a2'])
  })

  it('is refused for good: nobody takes it, it does not fit, its handler fails thrice', async function () {
    this.timeout(20_000)
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const charges: string[] = []
    receiver.messaging.on<Order>('order:new', anything<Order>(({ n }) => typeof n === 'number'), () => {})
    let tries = 0
    receiver.messaging.on('failing', anything(), () => {
      tries++
      throw new Error('out of tea')
    })
    receiver.messaging.addEventListener('handler:failed', ({ detail }) => { charges.push(detail.event) })
    const reasons: string[] = []
    sender.messaging.addEventListener('message:refused', ({ detail }) => { reasons.push(`${detail.event} ${detail.reason}`) })
    const refusal = async (event: string, data: unknown): Promise<string> => {
      const { delivered } = await sender.messaging.send(receiver.node.peerId, event, data, { conversation: event })
      const error = await rejection(delivered)
      return `${error.code} ${String(error.details.reason)}`
    }
    const [invalid, failed] = await Promise.all([refusal('order:new', { n: 'many' }), refusal('failing', {})])
    expect([invalid, failed]).to.deep.equal(['MESSAGING_REFUSED invalid', 'MESSAGING_REFUSED failed'])
    expect([tries, charges]).to.deep.equal([3, ['failing', 'failing', 'failing']])
    expect(reasons).to.have.members(['order:new invalid', 'failing failed'])
    expect(sender.messaging.outbox()).to.deep.equal([])
  })

  it('tries again what failed once, before what comes after it', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const done: number[] = []
    let tries = 0
    receiver.messaging.on<Order>('order:new', anything(), ({ n }) => {
      if (n === 0 && tries++ === 0) throw new Error('not now')
      done.push(n)
    })
    const sent = await Promise.all(upTo(5).map(async n => await sender.messaging.send(receiver.node.peerId, 'order:new', { n })))
    await Promise.all(sent.map(async ({ delivered }) => { await delivered }))
    expect(done).to.deep.equal(upTo(5))
  })

  it('waits for handlers that are registered late', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const sent = await sender.messaging.send(receiver.node.peerId, 'order:new', { n: 1 })
    await eventually('it was told to come later', () => receiver.messaging.snapshot().unknown > 0)
    expect(sent.state).not.to.equal('refused')
    const { numbers } = listen(receiver)
    await sent.delivered
    expect(numbers).to.deep.equal([1])
  })

  it('waits for a peer that is away, and delivers when it is back', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const { peerId } = receiver.node
    await receiver.close()
    const queued: string[] = []
    sender.messaging.addEventListener('message:queued', ({ detail }) => { queued.push(detail.id) })
    const sent = await Promise.all(upTo(20).map(async n => await sender.messaging.send(peerId, 'order:new', { n })))
    expect(queued, 'in the datastore when `send` resolves').to.deep.equal(sent.map(({ id }) => id))
    expect(sender.messaging.outbox().map(({ id, state }) => `${id} ${state}`)).to.deep.equal(sent.map(({ id }) => `${id} queued`))
    await receiver.open()
    const { numbers } = listen(receiver)
    await Promise.all(sent.map(async ({ delivered }) => { await delivered }))
    expect(numbers).to.deep.equal(upTo(20))
  })

  it('goes on at once when the peer dials', async () => {
    await using posts = new Posts()
    const [sender, receiver] = [await posts.add({ minRetryMs: 60_000, maxRetryMs: 60_000 }), await posts.add()]
    await Promise.all([sender.open(), receiver.open()])
    const { numbers } = listen(receiver)
    const sent = await sender.messaging.send(receiver.node.peerId, 'order:new', { n: 1 })
    await eventually('it was tried in vain', () => sender.messaging.snapshot().gauges.dialling === 0)
    await connect(receiver, sender)
    await sent.delivered
    expect(numbers).to.deep.equal([1])
  })

  for (const who of ['sender', 'receiver', 'both'] as const) {
    it(`goes on after a restart of ${who === 'both' ? 'both' : `the ${who}`}`, async () => {
      await using posts = new Posts()
      const [sender, receiver] = await posts.pair()
      const { peerId } = receiver.node
      const { numbers } = listen(receiver)
      await (await sender.messaging.send(peerId, 'order:new', { n: 0 })).delivered
      await receiver.close()
      for (const n of [1, 2, 3]) await sender.messaging.send(peerId, 'order:new', { n })
      if (who !== 'receiver') {
        await sender.close()
        await sender.open()
        expect(sender.messaging.outbox().map(({ event, state }) => `${event} ${state}`)).to.deep.equal(['order:new queued', 'order:new queued', 'order:new queued'])
      }
      const last = await sender.messaging.send(peerId, 'order:new', { n: 4 })
      const later: number[] = []
      await receiver.open(({ services }) => { services.messaging.on<Order>('order:new', anything(), ({ n }) => { later.push(n) }) })
      await last.delivered
      expect([numbers, later]).to.deep.equal([[0], [1, 2, 3, 4]])
      await eventually('nothing is left', () => sender.messaging.outbox().length === 0)
      // nor on the disk
      await sender.close()
      await sender.open()
      expect(sender.messaging.outbox()).to.deep.equal([])
    })
  }

  it('lets what is urgent pass a backlog of 10 MiB, with at most one long message before it', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const order: string[] = []
    const high: number[] = []
    receiver.messaging.on<string>('x', anything(), text => {
      order.push(text.slice(0, 4))
      if (text === 'high') high.push(order.filter(other => other === 'low ').length)
    })
    const backlog = await Promise.all(upTo(10).map(async () => await sender.messaging.send(receiver.node.peerId, 'x', `low ${'x'.repeat(1_048_000)}`, { priority: 'low' })))
    const overtaken: number[] = []
    for (let i = 0; i < 5; i++) {
      const before = order.filter(text => text === 'low ').length
      await (await sender.messaging.send(receiver.node.peerId, 'x', 'high', { priority: 'high' })).delivered
      overtaken.push(high.at(-1)! - before)
    }
    expect(order.filter(text => text === 'low ').length, 'the backlog was not done before').to.be.below(10)
    expect(Math.max(...overtaken)).to.be.at.most(1)
    await Promise.all(backlog.map(async ({ delivered }) => { await delivered }))
  })

  it('takes back what was not delivered', async () => {
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const { peerId } = receiver.node
    await receiver.close()
    const sent = await Promise.all(upTo(3).map(async n => await sender.messaging.send(peerId, 'order:new', { n })))
    expect(sender.messaging.cancel(sent[1]!.id)).to.equal(true)
    expect(sender.messaging.cancel(sent[1]!.id)).to.equal(false)
    expect(await rejection(sent[1]!.delivered)).to.have.property('code', 'MESSAGING_CANCELLED')
    await receiver.open()
    const { numbers } = listen(receiver)
    await sent[2]!.delivered
    expect(numbers).to.deep.equal([0, 2])
  })

  it('stops with messages under way, and without a rejection that nobody handles', async () => {
    const unhandled = watchUnhandled()
    await using posts = new Posts()
    const [sender, receiver] = await posts.pair()
    const { promise: open, resolve: free } = Promise.withResolvers<void>()
    receiver.messaging.on('x', anything(), async () => { await open })
    const sent = await sender.messaging.send(receiver.node.peerId, 'x', {})
    await sender.messaging.send(receiver.node.peerId, 'x', {})
    await sender.close()
    expect(await rejection(sent.delivered)).to.have.property('code', 'MESSAGING_STOPPED')
    free()
    await unhandled.stop()
  })
})
