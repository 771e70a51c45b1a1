/**
 * @packageDocumentation
 *
 * Who is refused, until when, why, and on what evidence: peers, IP addresses and prefixes; for a while, for longer the next
 * time, or for good. One policy, asked by everything that opens or accepts a connection or passes addresses on. A ban is
 * in the datastore before `ban()` resolves, and in force before anything listens.
 *
 * It does not judge: scoring says who has misbehaved enough, people say who else. A new peer id costs an attacker nothing;
 * what a ban does and does not protect from is in `protocols/README.md`.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode({ bans: { allow: ['192.0.2.7'] } })
 * await node.services.bans.ban('198.51.100.0/24', { reason: 'scanners', durationMs: 86_400_000 })
 * for (const ban of node.services.bans.list()) console.log(ban.key, ban.reason)
 * ```
 */
import { BansService } from './service.ts'
import type { ComponentLogger, ConnectionGater, Libp2pEvents, Metrics, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { BanCheck, Bans, Offence, ServiceInit } from '../../components.ts'

/** A peer id (object or text), an IP, or a prefix in CIDR notation. IPv6 addresses are taken as they are, not as a /64. */
export type BanTarget = PeerId | string

export type BanKind = 'peer' | 'ip' | 'prefix'

export interface Evidence {
  /** Milliseconds since 1970. */
  timeMs: number
  offence: Offence
  cause: string
  /** The start of what it sent, at most 512 bytes. */
  sample?: Uint8Array
  /** SHA-256 of all of it. */
  hash?: Uint8Array
}

export interface Ban {
  kind: BanKind
  /** Canonical: a peer id as text, an IP, a prefix like `198.51.100.0/24`. */
  key: string
  /** `hand`: a person or a program asked. `score`: misbehaviour. `spread`: many banned peers, or IPs, are in there. */
  by: 'hand' | 'score' | 'spread'
  reason: string
  /** Milliseconds since 1970. */
  sinceMs: number
  /** Milliseconds since 1970; absent for good. */
  untilMs?: number
  /** Bans of this key in the last 30 days, this one included, those that were lifted or replaced left out. */
  strikes: number
  /** Misbehaviour when it was banned; 100 for bans by hand. When there are too many bans the least severe goes. */
  severity: number
  /** Where the peer was seen, for the bans of IPs: direct, public connections only. */
  host?: string
}

/** What has become of a ban. */
export interface BanRecord extends Ban {
  /** Milliseconds since 1970. */
  endedMs?: number
  end?: 'expired' | 'lifted' | 'replaced' | 'displaced'
}

/** One answer of the policy, for `explain`. */
export interface Decision {
  timeMs: number
  /** Who asked; `other` when it was not said. For what became of a ban: where that came from. */
  where: BanCheck | 'other' | Ban['by']
  decision: 'denied' | 'throttled' | 'banned' | 'spared' | 'allowed' | 'released'
  /**
   * What decided. `denied`: the key of the ban; `throttled`: the host; `banned`: the reason; `released`: how it ended;
   * `spared`, `allowed`: `ban-budget`, `allow-list`, `never-ban`, `bans-full`.
   */
  rule: string
}

export interface BansEvents {
  'ban:added': CustomEvent<Ban>
  'ban:expired': CustomEvent<Ban>
  'ban:lifted': CustomEvent<Ban>
  /** There were too many bans, and this one was the least severe. */
  'ban:displaced': CustomEvent<Ban>
  /** Somebody would have been banned automatically but was not: allowed, local, or too many established peers at once. */
  'ban:spared': CustomEvent<{ key: string, why: 'ban-budget' | 'allow-list' | 'never-ban' }>
}

export interface BanOptions {
  /** Milliseconds; `'escalate'` is 1 h, 4 h, 24 h, 7 d with each ban in 30 days; `'forever'`. @default 'escalate' */
  durationMs?: number | 'escalate' | 'forever'
  reason?: string
}

export interface BansSnapshot {
  bans: Ban[]
  allow: string[]
  /** Hosts refused for now. */
  throttled: number
  /** Refusals since the node was made, by where. */
  denied: Record<string, number>
  gauges: Record<string, number>
}

export interface PeerBans extends Bans, TypedEventTarget<BansEvents> {
  /** Whether those whom scoring finds banned are. Set to true it also bans whom scoring has found banned meanwhile. */
  automatic: boolean
  /**
   * In force at once, in the place of a running ban of the same key; durable when it resolves. Whoever is connected is
   * disconnected within a second. An IP or a prefix does not stand for the names that lead there. Rejects with
   * `BANS_TARGET_INVALID`, `BANS_SELF`, `BANS_ALLOWED`, `BANS_DURATION_INVALID`, `BANS_REASON_INVALID` (over 512 characters),
   * `BANS_NOT_STARTED`, or `BANS_WRITE_FAILED`: then it is in force all the same, and is written when that is possible again.
   */
  ban (target: BanTarget, options?: BanOptions): Promise<Ban>
  /** Forgives: it leaves no strike. Resolves to whether there was a ban of just this key; one of the configuration is back at the next start. */
  unban (target: BanTarget): Promise<boolean>
  get (target: BanTarget): Ban | undefined
  /** Those in force, the latest first. */
  list (filter?: { kind?: BanKind }): Ban[]
  /** Past and present bans of a key, the latest first, at most 16. */
  history (target: BanTarget): BanRecord[]
  /** What it did, the latest first, at most 16; also of peers that are not banned. */
  evidence (peer: PeerId): Evidence[]
  /** The last 16 decisions about a peer or an IP, the latest first. */
  explain (target: BanTarget): Decision[]
  /**
   * Never banned from now on; lifts its bans. A peer may then come from anywhere this node dials, and from any host that is
   * not itself banned; an IP or prefix is open to all peers that are not banned themselves. Durable when it resolves.
   */
  allow (target: BanTarget): Promise<void>
  disallow (target: BanTarget): Promise<boolean>
  allowed (): string[]
  /** Bans in force as JSON, one `Ban` a line. */
  export (): Iterable<string>
  /**
   * All of it or nothing, in one write; only `key` is needed in a line. Skipped are bans that have ended, that end before the
   * running one, for which there is no room, of this node itself, and of what is allowed. Rejects with `BANS_IMPORT_INVALID`,
   * which names the line, `BANS_IMPORT_TOO_LONG` (over 15,120 lines), `BANS_NOT_STARTED`, or `BANS_WRITE_FAILED`.
   */
  import (lines: Iterable<string> | AsyncIterable<string>): Promise<{ added: number, skipped: number }>
  snapshot (): BansSnapshot
}

export interface BansInit extends ServiceInit {
  /** Peer ids, IPs and prefixes that are never banned. @default [] */
  allow?: string[]
  /** Banned for good from the start, for as long as they stand here. @default [] */
  ban?: string[]
  /** Ban whom scoring finds banned. @default true */
  automatic?: boolean
  /** After the fourth strike ban for good, not for 7 days. @default false */
  permanent?: boolean
  /** Established peers banned automatically in 10 minutes, as a share of those connected; beyond it they are only disconnected. @default 0.2 */
  budget?: number
  /** Ban and throttle loopback and private IPs automatically like public ones; by hand they can be banned in any case. @default false */
  localAsPublic?: boolean
}

export interface BansComponents {
  peerId: PeerId
  connectionGater: ConnectionGater
  connectionManager: ConnectionManager
  datastore: Datastore
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
}

/** Uses the optional component `scoring`. */
export function bans (init: BansInit = {}): (components: BansComponents) => PeerBans {
  return (components) => new BansService(components, init)
}
