import { bounded } from './text.ts'
import type { DiscoverySnapshot } from '../../services/discovery/index.ts'
import type { PoolState } from '../../services/pool/index.ts'
import type { AppNode } from '../../app-node/init.ts'
import type { Health } from '../schemas/node.ts'

/** What health follows from. */
export interface HealthFacts {
  state: PoolState
  connected: number
  minPeers: number
  /** Many connections have failed together. */
  outage: boolean
  sources: DiscoverySnapshot['sources']
}

/** Pure. */
export function healthOf ({ state, connected, minPeers, outage, sources }: HealthFacts): Health {
  const failing = sources.filter(source => source.state === 'waiting' && source.lastError != null)
  const reasons = [
    ...peersReason(state, connected, minPeers),
    ...outage ? ['many connections failed together: the network link of this node may be down'] : [],
    ...failing.map(({ name, lastError = '' }) => `looking for peers through ${name} fails: ${bounded(lastError)}`)
  ]
  return { state: connected === 0 ? 'isolated' : reasons.length > 0 ? 'degraded' : 'healthy', reasons }
}

function peersReason (state: PoolState, connected: number, minPeers: number): string[] {
  if (connected === 0) return [state === 'starting' ? 'no peer is connected yet: the node has just started' : 'no peer is connected']
  if (connected < minPeers) return [`${connected === 1 ? '1 peer is' : `${connected} peers are`} connected, at least ${minPeers} are wanted`]
  return []
}

export function healthFacts (node: AppNode, connected: number): HealthFacts {
  const { discovery, pool, scoring } = node.services
  return { state: pool.state, connected, minPeers: pool.limits.minPeers, outage: scoring.isOutage(), sources: discovery.snapshot().sources }
}
