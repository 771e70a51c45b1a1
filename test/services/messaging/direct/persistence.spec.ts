import { expect } from 'chai'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { LANES_PREFIX, MAX_CACHED_BYTES, MAX_LANES_PER_SENDER, OUTBOX_PREFIX, RESERVED } from '../../../../src/services/messaging/direct/constants.ts'
import { seededRng } from '../../../../src/util/rng.ts'
import { rejection } from '../../../support/rejection.ts'
import { anything } from './anything.ts'
import { RoughLink } from './rough-link.ts'
import type { Batch, Datastore } from 'interface-datastore'
import type { End } from './rough-link.ts'

async function ends (datastore?: Datastore): Promise<{ link: RoughLink, sender: End, receiver: End, received: number[] }> {
  const link = new RoughLink(seededRng(1))
  link.open = false
  const [sender, receiver] = [await link.add({}, datastore), await link.add()]
  const received: number[] = []
  await sender.open()
  await receiver.open(({ registry }) => { registry.on<number>('x', anything(), data => { received.push(data) }) })
  return { link, sender, receiver, received }
}

async function names (datastore: Datastore): Promise<string[]> {
  const found: string[] = []
  for await (const key of datastore.queryKeys({ prefix: '/peerkeep/messaging/' })) found.push(key.toString())
  return found
}

async function value (datastore: Datastore, name: string): Promise<Uint8Array> {
  return await datastore.get(new Key(name))
}

