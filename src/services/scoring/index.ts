/**
 * @packageDocumentation
 *
 * How well each peer behaves, as one number, remembered over reconnects and restarts. Three ledgers: misbehaviour, which
 * only time forgives; credit, which has to be earned slowly and buys little; unreliability, which may be nobody's fault
 * and never leads to a ban. Services and applications report what they see; only what this node saw itself counts.
 *
 * It does not refuse anybody: bans and the pool do, from the standing it gives.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode()
 * const { scoring } = node.services
 * scoring.addEventListener('peer:misbehaviour', ({ detail }) => console.log(detail.peerId.toString(), detail.cause))
 * for (const peer of node.getPeers()) console.log(scoring.score(peer), scoring.standing(peer))
 * ```
 */
import { ScoringService } from './service.ts'
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { Offence, Scoring, ServiceInit, Standing } from '../../components.ts'

/** The number and what it is made of: `score = clamp(credit - misbehaviour - unreliability - ipDebt, -100, 20)`. */
export interface ScoreParts {
  score: number
  /** 0 or more; half-life 15 minutes, doubled with each ban up to 4 times; stands still while banned. */
  misbehaviour: number
  /** 0 to 20; half-life 24 hours. */
  credit: number
  /** 0 to 15; half-life 10 minutes. */
  unreliability: number
  /** 0 to 15, for others' misbehaviour on the same IP in the last hour; 0 for relayed and local peers. */
  ipDebt: number
  /** -1 to 0, what gossipsub thinks of it. Not in `score`. */
  gossip: number
  /** For eviction and display: `score + 19 * gossip`, so that gossip alone never bans. */
  total: number
}

/** 0 (worst) to 100 each; what has not been seen yet counts as 50. */
export interface Factors {
  /** Success of dials, requests and pings, and time connected. */
  reliability: number
  /** Round-trip time, response time, throughput. */
  performance: number
  /** Validity of what it sends. */
  behaviour: number
}

export interface FactorOptions {
  /** Share in `quality`, relative to the others. */
  weight: number
  /** How fast old observations lose their meaning, in milliseconds. */
  halfLifeMs: number
}

/** At one moment; milliseconds since 1970. */
export interface ScoreSample {
  timeMs: number
  score: number
}

export interface PeerScore extends ScoreParts {
  peerId: PeerId
  standing: Standing
  quality: number
  factors: Factors
  /** Bans in the last 30 days. */
  strikes: number
  connected: boolean
  /** Oldest first, at most 32, a minute or more apart unless it changed by 5. */
  history: ScoreSample[]
}

export interface Misbehaviour {
  peerId: PeerId
  offence: Offence
  points: number
  /** `<service>:<what>` */
  cause: string
  /** The start of what it sent, at most 512 bytes. */
  evidence?: Uint8Array
  /** SHA-256 of all of it. */
  evidenceHash?: Uint8Array
  /** Milliseconds since 1970. */
  timeMs: number
  /** Its misbehaviour ledger after this. */
  misbehaviour: number
}

export interface ScoringEvents {
  'peer:misbehaviour': CustomEvent<Misbehaviour>
  /** It moved by 1 or more since it was last told. */
  'score:change': CustomEvent<{ peerId: PeerId, score: number, before: number }>
  /** `cause` is that of the offence that did it; absent when time did. */
  'standing:change': CustomEvent<{ peerId: PeerId, standing: Standing, before: Standing, cause?: string }>
  /** Many connections failed together, or the clock jumped: unreliability is not charged until `outage:end`. */
  'outage:start': CustomEvent<{ why: 'connections' | 'clock' }>
  'outage:end': CustomEvent<void>
}

export interface ScoringSnapshot {
  outage: boolean
  /** At most 1,024: the connected first, then those who misbehaved. */
  peers: Array<Omit<PeerScore, 'peerId' | 'history'> & { peerId: string }>
  reports: Record<Offence, number>
  /** Stored records that nobody could read, and that were dropped. */
  damaged: number
  gauges: Record<string, number>
}

/** What the component `bans` tells back. */
export interface BanFeedback {
  /** Its misbehaviour stands still from now on. `strikes` counts this one. */
  banned (peer: PeerId, strikes: number): void
  /** The ban has ended: on probation with 30 points when it expired, with none when it was lifted by hand. */
  released (peer: PeerId, how: 'expired' | 'lifted'): void
}

export interface PeerScoring extends Scoring, BanFeedback, TypedEventTarget<ScoringEvents> {
  /** Undefined for a peer that nothing is known of. */
  get (peer: PeerId | string): PeerScore | undefined
  peers (): Iterable<PeerScore>
  /** Who is remembered: much cheaper than `peers`. */
  ids (): Iterable<string>
  /** Whether somebody in good standing, with credit, was seen at this IP (IPv6: /64) in the last hour, apart from `except`. */
  hasGoodPeerAt (host: string, except?: PeerId): boolean
  /** Where the gossip part comes from, -1 to 0 by peer id; undefined for no longer. */
  useGossip (gossip: ((peer: string) => number) | undefined): void
  /** Forgets everything about a peer, by hand. */
  forget (peer: PeerId): void
  /** Resolves when everything so far is in the datastore. */
  flush (): Promise<void>
  snapshot (): ScoringSnapshot
}

export interface ScoringInit extends ServiceInit {
  /** What makes `quality`. @default { reliability: { weight: 0.4, halfLifeMs: 3_600_000 }, performance: { weight: 0.3, halfLifeMs: 600_000 }, behaviour: { weight: 0.3, halfLifeMs: 86_400_000 } } */
  factors?: Partial<Record<keyof Factors, Partial<FactorOptions>>>
  /** Peers remembered; connected ones and those in bad standing are forgotten last. @default 16_384 */
  maxPeers?: number
  /** Changes are written this often, in milliseconds; what is severe or fatal at once. @default 5_000 */
  flushIntervalMs?: number
  /** Count loopback and private addresses like public ones. @default false */
  localAsPublic?: boolean
}

export interface ScoringComponents {
  peerId: PeerId
  connectionManager: ConnectionManager
  datastore: Datastore
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
}

export function scoring (init: ScoringInit = {}): (components: ScoringComponents) => PeerScoring {
  return (components) => new ScoringService(components, init)
}
