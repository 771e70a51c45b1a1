import { bounded, rounded } from './text.ts'
import { rolesOf } from './known-peer.ts'
import type { DiscoverySnapshot } from '../../services/discovery/index.ts'
import type { PexSnapshot } from '../../services/pex/index.ts'
import type { PoolState } from '../../services/pool/index.ts'
import type { GraphPeer, NetworkInfo } from '../schemas/network.ts'
import type { Health } from '../schemas/node.ts'
import type { Judgement, KnownPeer } from './known-peer.ts'
import type { PeerIndex } from './peer-directory.ts'

const MAX_TOPICS = 1_000

export interface NetworkFacts {
  self: string
  network: string
  index: PeerIndex
  health: Health
  state: PoolState
  wanted: number
  sources: DiscoverySnapshot['sources']
  pex: PexSnapshot
  /** This node is subscribed to them. */
  topics: ReadonlyArray<{ topic: string, peers: number }>
  /** Absent when it is off. */
  dht?: { mode: string, peers: number }
  outage: boolean
}

/** Pure. */
export function networkInfo ({ self, network, index, health, state, wanted, sources, pex, topics, dht, outage }: NetworkFacts, scoring: Judgement): NetworkInfo {
  const lastDiscoveryMs = Math.max(0, ...sources.map(({ lastSightingMs }) => lastSightingMs))
  return {
    network,
    health,
    state,
    known: index.all.size,
    active: index.connected.length,
    wanted,
    ...lastDiscoveryMs === 0 ? {} : { lastDiscoveryMs },
    sources: [...sources.map(sourceRow), { name: 'pex', found: pex.accepted }],
    topology: { self, peers: index.connected.flatMap(peer => graphPeer(peer, scoring)) },
    topics: topics.slice(0, MAX_TOPICS).map(({ topic, peers }) => ({ topic: bounded(topic), peers, subscribed: true })),
    ...dht == null ? {} : { dht },
    outage
  }
}

function sourceRow ({ name, state, sightings, lastSightingMs, lastError }: DiscoverySnapshot['sources'][number]): NetworkInfo['sources'][number] {
  return {
    name,
    found: sightings,
    ...lastSightingMs === 0 ? {} : { lastFoundMs: lastSightingMs },
    // of one that runs again it is over
    ...lastError == null || state === 'running' ? {} : { failure: bounded(lastError) }
  }
}

function graphPeer (peer: KnownPeer, scoring: Judgement): GraphPeer[] {
  const { id, link } = peer
  if (link == null) return []
  return [{
    peerId: id,
    roles: [...rolesOf(peer)],
    direction: link.direction,
    ...link.rttMs == null ? {} : { rttMs: link.rttMs },
    score: rounded(scoring.score(id)),
    standing: scoring.standing(id),
    ...link.relay == null ? {} : { relay: link.relay }
  }]
}
