import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from './util/clock.ts'
import type { Rng } from './util/rng.ts'

/** What every service's `init` accepts beside its own options. */
export interface ServiceInit {
  /** @default the system's */
  clock?: Clock
  /** @default the system's cryptographic generator */
  rng?: Rng
}

/** What a node does for others. `full` has the DHT, `relay` carries others' connections, `light` only uses, `gateway` links networks. */
export type Role = 'full' | 'relay' | 'light' | 'gateway'

export const ROLES: readonly Role[] = ['full', 'relay', 'light', 'gateway']

/** How bad it was; one table turns words into points. */
export type Offence = 'minor' | 'moderate' | 'severe' | 'fatal'

/**
 * What a peer may be used for. `discouraged`: not dialled, not shared, first to be evicted. `refused`: disconnected, and not
 * let in for a while. `banned`: misbehaved enough to be banned, or is.
 */
export type Standing = 'good' | 'discouraged' | 'refused' | 'banned'

/** What went well with a peer; or what did not, which may be nobody's fault and never leads to a ban. */
export type Outcome =
  /** It was the first to bring a valid gossip message. */
  | { what: 'delivery' }
  /** It answered a request well; bytes of the answer where they say something of its throughput. */
  | { what: 'answer', tookMs: number, bytes?: number }
  | { what: 'dialled' }
  | { what: 'dial-failed' | 'ping-timeout' | 'request-timeout' }

/** What services ask of the component `scoring`. Optional: without it every peer is a stranger in good standing. */
export interface Scoring {
  /** -100 (worst) to +20 (best); 0 for a stranger. */
  score (peer: PeerId | string): number
  standing (peer: PeerId | string): Standing
  /** Any standing but `good`. */
  isDiscouraged (peer: PeerId | string): boolean
  /** 0 to 100: how dependable, fast and well-behaved, for choosing among peers in good standing; 50 for a stranger. */
  quality (peer: PeerId | string): number
  /** Charges a peer. `cause` is `<service>:<what>`, `evidence` what it sent, of which the start is kept. */
  report (peer: PeerId, offence: Offence, cause: string, evidence?: Uint8Array): void
  observe (peer: PeerId, outcome: Outcome): void
  /** Many connections have failed together: it is rather this node's link than its peers. */
  isOutage (): boolean
}

/** Where a refusal is asked for. */
export type BanCheck = 'dial' | 'inbound' | 'address-book' | 'pex' | 'dht' | 'gossip' | 'relay'

/** What services ask of the component `bans`. Optional: without it nobody is refused. */
export interface Bans {
  /** True when this peer, or anybody at this address, is refused. `where` is for those who want to know why, later. */
  isDenied (target: { peerId?: PeerId, multiaddr?: Multiaddr }, where?: BanCheck): boolean
  /** True when the allow list has this peer, this address, or the IP where the peer was seen: it is kept, whatever its standing. */
  isAllowed? (peer: PeerId | string, multiaddr?: Multiaddr): boolean
}

/** The defaults for nodes without the components `scoring` and `bans`. */
export const neutralScoring: Scoring = {
  score: () => 0,
  standing: () => 'good',
  isDiscouraged: () => false,
  quality: () => 50,
  report: () => {},
  observe: () => {},
  isOutage: () => false
}

export const openBans: Bans = { isDenied: () => false }

/** A libp2p component that may be absent: libp2p throws when one is asked for that was not set. */
export function optionalComponent<T> (components: object, name: string): T | undefined {
  try {
    return (components as Record<string, T | undefined>)[name]
  } catch (err) {
    if (err instanceof Error && err.name === 'MissingServiceError') return undefined
    throw err
  }
}
