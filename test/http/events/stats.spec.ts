import { expect } from 'chai'
import { EventHub } from '../../../src/http/index.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { Stats } from '../../../src/http/schemas/network.ts'

const SMALL = { dht: { mode: 'off' }, presence: false } as const

describe('http: the event stats', () => {
  it('tells rates of the last second, while somebody listens', async () => {
    await using nodes = new AppNodes()
    const { metrics, source } = await createMetrics({ process: false })
    const [node, peer] = await Promise.all([nodes.create({ ...SMALL, metrics }), nodes.create(SMALL)])
    const clock = new ManualClock(5_000)
    const events = new EventHub({ clock })
    await using api = await startAdminApi({ node, events, clock, metrics: source })
    const told: Stats[] = []
    const idle = clock.pending
    const { end } = events.subscribe({ types: new Set(['stats']) }, ({ json }) => { told.push(JSON.parse(json) as Stats) })
    expect(clock.pending).to.equal(idle + 1)

    await peer.dial(node.getMultiaddrs())
    await eventually('the pool knows', () => node.services.pool.peers().length === 1)
    for (let i = 0; i < 4; i++) await (await peer.services.messaging.send(node.peerId, 'text', { text: 'x'.repeat(10_000) })).delivered
    clock.advance(1_000)
    expect(told).to.have.length(1)
    const [stats] = told as [Stats]
    expect(stats).to.include({ timeMs: 6_000, connected: 1, inbound: 1, outbound: 0, messagesInPerSecond: 4, messagesOutPerSecond: 0, broadcastsInPerSecond: 0 })
    expect(stats.bytesInPerSecond).to.be.within(40_000, 80_000)
    expect(stats.bytesOutPerSecond).to.be.within(1, 40_000)
    expect(stats.rssBytes).to.be.greaterThan(1e7)
    expect(stats.eventLoopP99Ms).to.be.at.least(0)

    clock.advance(2_000)
    expect(told.map(({ messagesInPerSecond }) => messagesInPerSecond)).to.deep.equal([4, 0, 0])
    end()
    expect(clock.pending).to.equal(idle)
    events.subscribe({ after: 'oldest' }, ({ event }) => { expect(event, 'kept').to.not.equal('stats') }).end()
    await api.api.close()
    expect(clock.pending).to.be.at.most(idle)
  })

  it('leaves out what nobody counts', async () => {
    await using nodes = new AppNodes()
    const node = await nodes.create(SMALL)
    const clock = new ManualClock()
    const events = new EventHub({ clock })
    await using api = await startAdminApi({ node, events, clock })
    const told: Stats[] = []
    events.subscribe({}, ({ json }) => { told.push(JSON.parse(json) as Stats) })
    expect(api.url).to.match(/^http:/)
    clock.advance(1_000)
    expect(told[0]).to.include({ event: 'stats', connected: 0 }).and.to.not.have.any.keys('bytesInPerSecond', 'bytesOutPerSecond')
  })
})
