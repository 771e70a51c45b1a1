import { expect } from 'chai'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import type { NodeInfo } from '../../../src/http/schemas/node.ts'

describe('http: /v1/node', () => {
  it('tells who this is, where it listens, how it does and what it serves', async () => {
    await using nodes = new AppNodes()
    const clock = new ManualClock(5_000)
    const [a, b] = [await nodes.create({ pool: { limits: { minPeers: 1 } } }), await nodes.create()]
    await using api = await startAdminApi({ node: a, clock, startedMs: 2_000, version: '9.8.7', dataDir: '/somewhere', network: 'test', roles: ['full', 'relay'] })
    const ask = async (): Promise<NodeInfo> => (await api.request('GET', '/v1/node')).body as NodeInfo

    const alone = await ask()
    expect(alone).to.deep.include({
      peerId: a.peerId.toString(), network: 'test', addresses: a.getMultiaddrs().map(String), roles: ['full', 'relay'], startedMs: 2_000, uptimeMs: 3_000, dataDir: '/somewhere'
    })
    expect(alone.versions).to.deep.include({ peerkeep: '9.8.7', node: process.versions.node })
    expect(alone.health.state).to.equal('isolated')
    expect(alone.process).to.include({ pid: process.pid })
    expect(alone.process.rssBytes).to.be.above(10_000_000)
    expect(alone.protocols).to.deep.include({ id: '/ipfs/ping/1.0.0' })
    expect(alone.protocols.find(({ id }) => id.startsWith('/peerkeep/messaging/'))).to.include({ calls: 0, failures: 0 })

    await b.services.pool.dial(a.getMultiaddrs())
    await a.services.bans.ban('198.51.100.7')
    await eventually('it is connected', async () => (await ask()).counts.connected === 1)
    const { counts, health } = await ask()
    expect(health).to.deep.equal({ state: 'healthy', reasons: [] })
    expect(counts).to.include({ connected: 1, inbound: 1, outbound: 0, known: 1, banned: 1, outbox: 0, vaultsOwned: 0, vaultsHeld: 0 })
    clock.jump(-60_000)
    expect((await ask()).uptimeMs, 'after the clock was set back').to.equal(0)
  })
})
