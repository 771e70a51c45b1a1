import { expect } from 'chai'
import { defineProtocol, ProtocolError } from '../../../src/services/protocols/index.ts'
import { eventually } from '../../support/eventually.ts'
import { protocolNode, protocolPair } from '../../support/protocol-nodes.ts'
import { ask, feed, note, price, quote } from '../../support/quote-protocols.ts'
import { recordedMetrics } from '../../support/recorded-metrics.ts'
import { watchUnhandled } from '../../support/unhandled.ts'
import { stopAll } from '../../support/stop-all.ts'

const tea = { item: 'tea' }

async function failure (call: Promise<unknown>): Promise<string> {
  return call.then(() => 'nothing', (err: unknown) => err instanceof ProtocolError ? err.code : String(err))
}

describe('protocols: life of the service', () => {
  let unhandled: ReturnType<typeof watchUnhandled>
  beforeEach(() => { unhandled = watchUnhandled() })
  afterEach(async () => { await unhandled.stop() })

  it('serves each id once, and all of its ids or none', async () => {
    const node = await protocolNode()
    const { protocols } = node.services
    const several = defineProtocol({ id: ['/a/2', '/a/1'], request: ask, response: price })
    await node.handle('/a/1', () => {})
    expect(await failure(protocols.handle(several, () => ({ price: 1 })))).to.equal('PROTOCOL_ALREADY_HANDLED')
    expect(node.getProtocols().filter(id => id.includes('/a/'))).to.deep.equal(['/a/1'])
    await node.unhandle('/a/1')
    await protocols.handle(several, () => ({ price: 1 }))
    expect(await failure(protocols.handle(defineProtocol({ id: '/a/1', request: ask, response: price }), () => ({ price: 1 })))).to.equal('PROTOCOL_ALREADY_HANDLED')
    expect(node.getProtocols().filter(id => id.includes('/a/'))).to.have.members(['/a/2', '/a/1', '/peerkeep/mux/1.0.0/a/2', '/peerkeep/mux/1.0.0/a/1'])
    expect(await failure(protocols.handle(quote, undefined as never))).to.equal('PROTOCOL_DEFINITION_INVALID')
    await node.stop()
  })

  it('takes a protocol back, with what is going on', async () => {
    const pair = await protocolPair()
    const { protocols } = pair.server.services
    let signal: AbortSignal | undefined
    await protocols.handle(quote, async (_, context) => {
      ({ signal } = context)
      return new Promise(() => {})
    })
    const call = failure(pair.client.services.protocols.request(pair.server.peerId, quote, tea))
    await eventually('it is there', () => signal != null)
    await protocols.unhandle(quote)
    expect(signal?.aborted).to.equal(true)
    expect(await call).to.equal('PROTOCOL_RESET')
    expect(await failure(pair.client.services.protocols.request(pair.server.peerId, quote, tea))).to.equal('PROTOCOL_UNSUPPORTED')
    await protocols.unhandle(quote)
    await protocols.handle(quote, () => ({ price: 2 }))
    expect(await pair.client.services.protocols.request(pair.server.peerId, quote, tea)).to.deep.equal({ price: 2 })
    await pair.quiet(2)
    await pair.stop()
  })

  it('ends all calls when the node stops, leaves no handler, and serves again when it starts', async () => {
    const pair = await protocolPair()
    const { client, server } = pair
    await server.services.protocols.handle(quote, async ({ item }) => item === 'tea' ? { price: 1 } : new Promise(() => {}))
    await server.services.protocols.guard('/raw', () => {})
    const calls = Array.from({ length: 3 }, async () => failure(client.services.protocols.request(server.peerId, quote, { item: 'never' })))
    const dialling = failure(client.services.protocols.request('/memory/nobody-here', quote, tea))
    await eventually('they are there', () => server.services.protocols.snapshot().protocols[0]!.served!.active === 3)
    await client.stop()
    expect(await Promise.all(calls)).to.deep.equal(['PROTOCOL_STOPPED', 'PROTOCOL_STOPPED', 'PROTOCOL_STOPPED'])
    expect(await dialling).to.be.oneOf(['PROTOCOL_STOPPED', 'PROTOCOL_UNREACHABLE'])
    await server.stop()
    expect(server.getProtocols().filter(id => id.includes('/shop/') || id === '/raw')).to.deep.equal([])
    await server.start()
    await client.start()
    expect(server.getProtocols()).to.include.members([...quote.ids, '/raw'])
    expect(await client.services.protocols.request(server.getMultiaddrs(), quote, tea)).to.deep.equal({ price: 1 })
    await stopAll([client, server])
  })

  it('takes protocols before it starts', async () => {
    const node = await protocolNode({ start: false })
    await node.services.protocols.handle(quote, () => ({ price: 1 }))
    expect(node.getProtocols()).not.to.include(quote.ids[0])
    expect(await failure(node.services.protocols.handle(quote, () => ({ price: 1 })))).to.equal('PROTOCOL_ALREADY_HANDLED')
    await node.start()
    expect(node.getProtocols()).to.include(quote.ids[0])
    await node.stop()
  })

  it('closes the stream of many calls when it is idle, on either side', async () => {
    const pair = await protocolPair()
    await pair.server.services.protocols.handle(quote, () => ({ price: 1 }))
    await pair.client.services.protocols.request(pair.server.peerId, quote, tea)
    expect(pair.client.services.protocols.snapshot().protocols[0]!.called.streams).to.equal(1)
    await pair.connection.close()
    await eventually('it is forgotten', () => pair.client.services.protocols.snapshot().gauges.links === 0)
    expect(pair.server.services.protocols.snapshot().protocols[0]!.served!.streams).to.equal(0)
    await pair.stop()
  })

  it('tells what it did, in its snapshot and in metrics', async () => {
    const recorded = recordedMetrics()
    const server = await protocolNode({ metrics: recorded.metrics })
    const client = await protocolNode()
    const { protocols } = client.services
    await server.services.protocols.handle(quote, ({ item }) => {
      if (item === 'coffee') throw new Error('no')
      return { price: 1 }
    })
    await server.services.protocols.handle(feed, async function * () { yield 1 })
    await server.services.protocols.guard('/raw', () => {})
    for (const item of ['tea', 'tea', 'coffee']) await protocols.request(server.getMultiaddrs(), quote, { item }).catch(() => undefined)
    for await (const item of protocols.stream(server.peerId, feed, 1)) expect(item).to.equal(1)
    await failure(protocols.notify(server.peerId, note, tea))

    const called = protocols.snapshot().protocols
    expect(called.map(({ ids: [id], shape, served, called: { calls, failed, active } }) => [id, shape, served, calls, failed, active])).to.deep.equal([
      [quote.ids[0], 'request', null, 3, 1, 0], [feed.ids[0], 'stream', null, 1, 0, 0], [note.ids[0], 'notify', null, 1, 1, 0]
    ])
    const [first, ...others] = server.services.protocols.snapshot().protocols
    expect(first!.served).to.include({ calls: 3, failed: 1, active: 0, streams: 1, crowded: 0 })
    expect(first!.served!.p50Ms).to.be.within(0, first!.served!.p95Ms)
    expect(called[0]!.called.p95Ms).to.be.greaterThan(0)
    expect(first!.limits).to.deep.equal({ maxRequestBytes: 65_536, maxResponseBytes: 65_536, timeoutMs: 10_000, rate: quote.rate, maxConcurrent: 256 })
    expect(others.map(({ shape }) => shape)).to.deep.equal(['stream', 'raw'])
    expect(JSON.parse(JSON.stringify(server.services.protocols.snapshot())).protocols).to.have.length(3)

    expect(await recorded.read('peerkeep_protocols_served_total')).to.deep.equal({ [quote.ids[0]]: 3, [feed.ids[0]]: 1, '/raw': 0 })
    expect(await recorded.read('peerkeep_protocols_served_failed_total')).to.include({ [quote.ids[0]]: 1 })
    expect(await recorded.read('peerkeep_protocols_faults_total')).to.include({ invalid: 0 })
    expect(await recorded.read('peerkeep_protocols_entries')).to.include({ protocols: 3, ratedPeers: 2 })
    await stopAll([client, server])
  })

  it('keeps one stream for a protocol that is defined anew for each call', async () => {
    const pair = await protocolPair()
    await pair.server.services.protocols.handle(quote, () => ({ price: 1 }))
    for (let i = 0; i < 5; i++) {
      const again = defineProtocol({ id: quote.ids, request: ask, response: price })
      await pair.client.services.protocols.request(pair.server.peerId, again, tea)
    }
    expect(pair.connection.streams.filter(({ protocol }) => protocol.includes('/shop/'))).to.have.length(1)
    expect(pair.client.services.protocols.snapshot().protocols).to.have.length(1)
    await pair.stop()
  })
})
