import { expect } from 'chai'
import { startAdminApi } from '../../support/admin-api.ts'
import { AppNodes } from '../../support/app-nodes.ts'
import { eventually } from '../../support/eventually.ts'
import type { NetworkInfo } from '../../../src/http/schemas/network.ts'

describe('http: /v1/network', () => {
  it('tells who is known and connected how, what finds peers, and the topics', async () => {
    await using nodes = new AppNodes()
    const [b, c] = [await nodes.create(), await nodes.create({ roles: ['relay'] })]
    const a = await nodes.create({ bootstrap: [String(b.getMultiaddrs()[0])], pool: { limits: { minPeers: 2 } } })
    await using api = await startAdminApi({ node: a, network: 'main' })
    await c.services.pool.dial(a.getMultiaddrs())
    for (const node of [a, b]) node.services.pubsub.subscribe('news')
    const ask = async (): Promise<NetworkInfo> => (await api.request('GET', '/v1/network')).body as NetworkInfo

    const told = await eventually('both are there, and are known', async () => {
      const now = await ask()
      const relay = now.topology.peers.find(({ peerId }) => peerId === c.peerId.toString())
      const isThere = now.active === 2 && relay?.roles.includes('relay') === true && now.topics.some(({ topic, peers }) => topic === 'news' && peers === 1)
      return isThere ? now : undefined
    }) as NetworkInfo
    expect(told).to.deep.include({ network: 'main', state: 'connected', known: 2, active: 2, outage: false, health: { state: 'healthy', reasons: [] } })
    expect(told.topology.self).to.equal(a.peerId.toString())
    const byId = new Map(told.topology.peers.map(peer => [peer.peerId, peer]))
    expect([byId.get(b.peerId.toString())?.direction, byId.get(c.peerId.toString())?.direction]).to.deep.equal(['outbound', 'inbound'])
    expect(told.topics).to.deep.include({ topic: 'news', peers: 1, subscribed: true })
    expect(told.sources.map(({ name }) => name)).to.include.members(['bootstrap', 'dht', 'presence', 'pex'])
    expect(told.sources.find(({ name }) => name === 'bootstrap')?.found).to.be.above(0)
    expect(told.lastDiscoveryMs).to.be.above(1_700_000_000_000)
    expect(told.dht).to.include({ mode: 'client' })
  })
})
