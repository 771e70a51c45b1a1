/**
 * @packageDocumentation
 *
 * Keeps the right connections: enough of them, to different places, and the good ones when there are too many. It dials
 * what the address book knows, reconnects for ever, tells a peer why it lets go of it, and notices when this node is
 * alone, was asleep, or talks to the dead.
 *
 * It does not find peers (discovery does) and it does not judge them (scoring and bans do): it asks both.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode()
 * node.services.pool.addEventListener('peer:disconnected', ({ detail }) => console.log(detail.peerId.toString(), detail.reason))
 * node.services.pool.setLimits({ maxPeers: 100 })
 * ```
 */
import { PoolService } from './service.ts'
import type { ComponentLogger, Connection, ConnectionGater, Libp2pEvents, Metrics, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role, ServiceInit } from '../../components.ts'
import type { AddressBook, BookEntry, SourceName } from '../address-book/index.ts'
import type { GoodbyeReason } from './goodbye.ts'

export { PoolAddressUnknownError } from './address-unknown.ts'
export type { GoodbyeReason } from './goodbye.ts'

/** Why a connection ended: what this side or the other said, or what happened when nobody said anything. */
export type DisconnectReason = GoodbyeReason | 'closed' | 'reset'

/** How many peers, in which directions, from where. All counts are peers, not connections. */
export interface PoolLimits {
  /** Dial while there are fewer. @default 8 */
  minPeers: number
  /** @default 60 */
  maxPeers: number
  /** @default 40 */
  maxInbound: number
  /** @default 20 */
  maxOutbound: number
  /** Dialled by this node at least, however many have dialled it: nobody else chooses all of its peers. @default 8 */
  minOutbound: number
  /** Per IPv4 address or IPv6 /64. @default 4 */
  maxPerIp: number
  /** Per IPv4 /24 or IPv6 /48. @default 10 */
  maxPerSubnet: number
  /** New inbound connections per IPv4 address or IPv6 /64; a subnet has four times as many. @default { perSecond: 0.2, burst: 8 } */
  acceptRate: { perSecond: number, burst: number }
}

/** A connected peer as the pool sees it. */
export interface PoolPeer {
  peerId: PeerId
  direction: 'inbound' | 'outbound'
  /** The remote address of its best connection. */
  multiaddr: Multiaddr
  /** Through a relay. */
  limited: boolean
  roles: readonly Role[]
  /** Since when, milliseconds since 1970. */
  connectedMs: number
  /** Round-trip time in milliseconds, once measured. */
  rttMs?: number
  /** Explicitly wanted: never evicted. */
  explicit: boolean
}

export type PoolState = 'starting' | 'isolated' | 'connected'

export interface PoolEvents {
  'peer:discovered': CustomEvent<{ entry: BookEntry, source: SourceName, loaded: boolean }>
  'peer:connected': CustomEvent<PoolPeer>
  'peer:disconnected': CustomEvent<{ peerId: PeerId, reason: DisconnectReason, by: 'local' | 'remote' }>
  'peer:evicted': CustomEvent<{ peerId: PeerId, why: string }>
  /** The connectivity check of a peer that seems gone. `gone` means it has left the address book. */
  'peer:checked': CustomEvent<{ peerId: PeerId, verdict: 'direct' | 'relayed' | 'gone' }>
  /** A wanted peer (configured or bootstrap) could not be reached; it is tried again in `retryInMs`. */
  'dial:failed': CustomEvent<{ multiaddr: Multiaddr, error: Error, attempt: number, retryInMs: number }>
  /** More peers are wanted than the address book can offer. */
  'pool:demand': CustomEvent<{ wanted: number }>
  'pool:isolated': CustomEvent<void>
  'pool:recovered': CustomEvent<void>
  /** The machine slept or its clock jumped: everything is dialled again at once. */
  'pool:woke': CustomEvent<{ gapMs: number }>
}