describe('messaging: what is in the datastore', () => {
  it('is nothing for what is delivered before it has to be written', async () => {
    const { link, sender, receiver, received } = await ends()
    link.connect()
    for (let n = 0; n < 50; n++) await (await sender.direct.send(receiver.peerId, 'x', n)).delivered
    await link.clock.advanceAsync(1_000)
    expect(received).to.have.length(50)
    expect(await names(sender.datastore)).to.deep.equal([])
    expect(await names(receiver.datastore), 'how far its lane is').to.have.length(1)
  })

  it('is nothing once all is delivered', async () => {
    const { link, sender, receiver, received } = await ends()
    for (let n = 0; n < 3; n++) await sender.direct.send(receiver.peerId, 'x', n)
    expect((await names(sender.datastore)).filter(name => name.includes('/message/'))).to.have.length(3)
    link.open = true
    await link.clock.advanceAsync(5_000)
    expect(received).to.deep.equal([0, 1, 2])
    await sender.close()
    await sender.open()
    await link.clock.advanceAsync(1_000)
    expect(await names(sender.datastore)).to.deep.equal([])
  })

  it('may be damaged: that entry is deleted, the others count', async () => {
    const { link, sender, receiver, received } = await ends()
    for (let n = 0; n < 4; n++) await sender.direct.send(receiver.peerId, 'x', n)
    await sender.close()
    const messages = (await names(sender.datastore)).filter(name => name.includes('/message/'))
    const broken = new Map([[messages[0]!, Uint8Array.of(0xff)], [messages[1]!, (await value(sender.datastore, messages[1]!)).subarray(0, 60)], [`${OUTBOX_PREFIX}rubbish/1`, Uint8Array.of(1)], [`${OUTBOX_PREFIX}lane/00`, Uint8Array.of(1)]])
    for (const [name, bytes] of broken) await sender.datastore.put(new Key(name), bytes)
    await sender.open()
    expect(sender.direct.outbox()).to.have.length(2)
    expect(sender.direct.gauges.outboxDamaged).to.equal(4)
    link.open = true
    await link.clock.advanceAsync(5_000)
    expect(received).to.have.length(2)
    for (const name of broken.keys()) expect(await sender.datastore.has(new Key(name)), name).to.equal(false)
  })

  it('may be damaged at the receiver', async () => {
    const { link, sender, receiver, received } = await ends()
    link.open = true
    await sender.direct.send(receiver.peerId, 'x', 1).catch(() => {})
    await link.clock.advanceAsync(1_000)
    await receiver.close()
    const lane = (await names(receiver.datastore)).find(name => name.startsWith(LANES_PREFIX))
    await receiver.datastore.put(new Key(lane!), Uint8Array.of(0xff, 0xff))
    await receiver.datastore.put(new Key(`${LANES_PREFIX}nobody/00`), Uint8Array.of(8, 1))
    await receiver.open(({ registry }) => { registry.on<number>('x', anything(), data => { received.push(data) }) })
    expect(receiver.direct.gauges.lanesDamaged).to.equal(2)
    const sending = sender.direct.send(receiver.peerId, 'x', 2)
    await link.clock.advanceAsync(5_000)
    await (await sending).delivered
    expect(received, 'the sender says that nothing is open before it').to.deep.equal([1, 2])
  })

  it('reserves places, so that none is used twice after kill -9', async () => {
    const { link, sender, receiver, received } = await ends()
    const { promise: open, resolve: free } = Promise.withResolvers<void>()
    receiver.registry.on<number>('slow', anything(), async n => {
      await open
      received.push(n)
    })
    await sender.direct.send(receiver.peerId, 'slow', 0)
    link.connect()
    await link.clock.advanceAsync(100)
    // these are with the receiver, but not on the disk
    for (let n = 1; n <= 5; n++) sender.direct.send(receiver.peerId, 'slow', n).catch(() => {})
    await link.clock.advanceAsync(5, 1)
    expect(receiver.direct.gauges.held, 'with the one that its handler has').to.equal(6)
    sender.kill()
    await sender.open()
    expect(sender.direct.outbox()).to.have.length(1)
    link.open = true
    const last = await sender.direct.send(receiver.peerId, 'slow', 6)
    free()
    await link.clock.advanceAsync(10_000)
    await last.delivered
    expect(received).to.deep.equal([0, 1, 2, 3, 4, 5, 6])
  })

  it('has places for as many messages as are sent', async () => {
    const { link, sender, receiver, received } = await ends()
    await sender.direct.send(receiver.peerId, 'x', 0)
    link.connect()
    const count = RESERVED * 2 + 100
    const all = Array.from({ length: count }, async (_, n) => await sender.direct.send(receiver.peerId, 'x', n + 1))
    for (let i = 0; i < 200 && received.length <= count; i++) await link.clock.advanceAsync(50, 5)
    await Promise.all(all)
    expect(received).to.deep.equal(Array.from({ length: count + 1 }, (_, n) => n))
  })

  it('holds long payloads alone, not memory', async function () {
    this.timeout(30_000)
    const { link, sender, receiver, received } = await ends()
    const count = 24
    for (let n = 0; n < count; n++) await sender.direct.send(receiver.peerId, 'x', { n, text: 'x'.repeat(1_000_000) })
    expect(sender.direct.gauges.outboxCachedBytes).to.be.at.most(MAX_CACHED_BYTES)
    expect(sender.direct.gauges.outboxBytes).to.be.above(count * 1_000_000)
    await sender.close()
    await sender.open()
    expect(sender.direct.gauges.outboxCachedBytes).to.be.within(1, MAX_CACHED_BYTES)
    link.open = true
    for (let i = 0; i < 60 && received.length < count; i++) await link.clock.advanceAsync(500, 50)
    expect((received as unknown as Array<{ n: number }>).map(({ n }) => n)).to.deep.equal(Array.from({ length: count }, (_, n) => n))
    await link.clock.advanceAsync(1_000)
    expect(sender.direct.gauges.outboxCachedBytes).to.equal(0)
  })

  it('says when a message cannot be stored, and does not keep it', async () => {
    const datastore = new BrokenDatastore()
    const { link, sender, receiver } = await ends(datastore)
    datastore.broken = true
    expect(await rejection(sender.direct.send(receiver.peerId, 'x', 1))).to.have.property('code', 'MESSAGING_WRITE_FAILED')
    expect(sender.direct.outbox()).to.deep.equal([])
    datastore.broken = false
    await link.clock.advanceAsync(2_000)
    const kept = await sender.direct.send(receiver.peerId, 'x', 2)
    expect(kept.state).to.equal('queued')
  })

  it('remembers no more lanes of a sender than it should, those used last', async () => {
    const { link, sender, receiver, received } = await ends()
    link.connect()
    const count = MAX_LANES_PER_SENDER + 20
    for (let n = 0; n < count; n++) await (await sender.direct.send(receiver.peerId, 'x', n, { conversation: String(n) })).delivered
    // those that were forgotten go on all the same
    for (let n = 0; n < 10; n++) await (await sender.direct.send(receiver.peerId, 'x', count + n, { conversation: String(n) })).delivered
    expect(received).to.have.length(count + 10)
    expect(receiver.direct.gauges.lanes).to.equal(MAX_LANES_PER_SENDER)
    await link.clock.advanceAsync(1_000)
    await receiver.close()
    expect(await names(receiver.datastore)).to.have.length(MAX_LANES_PER_SENDER)
    await receiver.open()
    expect(receiver.direct.gauges.lanes).to.equal(MAX_LANES_PER_SENDER)
  })
})

class BrokenDatastore extends MemoryDatastore {
  broken = false

  override batch (): Batch {
    const batch = super.batch()
    return { ...batch, put: (...args) => { batch.put(...args) }, delete: key => { batch.delete(key) }, commit: async () => { await (this.broken ? Promise.reject(new Error('no space left on device')) : batch.commit()) } }
  }
}
