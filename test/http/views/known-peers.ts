import { multiaddr } from '@multiformats/multiaddr'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Judgement, KnownPeer, PeerLink } from '../../../src/http/views/known-peer.ts'
import type { PeerIndex } from '../../../src/http/views/peer-directory.ts'
import type { BookEntry } from '../../../src/services/address-book/index.ts'
import type { PoolPeer } from '../../../src/services/pool/index.ts'

export const [ANNA, BORIS, CLARA, DORA] = Array.from({ length: 4 }, (_, i) => randomPeerId(seededRng(i + 1))) as [PeerId, PeerId, PeerId, PeerId]

export const ADDRESS = '/ip4/192.0.2.7/tcp/4701'

/** Everybody is a stranger. */
export const STRANGERS: Judgement = { score: () => 0, quality: () => 50, standing: () => 'good' }

/** Those of whom nothing is said are strangers. */
export function judging (opinions: Record<string, { score?: number, quality?: number, standing?: ReturnType<Judgement['standing']> }>): Judgement {
  const of = (peer: PeerId | string): typeof opinions[string] => opinions[peer.toString()] ?? {}
  return { score: peer => of(peer).score ?? 0, quality: peer => of(peer).quality ?? 50, standing: peer => of(peer).standing ?? 'good' }
}

export function linkOf (fields: Partial<PeerLink> = {}): PeerLink {
  return { direction: 'inbound', address: ADDRESS, relayed: false, roles: [], connectedMs: 1_000, explicit: false, ...fields }
}

export function bookEntry (peerId: PeerId, addresses: string[], fields: Partial<BookEntry> = {}): BookEntry {
  return {
    peerId, multiaddrs: addresses.map(address => multiaddr(address)), roles: [], source: 'pex', tried: false, firstSeenMs: 0, lastSeenMs: 0, lastAttemptMs: 0, lastSuccessMs: 0, lastObservedMs: 0, failures: 0, ...fields
  }
}

export function indexOf (peers: Array<Partial<KnownPeer> & { id: string }>): PeerIndex {
  const all = new Map(peers.map(peer => [peer.id, { banned: false, ...peer }]))
  return { all, connected: [...all.values()].filter(({ link }) => link != null) }
}

/** As much of a connection as is shown. */
export function openConnection (fields: { address?: string, direction?: 'inbound' | 'outbound', openMs?: number, limited?: boolean, rtt?: number, streams?: unknown[] } = {}): Connection {
  const { address = ADDRESS, direction = 'inbound', openMs = 1_000, limited = false, rtt, streams = [] } = fields
  return {
    id: `c${openMs}`, remoteAddr: multiaddr(address), direction, timeline: { open: openMs }, streams, multiplexer: '/yamux/1.0.0', encryption: '/noise', rtt, ...limited ? { limits: {} } : {}
  } as unknown as Connection
}

export function pooledPeer (peerId: PeerId, fields: Partial<PoolPeer> = {}): PoolPeer {
  return { peerId, direction: 'outbound', multiaddr: multiaddr(ADDRESS), limited: false, roles: ['full'], connectedMs: 5_000, explicit: true, ...fields }
}
