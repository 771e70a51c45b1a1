import { expect } from 'chai'
import { AppNodes } from '../../support/app-nodes.ts'
import { passes } from '../../support/eventually.ts'
import { rejection } from '../../support/rejection.ts'
import { anything } from './direct/anything.ts'
import { Posts } from './direct/posts.ts'
import type { AppNodeInit } from '../../../src/index.ts'

const quiet: AppNodeInit = { mdns: false, presence: false, dht: { mode: 'off' }, messaging: { minRetryMs: 50, maxRetryMs: 500 } }

describe('messaging: the service', () => {
  it('is part of every node: direct, broadcast and files by the same names', async () => {
    await using nodes = new AppNodes()
    const [shop, customer] = [await nodes.create(quiet), await nodes.create(quiet)]
    const heard: string[] = []
    const off = shop.services.messaging.on<string>('order:new', anything(), (data, { how }) => { heard.push(`${how} ${data}`) })
    customer.services.messaging.on<string>('order:new', anything(), () => {})
    shop.services.messaging.onFile(({ decline }) => { decline('no files today') })
    await customer.dial(shop.getMultiaddrs())
    await (await customer.services.messaging.send(shop.peerId, 'order:new', 'tea')).delivered
    await passes(async () => { expect((await customer.services.messaging.broadcast('order:new', 'all', { allowNobody: true })).peers).to.equal(1) })
    await passes(() => { expect(heard).to.include.members(['direct tea', 'broadcast all']) })

    expect(shop.services.messaging.snapshot().events).to.deep.include({ event: 'order:new', broadcast: true, received: heard.length, invalid: 0, failed: 0 })
    expect(() => shop.services.messaging.on('order:new', anything(), () => {})).to.throw().with.property('code', 'MESSAGING_EVENT_TAKEN')
    off()
    expect(shop.services.messaging.snapshot().events).to.deep.equal([])
    const snapshot = JSON.stringify(customer.services.messaging.snapshot())
    expect(JSON.parse(snapshot)).to.include({ delivered: 1, received: 0, unknown: 0 })
  })

  it('brings a message by a mailbox while the two are never there together, and its receipt', async function () {
    this.timeout(30_000)
    await using posts = new Posts()
    const [sender, receiver] = [await posts.add(), await posts.add()]
    const keeper = await posts.add({ mailbox: true })
    await Promise.all([sender.open(), receiver.open(), keeper.open()])
    await receiver.node.dial(keeper.node.getMultiaddrs())
    await sender.node.dial(keeper.node.getMultiaddrs())
    expect((await receiver.messaging.useMailboxes([keeper.node.peerId])).map(String)).to.deep.equal([keeper.node.peerId.toString()])
    // the sender knows of the mailbox by the receiver's card
    await sender.node.dial(receiver.node.getMultiaddrs())
    const { peerId } = receiver.node
    receiver.messaging.on('x', anything(), () => {})
    await (await sender.messaging.send(peerId, 'x', 0)).delivered
    await passes(() => { expect(sender.messaging.snapshot().gauges.cards).to.be.at.least(1) })
    await receiver.close()

    const sent = await Promise.all([1, 2, 3].map(async n => await sender.messaging.send(peerId, 'x', n)))
    await passes(() => { expect(sent.map(({ state }) => state)).to.deep.equal(['sent', 'sent', 'sent']) })
    await sender.close()
    const received: unknown[] = []
    await receiver.open(({ services }) => { services.messaging.on('x', anything(), (data, { how, via }) => { received.push(`${how} ${String(data)} ${String(via.equals(keeper.node.peerId))}`) }) })
    await passes(() => { expect(received).to.deep.equal(['mailbox 1 true', 'mailbox 2 true', 'mailbox 3 true']) })
    await sender.open()
    await passes(() => { expect(sender.messaging.outbox()).to.deep.equal([]) })
    expect(received).to.have.length(3)
  })

  it('runs again after it was stopped', async () => {
    await using nodes = new AppNodes()
    const [sender, receiver] = [await nodes.create(quiet), await nodes.create(quiet)]
    const received: unknown[] = []
    receiver.services.messaging.on('x', anything(), data => { received.push(data) })
    await sender.stop()
    expect(await rejection(sender.services.messaging.send(receiver.peerId, 'x', 0))).to.have.property('code', 'MESSAGING_STOPPED')
    await sender.start()
    await sender.dial(receiver.getMultiaddrs())
    await (await sender.services.messaging.send(receiver.peerId, 'x', 1)).delivered
    expect(received).to.deep.equal([1])
  })

  const wrong: Record<string, AppNodeInit['messaging']> = {
    'outbox.perPeer': { outbox: { perPeer: 0 } },
    minRetryMs: { minRetryMs: 10, maxRetryMs: 5 },
    maxRetryMs: { maxRetryMs: 1e9 }
  }
  for (const [name, messaging] of Object.entries(wrong)) {
    it(`says what is wrong with ${name}`, async () => {
      await using nodes = new AppNodes()
      expect(await rejection(nodes.create({ ...quiet, messaging }))).to.have.property('code').that.equals('MESSAGING_OPTION_INVALID')
    })
  }
})
