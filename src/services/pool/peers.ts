import { addressFacts } from '../../util/netgroup.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Role } from '../../components.ts'
import type { AddressFacts, NetgroupOptions } from '../../util/netgroup.ts'
import type { GoodbyeReason } from './goodbye.ts'
import type { Occupancy } from './demand.ts'
import type { PoolPeer } from './index.ts'

/** What the pool keeps of a connected peer. Times are monotonic milliseconds but for `connectedMs`. */
export interface PeerState {
  readonly peerId: PeerId
  readonly id: string
  /** Oldest first. */
  connections: Connection[]
  readonly direction: 'inbound' | 'outbound'
  readonly facts: AddressFacts
  /** Milliseconds since 1970. */
  readonly connectedMs: number
  readonly openedMs: number
  /** It has been told of: identified, or here for long enough. */
  announced: boolean
  usefulMs: number
  roles: Role[]
  explicit: boolean
  /** Only testing its address. */
  feeler: boolean
  /** Over the limit, about to be sent away. */
  surplus: boolean
  /** Who said goodbye, and why. */
  goodbye?: { reason: GoodbyeReason, by: 'local' | 'remote', retryAfterMs?: number }
  /** How its last connection ended, when nobody said goodbye. */
  ended?: { reason: 'closed' | 'reset' | 'unresponsive', by: 'local' | 'remote' }
}

export interface OpenedFacts {
  nowMs: number
  wallMs: number
  explicit: boolean
  feeler: boolean
  roles: readonly Role[]
}

/** The connected peers and their connections, and the counts that limits are about. */
export class PeerTable {
  readonly #peers = new Map<string, PeerState>()
  readonly #options: NetgroupOptions

  constructor (options: NetgroupOptions) {
    this.#options = options
  }

  get size (): number {
    return this.#peers.size
  }

  get (peerId: PeerId | string): PeerState | undefined {
    return this.#peers.get(typeof peerId === 'string' ? peerId : peerId.toString())
  }

  all (): PeerState[] {
    return [...this.#peers.values()]
  }

  /** Those that were told of. */
  announced (): PeerState[] {
    return this.all().filter(({ announced }) => announced)
  }

  /** Adds a connection; `isNew` when it is the peer's first. */
  opened (connection: Connection, { nowMs, wallMs, explicit, feeler, roles }: OpenedFacts): { peer: PeerState, isNew: boolean } {
    const id = connection.remotePeer.toString()
    const known = this.#peers.get(id)
    if (known != null) {
      known.connections.push(connection)
      return { peer: known, isNew: false }
    }
    const facts = addressFacts(connection.remoteAddr, this.#options)
    const peer: PeerState = {
      peerId: connection.remotePeer,
      id,
      connections: [connection],
      direction: connection.direction,
      // neighbours on a local network share nothing that tells them apart from an attacker, so each stands for itself
      facts: facts.scope === 'public' ? facts : { ...facts, group: id },
      connectedMs: wallMs,
      openedMs: nowMs,
      announced: false,
      usefulMs: 0,
      roles: [...roles],
      explicit,
      feeler,
      surplus: false
    }
    this.#peers.set(id, peer)
    return { peer, isNew: true }
  }

  /** Removes a connection; `isLast` when the peer is gone with it. */
  closed (connection: Connection): { peer: PeerState, isLast: boolean } | undefined {
    const peer = this.#peers.get(connection.remotePeer.toString())
    if (peer == null || !peer.connections.some(({ id }) => id === connection.id)) return undefined
    peer.connections = peer.connections.filter(({ id }) => id !== connection.id)
    const isLast = peer.connections.length === 0
    if (isLast) this.#peers.delete(peer.id)
    return { peer, isLast }
  }

  /** Those that hold a slot: neither feelers, nor over the limit, nor leaving. */
  holding (): PeerState[] {
    return this.all().filter(peer => !peer.feeler && !peer.surplus && peer.goodbye == null)
  }

  occupancy (): Occupancy {
    const held = this.holding()
    const outbound = held.filter(({ direction }) => direction === 'outbound').length
    return { inbound: held.length - outbound, outbound }
  }

  surplus (): number {
    return this.all().filter(peer => peer.surplus).length
  }

  outboundGroups (): Set<string> {
    return new Set(this.all().filter(({ direction, feeler }) => direction === 'outbound' && !feeler).map(({ facts }) => facts.group))
  }

  /** Inbound connections from one host or subnet; a relay's address says nothing about the relayed. */
  inboundFrom (key: 'host' | 'subnet', value: string): number {
    return this.all().filter(({ direction, facts }) => direction === 'inbound' && !facts.relayed && facts[key] === value).length
  }
}

/**
 * How a connection ended, by the error of its last event. That event's `local` is no help: libp2p's transports set it for
 * a reset by the remote, too.
 */
export function endOf (error: Error | undefined): NonNullable<PeerState['ended']> {
  if (error == null) return { reason: 'closed', by: 'remote' }
  // pings that were not answered
  return error.name === 'TimeoutError' ? { reason: 'unresponsive', by: 'local' } : { reason: 'reset', by: 'remote' }
}

/** The connection that carries a peer: direct before relayed, then the oldest. */
export function bestConnection (peer: PeerState): Connection | undefined {
  return peer.connections.find(connection => connection.limits == null) ?? peer.connections[0]
}

/** The view that users get. */
export function publicView (peer: PeerState): PoolPeer {
  const best = bestConnection(peer)
  const rttMs = best?.rtt
  return {
    peerId: peer.peerId,
    direction: peer.direction,
    multiaddr: (best as Connection).remoteAddr,
    limited: best?.limits != null,
    roles: [...peer.roles],
    connectedMs: peer.connectedMs,
    explicit: peer.explicit,
    ...(rttMs == null ? {} : { rttMs })
  }
}
