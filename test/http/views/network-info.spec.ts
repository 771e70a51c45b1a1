import { expect } from 'chai'
import { networkInfo } from '../../../src/http/views/network-info.ts'
import { ANNA, BORIS, CLARA, DORA, indexOf, judging, linkOf } from './known-peers.ts'
import type { NetworkFacts } from '../../../src/http/views/network-info.ts'

const FACTS: NetworkFacts = {
  self: ANNA.toString(),
  network: 'main',
  index: indexOf([
    { id: BORIS.toString(), link: linkOf({ rttMs: 7, roles: ['relay'] }) },
    { id: CLARA.toString(), link: linkOf({ relayed: true, relay: BORIS.toString(), direction: 'outbound' }) },
    { id: DORA.toString() }
  ]),
  health: { state: 'healthy', reasons: [] },
  state: 'connected',
  wanted: 3,
  sources: [],
  pex: { asked: 1, answered: 1, pushed: 0, accepted: 12, refused: {}, gauges: {} },
  topics: [],
  outage: false
}
const scoring = judging({ [BORIS.toString()]: { score: 1.234 } })

describe('http: the network as seen from here', () => {
  it('is who is known, who is connected, and through whom', () => {
    expect(networkInfo(FACTS, scoring)).to.deep.equal({
      network: 'main',
      health: { state: 'healthy', reasons: [] },
      state: 'connected',
      known: 3,
      active: 2,
      wanted: 3,
      sources: [{ name: 'pex', found: 12 }],
      topology: { self: ANNA.toString(), peers: [
        { peerId: BORIS.toString(), roles: ['relay'], direction: 'inbound', rttMs: 7, score: 1.23, standing: 'good' },
        { peerId: CLARA.toString(), roles: [], direction: 'outbound', score: 0, standing: 'good', relay: BORIS.toString() }
      ] },
      topics: [],
      outage: false
    })
  })

  it('tells when somebody was found last, and which source fails now', () => {
    const source = { state: 'running' as const, sightings: 0, failures: 0, lastSightingMs: 0 }
    const told = networkInfo({ ...FACTS, sources: [
      { ...source, name: 'mdns', sightings: 4, lastSightingMs: 900 },
      { ...source, name: 'dns-seed', state: 'waiting', lastError: 'x'.repeat(10_000), lastSightingMs: 500 },
      { ...source, name: 'dht', lastError: 'over' }
    ] }, scoring)
    expect(told.lastDiscoveryMs).to.equal(900)
    expect(told.sources[0]).to.deep.equal({ name: 'mdns', found: 4, lastFoundMs: 900 })
    expect(told.sources[1]?.failure).to.have.length(256)
    expect(told.sources[2]).to.deep.equal({ name: 'dht', found: 0 })
  })

  it('tells of the topics of this node, and of the DHT where there is one', () => {
    const told = networkInfo({ ...FACTS, topics: [{ topic: 'news', peers: 2 }], dht: { mode: 'server', peers: 9 } }, scoring)
    expect(told).to.deep.include({ topics: [{ topic: 'news', peers: 2, subscribed: true }], dht: { mode: 'server', peers: 9 } })
  })
})
