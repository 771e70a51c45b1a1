import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { codec, defineProtocol } from '../../../src/services/protocols/index.ts'
import { Failure } from '../../../src/wire/pb/failure.ts'
import { eachPair } from '../../support/each-pair.ts'
import { eventually } from '../../support/eventually.ts'
import { protocolNode } from '../../support/protocol-nodes.ts'
import { ask, feed, haggle, note, price, quote } from '../../support/quote-protocols.ts'
import type { CallContext, CallTarget } from '../../../src/services/protocols/index.ts'

describe('protocols: calls between two nodes', () => {
  const pair = eachPair()

  it('ask and are answered, whatever the handler takes', async () => {
    const contexts: CallContext[] = []
    await pair.callee.handle(quote, async ({ item }, context) => {
      contexts.push(context)
      return { price: item.length }
    })
    expect(await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })).to.deep.equal({ price: 3 })
    const [{ peerId, connection, protocol }] = contexts as [CallContext]
    expect([peerId.toString(), connection, protocol]).to.deep.equal([pair.client.peerId.toString(), pair.inbound, quote.ids[0]])
  })

  it('say something, and know that it was taken', async () => {
    const taken: string[] = []
    await pair.callee.handle(note, ({ item }) => { taken.push(item) })
    expect(await pair.caller.notify(pair.server.peerId, note, { item: 'tea' })).to.equal(undefined)
    expect(taken).to.deep.equal(['tea'])
  })

  it('get items as they come', async () => {
    await pair.callee.handle(feed, async function * (count) { for (let i = 0; i < count; i++) yield i })
    const items: number[] = []
    for await (const item of pair.caller.stream(pair.server.peerId, feed, 1_000)) items.push(item)
    expect(items).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => i))
    await pair.quiet()
  })

  it('talk both ways', async () => {
    await pair.callee.handle(haggle, async function * (offers) { for await (const offer of offers) yield offer + 1 })
    const talk = await pair.caller.duplex(pair.server.peerId, haggle)
    const heard: number[] = []
    await talk.send(1)
    for await (const answer of talk) {
      heard.push(answer)
      if (answer < 10) await talk.send(answer * 2)
      else await talk.closeWrite()
    }
    expect(heard).to.deep.equal([2, 5, 11])
    await pair.quiet()
  })

  it('share one stream, many at a time, answered as they are ready', async () => {
    let waiting: Array<() => void> = []
    await pair.callee.handle(quote, async ({ item }) => {
      if (item === 'go') for (const go of waiting.splice(0)) go()
      else await new Promise<void>(resolve => { waiting.push(resolve) })
      return { price: Number(item) || 0 }
    })
    const slow = Promise.all(Array.from({ length: 100 }, async (_, i) => pair.caller.request(pair.server.peerId, quote, { item: String(i) })))
    await eventually('all are there', () => waiting.length === 100)
    expect(pair.connection.streams.filter(({ protocol }) => protocol.endsWith(quote.ids[0]))).to.have.length(1)
    expect(await pair.caller.request(pair.server.peerId, quote, { item: 'go' })).to.deep.equal({ price: 0 })
    expect((await slow).map(({ price }) => price)).to.deep.equal(Array.from({ length: 100 }, (_, i) => i))
    waiting = []
  })

  it('go in either direction over one connection', async () => {
    await pair.callee.handle(quote, () => ({ price: 1 }))
    await pair.caller.handle(quote, () => ({ price: 2 }))
    expect(await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })).to.deep.equal({ price: 1 })
    expect(await pair.callee.request(pair.client.peerId, quote, { item: 'tea' })).to.deep.equal({ price: 2 })
  })

  it('use the newest version that both know', async () => {
    const ids = (...versions: number[]): string[] => versions.map(version => `/shop/quote/${version}.0.0`)
    const old = defineProtocol({ id: ids(1), request: ask, response: price })
    const both = defineProtocol({ id: ids(2, 1), request: ask, response: price })
    const next = defineProtocol({ id: ids(3, 2, 1), request: ask, response: price })
    await pair.callee.handle(both, (_, { protocol }) => ({ price: Number(protocol.split('/')[3]!.split('.')[0]) }))
    const used = await Promise.all([old, both, next].map(async protocol => pair.caller.request(pair.server.peerId, protocol, { item: 'tea' })))
    expect(used.map(({ price }) => price)).to.deep.equal([1, 2, 2])
  })

  it('carry protobuf messages', async () => {
    const status = defineProtocol({ id: '/shop/status/1.0.0', request: codec(Failure), response: codec(Failure) })
    await pair.callee.handle(status, ({ code }) => ({ code: `${code}!`, message: '' }))
    expect(await pair.caller.request(pair.server.peerId, status, { code: 'open', message: 'really?' })).to.deep.equal({ code: 'open!', message: '' })
  })

  const targets: Record<string, () => CallTarget> = {
    'a peer id': () => peerIdFromString(pair.server.peerId.toString()),
    'the text of one': () => pair.server.peerId.toString(),
    'a connection': () => pair.connection,
    'a multiaddr': () => pair.server.getMultiaddrs()[0]!,
    'multiaddrs': () => pair.server.getMultiaddrs(),
    'the text of a multiaddr': () => pair.server.getMultiaddrs()[0]!.toString(),
    'a multiaddr without the peer id': () => multiaddr(pair.server.getMultiaddrs()[0]!.toString().replace(/\/p2p\/.*/, ''))
  }
  for (const [name, target] of Object.entries(targets)) {
    it(`are for ${name}`, async () => {
      await pair.callee.handle(quote, () => ({ price: 1 }))
      for (let i = 0; i < 3; i++) expect(await pair.caller.request(target(), quote, { item: 'tea' })).to.deep.equal({ price: 1 })
      expect(pair.client.getConnections()).to.have.length(1)
    })
  }

  it('dial whoever is not connected, and whoever has gone', async () => {
    await pair.callee.handle(quote, () => ({ price: 1 }))
    const stranger = await protocolNode()
    const { protocols } = stranger.services
    expect(await protocols.request(pair.server.getMultiaddrs(), quote, { item: 'tea' })).to.deep.equal({ price: 1 })
    await stranger.hangUp(pair.server.peerId)
    // by its id alone: the peer store has the address
    expect(await protocols.request(pair.server.peerId, quote, { item: 'tea' })).to.deep.equal({ price: 1 })
    await stranger.stop()
  })

  it('go on over a new stream when the old one has ended', async () => {
    await pair.callee.handle(quote, () => ({ price: 1 }))
    for (let i = 0; i < 3; i++) {
      await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })
      const stream = (i === 1 ? pair.inbound : pair.connection).streams.find(({ protocol }) => protocol.endsWith(quote.ids[0]))
      stream!.abort(new Error('broken by the test'))
      await pair.quiet()
    }
    expect(await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })).to.deep.equal({ price: 1 })
  })

  it('tell scoring and the pool of good answers, once a second', async () => {
    await pair.callee.handle(quote, () => ({ price: 1 }))
    for (let i = 0; i < 5; i++) await pair.caller.request(pair.server.peerId, quote, { item: 'tea' })
    const { opinion } = pair.client
    expect(opinion.useful).to.deep.equal([pair.server.peerId.toString()])
    expect(opinion.outcomes).to.have.length(1)
    const [{ peer, outcome }] = opinion.outcomes as [typeof opinion.outcomes[0]]
    expect(peer).to.equal(pair.server.peerId.toString())
    expect(outcome).to.include({ what: 'answer', bytes: 11 })
    expect([...opinion.offences, ...pair.server.opinion.offences]).to.deep.equal([])
  })
})