export interface PoolSnapshot {
  state: PoolState
  limits: PoolLimits
  inbound: number
  outbound: number
  dialing: number
  wanted: number
  peers: Array<{ peerId: string, direction: string, multiaddr: string, roles: readonly Role[], connectedMs: number, rttMs?: number, explicit: boolean }>
  gauges: Record<string, number>
}

export interface Pool extends TypedEventTarget<PoolEvents> {
  readonly state: PoolState
  readonly limits: Readonly<PoolLimits>
  /** Changes limits of the running node; throws `PoolLimitsError` (`POOL_LIMITS_INVALID`) and changes nothing if they contradict each other. */
  setLimits (limits: Partial<PoolLimits>): void
  peers (): PoolPeer[]
  /** How many more peers are wanted than are connected or being dialled. */
  wanted (): number
  /** Keep a connection to this peer for ever (`explicit`), or use it whenever peers are wanted (`bootstrap`). The address may lack the peer id. */
  keep (multiaddr: Multiaddr, kind?: 'explicit' | 'bootstrap'): void
  /** The opposite of `keep`; does not disconnect. */
  release (multiaddr: Multiaddr): void
  /**
   * Dials now, whatever the limits. Like any dial of the node it fails with libp2p's `DialDeniedError` when the peer is
   * banned, or when scoring refuses it and this node has others: `bans.allow()` is how to have it all the same. By an id
   * alone it is looked for in the address book, the peer store and the DHT: `PoolAddressUnknownError` when it is not found in time.
   */
  dial (target: PeerId | Multiaddr | Multiaddr[], options?: { signal?: AbortSignal }): Promise<Connection>
  /** Says goodbye with a reason, then closes. Resolves when closed, at the latest after 2 s. */
  disconnect (peerId: PeerId, reason?: GoodbyeReason): Promise<void>
  /** A peer told its roles. */
  setRoles (peerId: PeerId, roles: Role[]): void
  /** Something good came from this peer: it is protected longer from eviction. */
  useful (peerId: PeerId): void
  snapshot (): PoolSnapshot
}

export interface PoolInit extends ServiceInit {
  limits?: Partial<PoolLimits>
  /** What this node is. @default ['full'] */
  roles?: Role[]
  /** Peers of these roles are dialled first. @default relay and full for a light node, none otherwise */
  preferredRoles?: Role[]
  /**
   * Connections to keep for ever: never evicted, and tried again within 45 s however long they were away. One that
   * misbehaves is parted with like any other, and dialled again when its standing allows; one that is banned when the ban ends.
   */
  peers?: Multiaddr[]
  /** How peers are found first; tried again for ever while peers are wanted. */
  bootstrap?: Multiaddr[]
  /** Apply the rules for hosts and subnets to loopback and private addresses too. @default false */
  localAsPublic?: boolean
  /** Test an address nobody has vouched for this often, in milliseconds; 0 is never. @default 120_000 */
  feelerIntervalMs?: number
  /** Longest wait for one dial, in milliseconds. @default 10_000 */
  dialTimeoutMs?: number
  /** Dials at a time. @default 16 */
  maxDialing?: number
  /** First wait before dialling a failed peer again, in milliseconds; doubles, with full jitter. @default 1_000 */
  minRetryMs?: number
  /** Longest such wait; explicit peers and a node without a working link wait less. @default 600_000 */
  maxRetryMs?: number
  /** Keep up to this many neighbours in key space (XOR distance), inbound; 0 is none. @default 0 */
  keepNearest?: number
}

export interface PoolComponents {
  peerId: PeerId
  addressBook: AddressBook
  connectionManager: ConnectionManager
  connectionGater: ConnectionGater
  registrar: Registrar
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
}

/** Uses the optional components `scoring` and `bans`. */
export function pool (init: PoolInit = {}): (components: PoolComponents) => Pool {
  return (components) => new PoolService(components, init)
}
