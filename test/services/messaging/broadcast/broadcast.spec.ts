import { expect } from 'chai'
import * as z from 'zod'
import { topicScoreParams } from '../../../../src/services/gossip-guard/index.ts'
import { eventually, passes } from '../../../support/eventually.ts'
import { hears, meshes } from '../../../support/gossip-node.ts'
import { rejection } from '../../../support/rejection.ts'
import { BroadcastNodes, EVENT, inReach, meshed, Order, TOPIC } from './broadcast-nodes.ts'
import type { BroadcastNode } from './broadcast-nodes.ts'

const tea = { item: 'tea' }

describe('messaging: broadcast', () => {
  const net = new BroadcastNodes(51_000)
  const { node, listener } = net

  afterEach(async () => { await net.end() })

  const heardBy = async (where: BroadcastNode, count = 1): Promise<unknown[]> => {
    await eventually(`${count} heard`, () => where.heard.length >= count)
    return where.heard.map(({ data }) => data)
  }

  it('reaches everybody once, over neighbours, and tells who wrote it and who brought it', async () => {
    const [a, b, c] = [await listener(), await listener(), await listener()]
    await meshed(a, b)
    await meshed(b, c)
    const beforeMs = Date.now()
    const { id, peers } = await a.broadcasts.broadcast(EVENT, tea)
    expect(peers).to.equal(1)
    expect(id).to.match(/^[0-9a-f]{32}$/)
    expect(await heardBy(c)).to.deep.equal([tea])
    expect(await heardBy(b)).to.deep.equal([tea])
    const [{ context }] = c.heard as [BroadcastNode['heard'][number]]
    expect(context.peerId.equals(a.peerId)).to.equal(true)
    expect(context.via.equals(b.peerId)).to.equal(true)
    expect(context).to.include({ how: 'broadcast', id, conversation: '' })
    expect(context.sentMs).to.be.within(beforeMs, Date.now())
    expect(b.heard[0]!.context.via.equals(a.peerId)).to.equal(true)
    expect(a.heard, 'not to itself').to.deep.equal([])
    // a ring: now it comes to c from both sides
    await meshed(a, c)
    await a.broadcasts.broadcast(EVENT, { item: 'milk' })
    await heardBy(b, 2)
    await a.broadcasts.broadcast(EVENT, { item: 'cups' })
    for (const each of [b, c]) expect((await heardBy(each, 3)).map(data => (data as typeof tea).item).sort()).to.deep.equal(['cups', 'milk', 'tea'])
    expect(a.broadcasts.snapshot()).to.deep.equal({ published: 3, received: 0, ignored: 0, rejected: 0, duplicates: 0, expired: 0 })
    expect(c.broadcasts.snapshot()).to.deep.include({ published: 0, received: 3, ignored: 0, rejected: 0 })
    for (const each of [a, b, c]) expect(each.ratings.charges).to.deep.equal([])
  })

  it('carries bytes as they are, for a codec and without a schema', async () => {
    const reversed = { encode: (bytes: Uint8Array) => bytes.toReversed(), decode: (bytes: Uint8Array) => bytes.toReversed() }
    const [a, b] = [await node(), await node()]
    b.listen({ event: 'any', schema: z.unknown() })
    b.listen({ event: 'codec', schema: reversed })
    await inReach(a, b, '/peerkeep/main/event/1.0.0/codec')
    await a.broadcasts.broadcast('any', Uint8Array.of(0, 255, 128))
    expect(await heardBy(b)).to.deep.equal([Uint8Array.of(0, 255, 128)])
    a.registry.on('codec', reversed, () => {}, { broadcast: false })
    await a.broadcasts.broadcast('codec', Uint8Array.of(1, 2, 3))
    expect((await heardBy(b, 2))[1]).to.deep.equal(Uint8Array.of(1, 2, 3))
  })

  it('does not let a handler that changes its bytes change what is passed on', async () => {
    const [a, b, c] = [await node(), await node(), await node()]
    for (const each of [b, c]) each.registry.on(EVENT, z.instanceof(Uint8Array), (bytes, context) => {
      each.heard.push({ data: bytes.slice(), context })
      bytes.fill(0)
    }, { validate: bytes => { bytes[0] = 9; return 'accept' } })
    a.listen({ schema: z.unknown() })
    await meshed(a, b)
    await meshed(b, c)
    await a.broadcasts.broadcast(EVENT, Uint8Array.of(1, 2))
    expect(await heardBy(c)).to.deep.equal([Uint8Array.of(9, 2)])
    expect(c.ratings.charges).to.deep.equal([])
  })

  it('says when nobody is there to take it, unless that is no error', async () => {
    const [a, b] = [await node(), await listener()]
    const error = await rejection(a.broadcasts.broadcast(EVENT, tea))
    expect(error).to.include({ code: 'MESSAGING_NOBODY' })
    expect(error.message).to.contain('"order:new"').and.contain('allowNobody')
    expect(await a.broadcasts.broadcast(EVENT, tea, { allowNobody: true })).to.include({ peers: 0 })
    await inReach(a, b)
    expect(await a.broadcasts.broadcast(EVENT, tea)).to.include({ peers: 1 })
    expect(await rejection(a.broadcasts.broadcast('other', tea))).to.include({ code: 'MESSAGING_NOBODY' })
    expect(a.broadcasts.snapshot().published).to.equal(2)
  })

  it('refuses at once what cannot be sent', async () => {
    const a = await listener()
    const refused = async (data: unknown, options = {}): Promise<string> => (await rejection(a.broadcasts.broadcast(EVENT, data, { allowNobody: true, ...options }))).code
    expect(await refused({ item: 5 })).to.equal('MESSAGING_INVALID')
    expect(await refused({ item: 'x'.repeat(256 * 1024) })).to.equal('MESSAGING_TOO_LARGE')
    for (const expiresInMs of [0, -1, 1.5, 600_001, NaN]) expect(await refused(tea, { expiresInMs })).to.equal('MESSAGING_OPTION_INVALID')
    expect((await rejection(a.broadcasts.broadcast('$own', tea))).code).to.equal('MESSAGING_EVENT_INVALID')
    await a.stop()
    expect(await refused(tea)).to.equal('MESSAGING_STOPPED')
  })

  it('carries 256 KiB', async () => {
    const [a, b] = [await node(), await node()]
    b.listen({ schema: z.instanceof(Uint8Array) })
    await inReach(a, b)
    await a.broadcasts.broadcast(EVENT, new Uint8Array(256 * 1024).fill(7))
    expect((await heardBy(b) as Uint8Array[])[0]!.byteLength).to.equal(256 * 1024)
  })

  it('hears nothing more once the event is taken back, and again when it is registered anew', async () => {
    const [a, b] = [await node(), await node()]
    const off = b.listen()
    await inReach(a, b)
    off()
    off()
    await eventually('a knows', () => !hears(a, b, TOPIC))
    expect((await rejection(a.broadcasts.broadcast(EVENT, tea))).code).to.equal('MESSAGING_NOBODY')
    expect(b.services.pubsub.topicValidators.has(TOPIC)).to.equal(false)
    b.listen()
    off()
    await eventually('a knows', () => hears(a, b, TOPIC))
    await a.broadcasts.broadcast(EVENT, tea)
    expect(await heardBy(b)).to.deep.equal([tea])
  })

  it('takes no part in what is registered for direct messages only', async () => {
    const [a, b] = [await listener({}, { broadcast: false }), await listener()]
    await inReach(a, b)
    expect(hears(b, a, TOPIC)).to.equal(false)
    await a.broadcasts.broadcast(EVENT, tea)
    expect(await heardBy(b)).to.deep.equal([tea])
  })

  it('goes on after the node was stopped and started, whenever it was registered', async () => {
    const [a, b] = [await node(), await node()]
    b.listen()
    await b.stop()
    b.listen({ event: 'later' })
    expect((await rejection(b.broadcasts.broadcast(EVENT, tea))).code).to.equal('MESSAGING_STOPPED')
    await b.start()
    await inReach(a, b, '/peerkeep/main/event/1.0.0/later')
    await a.broadcasts.broadcast(EVENT, tea)
    await a.broadcasts.broadcast('later', tea)
    expect(await heardBy(b, 2)).to.deep.equal([tea, tea])
  })

  it('tells of a handler that threw, and goes on', async () => {
    const [a, b] = [await node(), await node()]
    b.registry.on(EVENT, Order, async (data, context) => {
      b.heard.push({ data, context })
      throw new Error(`no ${data.item}`)
    })
    await inReach(a, b)
    await a.broadcasts.broadcast(EVENT, tea)
    await a.broadcasts.broadcast(EVENT, { item: 'milk' })
    await passes(() => { expect(b.failures.map(error => (error as Error).message)).to.deep.equal(['no tea', 'no milk']) })
    expect(b.registry.snapshot()).to.deep.equal([{ event: EVENT, broadcast: true, received: 0, invalid: 0, failed: 2 }])
    expect(b.ratings.charges).to.deep.equal([])
  })

  it('gives gossip scores for the rate that is expected, as long as the event is registered', async () => {
    const [a, b] = [await listener({}, { expectedPerSecond: 20 }), await listener()]
    const { params, peerStats } = a.services.pubsub.score
    expect(params.topics[TOPIC]).to.deep.equal(topicScoreParams({ messagesPerSecond: 20, peers: 50 }))
    const off = a.listen({ event: 'off' })
    const offTopic = '/peerkeep/main/event/1.0.0/off'
    b.listen({ event: 'off' })
    await meshed(a, b, offTopic)
    await b.broadcasts.broadcast('off', tea)
    await heardBy(a)
    expect(peerStats.get(b.peerId.toString())!.topics).to.have.property(offTopic)
    off()
    expect(params.topics).to.not.have.property(offTopic)
    expect(a.services.pubsub.getTopics()).to.deep.equal([TOPIC])
    // gossipsub would throw here for a topic that it has notes on and no parameters
    await b.stop()
    await eventually('b is gone', () => a.services.pubsub.peers.size === 0)
    expect(meshes(a, b, TOPIC)).to.equal(false)
  })

  it('needs signatures, and says so', async () => {
    const a = await listener({ gossip: { globalSignaturePolicy: 'StrictNoSign' } })
    expect(a.services.pubsub.getTopics()).to.deep.equal([])
    const error = await rejection(a.broadcasts.broadcast(EVENT, tea))
    expect(error).to.include({ code: 'MESSAGING_OPTION_INVALID' })
    expect(error.message).to.contain('StrictNoSign')
  })
})
