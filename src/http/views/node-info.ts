import type { ProtocolsSnapshot } from '../../services/protocols/index.ts'
import type { Health, NodeInfo } from '../schemas/node.ts'
import type { PeerIndex } from './peer-directory.ts'

export interface NodeFacts {
  about: Pick<NodeInfo, 'peerId' | 'network' | 'addresses' | 'startedMs' | 'versions' | 'dataDir'> & { roles: readonly string[] }
  nowMs: number
  health: Health
  index: PeerIndex
  counts: Omit<NodeInfo['counts'], 'connected' | 'inbound' | 'outbound' | 'known'>
  /** Served by this node. */
  protocolIds: readonly string[]
  typed: ProtocolsSnapshot['protocols']
  process: { pid: number, rssBytes: number, heapBytes: number, cpuMicroseconds: number }
}

/** Pure. */
export function nodeInfo ({ about, nowMs, health, index, counts, protocolIds, typed, process }: NodeFacts): NodeInfo {
  const inbound = index.connected.filter(({ link }) => link?.direction === 'inbound').length
  const { pid, rssBytes, heapBytes, cpuMicroseconds } = process
  return {
    ...about,
    roles: [...about.roles],
    // the wall clock may have been set back
    uptimeMs: Math.max(0, Math.floor(nowMs - about.startedMs)),
    health,
    counts: { connected: index.connected.length, inbound, outbound: index.connected.length - inbound, known: index.all.size, ...counts },
    protocols: protocolRows(protocolIds, typed),
    process: { pid, rssBytes, heapBytes, cpuSeconds: Math.round(cpuMicroseconds / 10_000) / 100 }
  }
}

function protocolRows (ids: readonly string[], typed: NodeFacts['typed']): NodeInfo['protocols'] {
  const figures = new Map(typed.flatMap(({ ids, served }) => served == null ? [] : ids.map(id => [id, { calls: served.calls, failures: served.failed }] as const)))
  return [...ids].sort().map(id => ({ id, ...figures.get(id) }))
}
