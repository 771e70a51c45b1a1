/**
 * @packageDocumentation
 *
 * Finds peers: every source (bootstrap list, mDNS, DNS seeds, local ports, DHT random walk, gossip presence) is an async
 * iterable of sightings, and discovery runs them while the pool wants peers. Sightings go into the address book; an
 * address without a peer id is dialled to learn whose it is.
 *
 * Peer exchange is the service `pex`, keeping connections is the service `pool`.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode({ dnsSeeds: ['seed.example.org:4701'] })
 * node.services.discovery.addEventListener('source:failed', ({ detail }) => console.error(detail.source, detail.error.message))
 * ```
 */
import { DiscoveryService } from './service.ts'
import type { ComponentLogger, Libp2pEvents, Logger, PeerId, PeerRouting, PeerStore, TypedEventTarget } from '@libp2p/interface'
import type { AddressManager, ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role, ServiceInit } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'
import type { AddressBook, SourceName } from '../address-book/index.ts'
import type { Pex } from '../pex/index.ts'
import type { Pool } from '../pool/index.ts'

export { dhtWalk } from './sources/dht-walk.ts'
export { dnsSeeds } from './sources/dns-seeds.ts'
export { fromPeerDiscovery } from './sources/peer-discovery.ts'
export { parsePortRange } from './sources/port-range.ts'
export { presence } from './sources/presence.ts'
export { probePorts } from './sources/probe-ports.ts'

/** A peer, or an address whose peer is not known yet. */
export interface Sighting {
  peerId?: PeerId
  multiaddrs: Multiaddr[]
  /** Its own signed record, verified by the source. */
  record?: Uint8Array
  seq?: bigint
  roles?: Role[]
  /** Who passed it on, when it was not the peer itself. */
  toldBy?: Multiaddr
}

export interface SourceContext {
  /** Aborts when discovery stops. */
  signal: AbortSignal
  clock: Clock
  rng: Rng
  log: Logger
  /** Resolves as soon as the pool wants more peers (at once if it does now); rejects when `signal` aborts. */
  wanted (): Promise<void>
  /** Waits between attempts: not on once this node wakes from sleep or has lost its last peer, and while it has none for a minute at most. */
  pause (ms: number): Promise<void>
}

/** A source runs until its iterable ends or throws; one that throws is started again with backoff. */
export interface Source {
  readonly name: SourceName
  find (context: SourceContext): AsyncIterable<Sighting>
}

export interface DiscoveryEvents {
  'source:failed': CustomEvent<{ source: SourceName, error: Error, retryInMs: number }>
}

export interface DiscoverySnapshot {
  sources: Array<{ name: SourceName, state: 'running' | 'waiting' | 'ended', sightings: number, failures: number, lastSightingMs: number, lastError?: string }>
  gauges: Record<string, number>
}

export interface Discovery extends TypedEventTarget<DiscoveryEvents> {
  snapshot (): DiscoverySnapshot
}

export interface DiscoveryInit extends ServiceInit {
  /** @default none */
  sources?: Array<(components: DiscoveryComponents) => Source>
}

export interface DiscoveryComponents {
  peerId: PeerId
  addressBook: AddressBook
  addressManager: AddressManager
  connectionManager: ConnectionManager
  peerRouting: PeerRouting
  peerStore: PeerStore
  /** Asked by the source `presence` only. */
  pex: Pick<Pex, 'ownRecord'>
  pool: Pool
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
}

export function discovery (init: DiscoveryInit = {}): (components: DiscoveryComponents) => Discovery {
  return (components) => new DiscoveryService(components, init)
}
