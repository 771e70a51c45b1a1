import { BoundedMap } from '../../util/bounded-map.ts'
import { Budget } from './budget.ts'
import { ESTABLISHED_CREDIT, ESTABLISHED_KNOWN_MS, ESTABLISHED_MS, JUDGE_AGAIN_MS, MAX_SPARED, SUSPECT_FROM } from './constants.ts'
import { placeOf } from './place.ts'
import { Spread } from './spread.ts'
import { familyOf, reachOf, targetOf, targetOfKey } from './target.ts'
import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../../util/clock.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerScore, PeerScoring } from '../scoring/index.ts'
import type { Ban, BanRecord, BansEvents } from './index.ts'
import type { Policy } from './policy.ts'
import type { Sightings } from './sightings.ts'
import type { Deed, Proposal } from './spread.ts'
import type { Target } from './target.ts'

export interface AutomaticInit {
  clock: Clock
  policy: Policy
  sightings: Sightings
  /** Share of the connected peers. */
  budget: number
  isLocal (target: Target): boolean
  impose (target: Target, by: 'score' | 'spread', severity: number, reason: string): void
  spare (key: string, why: BansEvents['ban:spared']['detail']['why']): void
}

/** Decides what is banned without anybody asking: peers by their score, and hosts and networks by what is banned in them. */
export class Automatic {
  readonly #init: AutomaticInit
  readonly #budget: Budget
  readonly #spread = new Spread()
  /** Peers that should be banned and are not: since when. */
  readonly #spared = new BoundedMap<string, number>(MAX_SPARED)

  constructor (init: AutomaticInit) {
    this.#init = init
    this.#budget = new Budget(init.budget)
  }

  get gauges (): Record<string, number> {
    return { spared: this.#spared.size, spread: this.#spread.size }
  }

  /** By itself, or for where it is (unless a relay is there for it) or was seen. */
  isAllowed (peer: string, multiaddr: Multiaddr | undefined, nowMs: number): boolean {
    const { policy, sightings } = this.#init
    const seen = sightings.get(peer, nowMs)
    const place = multiaddr == null ? undefined : placeOf(multiaddr)
    return policy.isAllowedPeer(peer) || (seen != null && policy.isAllowed(targetOfKey(seen.ip))) ||
      (place?.bits != null && !place.relayed && policy.isAllowed(targetOf(place.bits)))
  }

  /** Scoring finds this peer banned. */
  judge (peerId: PeerId, scoring: PeerScoring, cause?: string): void {
    const { policy, sightings, impose } = this.#init
    const key = peerId.toString()
    const target: Target = { kind: 'peer', key }
    if (policy.get(target) != null) return
    if (this.#isAllowed(key)) {
      this.#spare(key, 'allow-list')
      return
    }
    const nowMs = this.#nowMs
    const score = scoring.get(peerId)
    if (this.#isEstablished(key, score)) {
      if (!this.#budget.allows(nowMs, sightings.connected)) {
        this.#spare(key, 'ban-budget')
        this.#countUnbanned(key, score, scoring)
        return
      }
      this.#budget.spend(nowMs, sightings.connected)
    }
    this.#spared.delete(key)
    impose(target, 'score', score?.misbehaviour ?? 0, cause ?? 'misbehaviour')
  }

  /** Scoring finds this peer refused: it is disconnected, and could go on with another id. */
  suspect (peerId: PeerId, scoring: PeerScoring): void {
    const key = peerId.toString()
    if (!this.#isAllowed(key)) this.#countUnbanned(key, scoring.get(peerId), scoring)
  }

  /** One that was spared has misbehaved again: it may be judged again, but not for the same deed. */
  isDue (peer: string): boolean {
    const sinceMs = this.#spared.get(peer)
    return sinceMs != null && this.#nowMs - sinceMs >= JUDGE_AGAIN_MS
  }

  /** After a ban: whether what it is in should be banned, too. Who bans by hand bans what he means, and no more. */
  spread (ban: Ban, scoring: PeerScoring | undefined): void {
    if (ban.by !== 'hand') this.#count(ban, scoring)
  }

  /** Counts what was banned before this node was started. */
  recall (records: readonly BanRecord[]): void {
    for (const record of records) {
      if (record.by !== 'hand') this.#spread.add(record, record.host, { isShared: () => true })
    }
  }

  forgive (target: Target, host?: string): void {
    this.#spared.delete(target.key)
    this.#spread.forget(target, host)
  }

  /** The id goes on, established or not, but its host answers for it: else whoever makes ids that are spared would go on for ever. */
  #countUnbanned (key: string, score: PeerScore | undefined, scoring: PeerScoring): void {
    if (score == null || score.misbehaviour < SUSPECT_FROM || this.#init.sightings.get(key, this.#nowMs)?.local !== false) return
    this.#count({ kind: 'peer', key, severity: score.misbehaviour, sinceMs: Math.floor(this.#init.clock.now()) }, scoring)
  }

  #count (ban: Deed, scoring: PeerScoring | undefined): void {
    const host = ban.kind === 'peer' ? this.#init.sightings.get(ban.key, this.#nowMs)?.host : undefined
    for (const proposal of this.#spread.add(ban, host, { isShared: target => this.#isShared(target, scoring) })) this.#widen(proposal)
  }

  /** The peer itself, or where it was seen. */
  #isAllowed (key: string): boolean {
    const { policy, sightings } = this.#init
    const seen = sightings.get(key, this.#nowMs)
    return policy.isAllowedPeer(key) || (seen != null && policy.isAllowed(targetOfKey(seen.ip)))
  }

  /** Strangers cost nothing: whoever brings a thousand of them must not be let off for it, nor for a few good messages of each. */
  #isEstablished (key: string, score: PeerScore | undefined): boolean {
    const { sightings, clock } = this.#init
    if (sightings.connectedFor(key, this.#nowMs) >= ESTABLISHED_MS) return true
    // scoring remembers over restarts, though not everything
    const knownMs = Math.max(sightings.knownFor(key, this.#nowMs), clock.now() - (score?.history[0]?.timeMs ?? Infinity))
    return knownMs >= ESTABLISHED_KNOWN_MS && (score?.credit ?? 0) >= ESTABLISHED_CREDIT
  }

  #widen ({ target, severity, reason }: Proposal): void {
    const { policy, sightings, isLocal, impose, spare } = this.#init
    if (target.bits == null || policy.covering(target.bits) != null) return
    if (isLocal(target)) {
      spare(target.key, 'never-ban')
      return
    }
    const { bits } = target
    const hasFriend = [...policy.allowedPeers].some(peer => {
      const seen = sightings.get(peer, this.#nowMs)
      return seen != null && targetOfKey(seen.ip).bits?.startsWith(bits) === true
    })
    if (hasFriend || policy.isAllowed(target)) spare(target.key, 'allow-list')
    else impose(target, 'spread', severity, reason)
  }

  #isShared (target: Target, scoring: PeerScoring | undefined): boolean {
    if (scoring == null) return false
    if (target.bits == null) return false
    const hosts = familyOf(target.bits) === 6 && reachOf(target) === 'network' ? this.#init.sightings.hostsIn(target) : [target.key]
    return [...hosts].some(host => scoring.hasGoodPeerAt(host))
  }

  #spare (key: string, why: BansEvents['ban:spared']['detail']['why']): void {
    this.#spared.set(key, this.#nowMs)
    this.#init.spare(key, why)
  }

  get #nowMs (): number {
    return this.#init.clock.monotonic()
  }
}
