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

/** What services ask of the component `scoring`. Optional: without it every peer is a stranger in good standing. */
export interface Scoring {
  /** -100 (worst) to +20 (best); 0 for a stranger. */
  score (peer: PeerId): number
  /** Not dialled, not shared, first to be evicted. */
  isDiscouraged (peer: PeerId): boolean
  /** Charges a peer. `cause` is `<service>:<what>`. */
  report (peer: PeerId, offence: Offence, cause: string, evidence?: Uint8Array): void
}

/** What services ask of the component `bans`. Optional: without it nobody is refused. */
export interface Bans {
  /** True when this peer, or anybody at this address, is refused. */
  isDenied (target: { peerId?: PeerId, multiaddr?: Multiaddr }): boolean
}

/** The defaults for nodes without the components `scoring` and `bans`. */
export const neutralScoring: Scoring = {
  score: () => 0,
  isDiscouraged: () => false,
  report: () => {}
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
