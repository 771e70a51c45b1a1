import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { connect } from 'node:net'
import { once } from 'node:events'
import { expect } from 'chai'
import { createLibp2p } from 'libp2p'
import { watch } from '../../src/app-node/events.ts'
import { exposeNode } from '../../src/http/metrics-collector.ts'
import { MAX_LABEL_VALUES, MetricsRegistry } from '../../src/platform/metrics-registry.ts'
import { createMetrics, openMetrics } from '../../src/platform/metrics.ts'
import { readExposition } from '../observability/support/exposition.ts'
import { AppNodes } from '../support/app-nodes.ts'
import { eventually } from '../support/eventually.ts'
import type { Stream } from '@libp2p/interface'
import type { NodeMetrics } from '../../src/platform/metrics.ts'

const STRANGE = 'strange'
const MANY = 200

/** Label values of a metric with one label -> what they stand at. */
async function read ({ source }: NodeMetrics, name: string): Promise<Record<string, number>> {
  const samples = readExposition(await source.render()).get(name)?.samples ?? []
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels)[0] ?? '', value]))
}

function streamLike (protocol: string): Stream {
  return Object.assign(new EventTarget(), { protocol, send: () => true }) as unknown as Stream
}

describe('metrics', () => {
  it('of several nodes are apart', async () => {
    const [a, b] = await Promise.all([createMetrics({ process: false }), createMetrics({ process: false })])
    a.metrics().registerCounter('things_total').increment(3)
    b.metrics().registerCounter('things_total').increment(5)
    expect([await read(a, 'things_total'), await read(b, 'things_total')]).to.deep.equal([{ '': 3 }, { '': 5 }])
  })

  it('take what a calculation gives for how it stands: totals stay, and what is gone is gone', async () => {
    const one = await createMetrics({ process: false })
    let now: Record<string, number> = { here: 7, there: 1 }
    one.metrics().registerCounterGroup('things_total', { label: 'where', calculate: () => now })
    one.metrics().registerMetricGroup('things', { label: 'where', calculate: async () => now })
    one.metrics().registerCounter('all_total', { calculate: () => 9 })
    for (let i = 0; i < 2; i++) {
      expect(await read(one, 'things_total')).to.deep.equal(now)
      expect(await read(one, 'things')).to.deep.equal(now)
      expect(await read(one, 'all_total')).to.deep.equal({ '': 9 })
    }
    now = { here: 8 }
    expect(await read(one, 'things')).to.deep.equal(now)
  })

  it('have what was told before they were opened', async () => {
    const component = new MetricsRegistry()
    const total = component.registerCounterGroup('early_total', { label: 'what' })
    const took = component.registerHistogram('early_seconds')
    const end = took.timer()
    total.increment({ a: 2 })
    end()
    const one = openMetrics(component, { process: false })
    total.increment({ a: true, b: 4 })
    expect(await read(one, 'early_total')).to.deep.equal({ a: 3, b: 4 })
    expect(await one.source.render()).to.match(/^early_seconds_count 1$/m)
  })

  it('have a place for all who calculate the same: each listener its own address', async () => {
    const one = await createMetrics({ process: false })
    one.metrics().registerMetricGroup('connections', { label: 'address', calculate: () => ({ a: 1 }) })
    one.metrics().registerMetricGroup('connections', { label: 'address', calculate: () => ({ b: 2 }) })
    expect(await read(one, 'connections')).to.deep.equal({ a: 1, b: 2 })
  })

  it('measure time by key', async () => {
    const one = await createMetrics({ process: false })
    const groups = [one.metrics().registerMetricGroup('last_seconds', { label: 'what' }), one.metrics().registerHistogramGroup('took_seconds', { label: 'what' }), one.metrics().registerSummaryGroup('spread_seconds', { label: 'what' })]
    for (const group of groups) group.timer('asking')()
    for (const name of ['last_seconds', 'took_seconds', 'spread_seconds']) {
      const samples = readExposition(await one.source.render()).get(name)?.samples ?? []
      expect(samples, name).not.to.have.length(0)
      for (const { labels, value } of samples) {
        expect(labels, name).to.include({ what: 'asking' })
        expect(value, name).to.be.within(0, 1)
      }
    }
  })

  it('count the bytes of connections and streams, both ways', async () => {
    const one = await createMetrics({ process: false })
    const [connection, stream] = [streamLike(''), streamLike('/a/1.0.0')]
    one.metrics().trackMultiaddrConnection(connection as never)
    one.metrics().trackProtocolStream(stream)
    connection.send(new Uint8Array(10))
    stream.send(new Uint8Array(3))
    const received = Object.assign(new Event('message'), { data: new Uint8Array(4) })
    stream.dispatchEvent(received)
    expect(await read(one, 'libp2p_data_transfer_bytes_total')).to.deep.equal({ 'global sent': 10, 'global received': 0, '/a/1.0.0 sent': 3, '/a/1.0.0 received': 4 })
    expect(one.source.traffic()).to.deep.equal({ sentBytes: 10, receivedBytes: 0 })
  })

  it(`keep ${MAX_LABEL_VALUES} values of a label apart, and the rest together`, async () => {
    const one = await createMetrics({ process: false })
    const many = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`k${i}`, 1]))
    const counter = one.metrics().registerCounterGroup('told_total', { label: 'key' })
    one.metrics().registerMetricGroup('asked', { label: 'key', calculate: () => many })
    for (const key of Object.keys(many)) {
      counter.increment({ [key]: true })
      const stream = streamLike(`/${key}`)
      one.metrics().trackProtocolStream(stream)
      stream.send(new Uint8Array(1))
    }
    for (const name of ['told_total', 'asked']) {
      const values = await read(one, name)
      expect(Object.keys(values), name).to.have.length(MAX_LABEL_VALUES + 1)
      expect(values['other'], name).to.equal(MANY - MAX_LABEL_VALUES)
    }
    const traffic = await read(one, 'libp2p_data_transfer_bytes_total')
    expect(Object.keys(traffic)).to.have.length(MAX_LABEL_VALUES)
    expect(traffic['other sent']).to.equal(MANY - (MAX_LABEL_VALUES / 2 - 1))
  })

  it('a stranger cannot add a label, whatever it is called, asks for and sends', async function () {
    this.timeout(40_000)
    await using nodes = new AppNodes()
    const one = await createMetrics({ process: false })
    const node = await nodes.create({ metrics: one.metrics, autonat: false, start: false })
    watch(node, exposeNode(one, node, { network: 'main' }))
    await node.start()
    const [address] = node.getMultiaddrs()
    const { host, port } = { host: '127.0.0.1', port: Number(/\/tcp\/(\d+)/.exec(String(address))?.[1]) }
    const stranger = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      nodeInfo: { name: STRANGE, version: STRANGE, userAgent: `${STRANGE}"\n${STRANGE}{} 1` },
      services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) }
    })
    try {
      const connection = await stranger.dial(address!)
      const before = readExposition(await one.source.render())
      for (let i = 0; i < MANY; i++) stranger.services.pubsub.subscribe(`${STRANGE}-${i}`)
      for (let i = 0; i < MANY; i++) {
        await connection.newStream(`/${STRANGE}/${i}`, { signal: AbortSignal.timeout(5_000), maxOutboundStreams: MANY }).catch(() => {})
        await stranger.handle(`/${STRANGE}/served/${i}`, () => {})
      }
      await stranger.services.pubsub.publish(`${STRANGE}-0`, new TextEncoder().encode(STRANGE))
      for (let i = 0; i < 20; i++) {
        const socket = connect({ host, port }).on('error', () => {})
        socket.end(`${STRANGE}-${i}`)
        await once(socket, 'close')
      }
      await eventually('its topics are known', () => node.services.pubsub.getSubscribers(`${STRANGE}-${MANY - 1}`).length === 1 || connection.status !== 'open')

      const text = await one.source.render()
      expect(text).not.to.include(STRANGE)
      const samples = (families: typeof before): number => [...families.values()].reduce((sum, family) => sum + family.samples.length, 0)
      // some of what happened has a name of its own, and happened for the first time
      expect(samples(readExposition(text)) - samples(before)).to.be.below(30)
    } finally {
      await stranger.stop()
    }
  })

  it('with those of the process', async () => {
    const one = await createMetrics()
    const shown = readExposition(await one.source.render())
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes']) {
      expect(shown.get(name)?.samples[0]?.value, name).to.be.at.least(0)
    }
    expect(one.source.contentType).to.match(/^text\/plain; version=0\.0\.4/)
  })
})
