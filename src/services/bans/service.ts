import { serviceCapabilities } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { TypedEventEmitter } from 'main-event'
import { optionalComponent } from '../../components.ts'
import { describeError } from '../../errors.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import { Automatic } from './automatic.ts'
import { BanBook } from './ban-book.ts'
import { endsLater, lineOf, readLines } from './ban-lines.ts'
import { BansError } from './bans-error.ts'
import { HAND_SEVERITY } from './constants.ts'
import { CutOff } from './cut-off.ts'
import { DecisionLog } from './decision-log.ts'
import { Expiry } from './expiry.ts'
import { installGater } from './gater.ts'
import { newBan } from './new-ban.ts'
import { bansOptions, checkReason } from './options.ts'
import { isLocal, placeOf } from './place.ts'
import { Sightings } from './sightings.ts'
import { parseTarget, targetOf, targetOfKey } from './target.ts'
import { Throttle } from './throttle.ts'
import type { Connection, Logger, Metrics, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BanCheck } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { PeerScoring, ScoringEvents } from '../scoring/index.ts'
import type { Ban, BanKind, BanOptions, BanRecord, BansComponents, BansEvents, BansInit, BansSnapshot, BanTarget, Decision, Evidence, PeerBans } from './index.ts'
import type { BansOptions } from './options.ts'
import type { Target } from './target.ts'

export class BansService extends TypedEventEmitter<BansEvents> implements PeerBans, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/bans'
  readonly [serviceCapabilities]: string[] = ['@peerkeep/bans']
  readonly isAllowed = (peer: PeerId | string, multiaddr?: Multiaddr): boolean => this.#automatic.isAllowed(peer.toString(), multiaddr, this.#clock.monotonic())

  readonly #components: BansComponents
  readonly #options: BansOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #book: BanBook
  readonly #sightings: Sightings
  readonly #automatic: Automatic
  readonly #throttle: Throttle
  readonly #expiry: Expiry
  readonly #cutOff: CutOff
  readonly #decisions = new DecisionLog()
  #scoring: PeerScoring | undefined
  #loaded = false
  /** Ended while this node was not there, not announced yet. */
  #late: Ban[] = []
  #removeFromGater = (): void => {}

  constructor (components: BansComponents, init: BansInit) {
    super()
    this.#components = components
    this.#options = bansOptions(init, components.peerId.toString())
    this.#clock = init.clock ?? systemClock
    this.#log = components.logger.forComponent('peerkeep:bans')
    this.#book = new BanBook({ datastore: components.datastore, clock: this.#clock, log: this.#log })
    const { netgroups, budget } = this.#options
    this.#sightings = new Sightings(netgroups)
    this.#throttle = new Throttle({ netgroups, isAllowed: ip => this.#book.policy.isAllowed(targetOfKey(ip)), isShared: host => this.#scoring?.hasGoodPeerAt(host) === true })
    this.#expiry = new Expiry({ clock: this.#clock, next: () => this.#book.policy.current.next?.untilMs, onDue: () => this.#expire() })
    this.#cutOff = new CutOff(components, { clock: this.#clock, log: this.#log, isDenied: connection => this.#isCutOff(connection) })
    this.#automatic = new Automatic({
      clock: this.#clock,
      policy: this.#book.policy,
      sightings: this.#sightings,
      budget,
      isLocal: target => isLocal(target, netgroups),
      impose: (target, by, severity, reason) => this.#imposeSoon(this.#newBan(target, by, severity, reason)),
      spare: (key, why) => {
        this.#note(key, 'score', 'spared', why)
        this.safeDispatchEvent('ban:spared', { detail: { key, why } })
      }
    })
  }

  async beforeStart (): Promise<void> {
    // before anything listens, and before the pool has its say: what it refuses first would not be counted here
    this.#removeFromGater = installGater(this.#components.connectionGater, {
      isDenied: (target, where) => this.isDenied(target, where),
      isThrottled: multiaddr => this.#isThrottled(multiaddr),
      refused: (peerId, multiaddr) => { this.#throttle.refused(peerId.toString(), multiaddr, this.#clock.monotonic()) }
    })
    this.#scoring = optionalComponent<PeerScoring>(this.#components, 'scoring')
    if (!this.#loaded) {
      const { ended, recent } = await this.#book.load(this.#now())
      this.#late = ended
      this.#automatic.recall(recent)
      for (const target of this.#options.allow) this.#book.policy.allow(target)
      for (const target of this.#options.ban) this.#book.policy.configured.add(this.#newBan(target, 'hand', HAND_SEVERITY, 'configured', 'forever'))
      this.#loaded = true
      const metrics = optionalComponent<Metrics>(this.#components, 'metrics')
      exposeGauges(metrics, 'bans', () => this.#gauges())
      exposeCounters(metrics, 'bans', 'denied', 'where', () => this.#decisions.refusals)
    }
  }

  start (): void {
    const { events } = this.#components
    this.#book.start()
    events.addEventListener('connection:open', this.#onOpen)
    events.addEventListener('peer:disconnect', this.#onDisconnect)
    this.#cutOff.start()
    this.#scoring?.addEventListener('peer:misbehaviour', this.#onMisbehaviour)
    this.#scoring?.addEventListener('standing:change', this.#onStanding)
    this.#expiry.start()
    for (const ban of this.#late.splice(0)) this.#tellEnd(ban, 'expired')
    this.#reconcile()
  }

  async stop (): Promise<void> {
    const { events } = this.#components
    this.#expiry.stop()
    this.#scoring?.removeEventListener('standing:change', this.#onStanding)
    this.#scoring?.removeEventListener('peer:misbehaviour', this.#onMisbehaviour)
    this.#cutOff.stop()
    events.removeEventListener('peer:disconnect', this.#onDisconnect)
    events.removeEventListener('connection:open', this.#onOpen)
    this.#sightings.clear()
    await this.#book.stop()
  }

  /** Nothing listens any more; and what other services charged while they stopped. */
  async afterStop (): Promise<void> {
    this.#removeFromGater()
    await this.#book.stop()
  }

  isDenied ({ peerId, multiaddr }: { peerId?: PeerId, multiaddr?: Multiaddr }, where: BanCheck | 'other' = 'other'): boolean {
    this.#expire()
    if (this.#book.policy.isEmpty) return false
    const id = peerId?.toString()
    const place = multiaddr == null ? undefined : placeOf(multiaddr)
    const verdict = this.#book.policy.decide(id, place, where)
    if (verdict == null) return false
    const { ban, allowed } = verdict
    const ip = ban.kind === 'peer' || place?.bits == null ? undefined : targetOf(place.bits).key
    for (const key of [id ?? place?.peer, ip]) {
      if (key != null) this.#note(key, where, allowed ? 'allowed' : 'denied', allowed ? 'allow-list' : ban.key)
    }
    if (!allowed) this.#decisions.count(where)
    return !allowed
  }

  get automatic (): boolean {
    return this.#options.automatic
  }

  set automatic (on: boolean) {
    this.#options.automatic = on
    if (on) this.#reconcile()
  }

  async ban (target: BanTarget, { durationMs, reason = '' }: BanOptions = {}): Promise<Ban> {
    const parsed = parseTarget(target)
    this.#checkLoaded()
    this.#options.checkBannable(parsed)
    if (this.#book.policy.isAllowed(parsed)) {
      throw new BansError('BANS_ALLOWED', `${parsed.key} is on the allow list, so it cannot be banned: take it off there first`, { details: { target: parsed.key } })
    }
    const ban = this.#newBan(parsed, 'hand', HAND_SEVERITY, checkReason(reason), durationMs)
    await this.#impose(ban)
    return { ...ban }
  }

  async unban (target: BanTarget): Promise<boolean> {
    const parsed = parseTarget(target)
    this.#checkLoaded()
    this.#expire()
    const lifted = this.#lift(parsed)
    if (lifted) await this.#book.flush()
    return lifted
  }

  get (target: BanTarget): Ban | undefined {
    this.#expire()
    const ban = this.#book.policy.get(parseTarget(target))
    return ban == null ? undefined : { ...ban }
  }

  list ({ kind }: { kind?: BanKind } = {}): Ban[] {
    this.#expire()
    return [...this.#book.policy.bans()].filter(ban => kind == null || ban.kind === kind).sort((a, b) => b.sinceMs - a.sinceMs).map(ban => ({ ...ban }))
  }

  history (target: BanTarget): BanRecord[] {
    this.#expire()
    return this.#book.records(parseTarget(target)).map(record => ({ ...record }))
  }

  evidence (peer: PeerId): Evidence[] {
    return this.#book.evidence.get(peer.toString()).map(evidence => ({ ...evidence }))
  }

  explain (target: BanTarget): Decision[] {
    return this.#decisions.get(parseTarget(target).key)
  }

  async allow (target: BanTarget): Promise<void> {
    const parsed = parseTarget(target)
    this.#checkLoaded()
    this.#expire()
    this.#book.allow(parsed, this.#now())
    for (const banned of this.#book.policy.bannedIn(parsed)) this.#lift(banned)
    await this.#book.flush()
  }

  async disallow (target: BanTarget): Promise<boolean> {
    const parsed = parseTarget(target)
    this.#checkLoaded()
    if (!this.#book.disallow(parsed)) return false
    // a ban of its address, or of what it is in, concerns it from now on
    this.#cutOff.later(undefined)
    await this.#book.flush()
    return true
  }

  allowed (): string[] {
    return this.#book.policy.allowed
  }

  * export (): Iterable<string> {
    for (const ban of this.list()) yield lineOf(ban)
  }

  async import (lines: Iterable<string> | AsyncIterable<string>): Promise<{ added: number, skipped: number }> {
    this.#checkLoaded()
    const { bans, skipped } = await readLines(lines, this.#now())
    this.#expire()
    const { policy } = this.#book
    const wanted = bans.filter(ban => {
      const target = targetOfKey(ban.key)
      const known = policy.get(target)
      return !this.#options.isSelf(target) && !policy.isAllowed(target) && (known == null || endsLater(ban, known))
    })
    await this.#book.write(wanted, this.#now())
    let added = 0
    for (const ban of wanted) {
      if (!this.#enforce(ban)) continue
      added++
      if (this.#scoring?.get(ban.key) != null) this.#tellScoring(ban)
      this.safeDispatchEvent('ban:added', { detail: ban })
    }
    this.#cutOff.later(undefined)
    return { added, skipped: skipped + bans.length - added }
  }

  snapshot (): BansSnapshot {
    return {
      bans: this.list(),
      allow: this.allowed(),
      throttled: this.#throttle.throttled(this.#clock.monotonic()),
      denied: this.#decisions.refusals,
      gauges: this.#gauges()
    }
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    this.#sightings.opened(connection, this.#clock.monotonic())
  }

  readonly #onDisconnect = ({ detail: peerId }: CustomEvent<PeerId>): void => {
    this.#sightings.closed(peerId)
  }

  readonly #onMisbehaviour = ({ detail }: ScoringEvents['peer:misbehaviour']): void => {
    const { peerId, timeMs, offence, cause, evidence, evidenceHash } = detail
    const id = peerId.toString()
    this.#book.evidence.add(id, { timeMs: Math.floor(timeMs), offence, cause, sample: evidence, hash: evidenceHash })
    if (this.#automatic.isDue(id) && this.#scoring?.standing(peerId) === 'banned') this.#judge(peerId, cause)
  }

  readonly #onStanding = ({ detail: { peerId, standing, cause } }: ScoringEvents['standing:change']): void => {
    if (standing === 'banned') this.#judge(peerId, cause)
    else if (standing === 'refused' && this.#scoring != null && this.#options.automatic) this.#automatic.suspect(peerId, this.#scoring)
  }

  #judge (peerId: PeerId, cause?: string): void {
    if (this.#scoring == null || !this.#options.automatic || this.#options.isSelf({ kind: 'peer', key: peerId.toString() })) return
    this.#expire()
    this.#automatic.judge(peerId, this.#scoring, cause)
  }

  /** Scoring and bans each remember a peer: after a crash one of them may have missed the last word. */
  #reconcile (): void {
    for (const { peerId } of Array.from(this.#scoring?.peers() ?? [])) {
      const ban = this.#book.policy.get({ kind: 'peer', key: peerId.toString() })
      if (ban != null) this.#scoring?.banned(peerId, ban.strikes)
      else if (this.#scoring?.standing(peerId) === 'banned') this.#judge(peerId)
    }
  }

  #newBan (target: Target, by: Ban['by'], severity: number, reason: string, duration?: BanOptions['durationMs']): Ban {
    const seen = target.kind === 'peer' ? this.#sightings.get(target.key, this.#clock.monotonic()) : undefined
    const host = seen?.local === false ? seen.host : undefined
    return newBan({ target, by, severity, reason, duration, host }, this.#book.history(target.key), this.#now(), this.#options.permanent)
  }

  /** In force at once; resolves when it is durable. */
  async #impose (ban: Ban): Promise<void> {
    const inForce = this.#enforce(ban)
    if (inForce) {
      this.#tellScoring(ban)
      this.#cutOff.later(ban.kind === 'peer' ? peerIdFromString(ban.key) : undefined)
      if (this.#options.automatic) this.#automatic.spread(ban, this.#scoring)
    }
    try {
      await this.#book.flush()
    } finally {
      if (inForce && this.#book.policy.current.get(targetOfKey(ban.key)) === ban) this.safeDispatchEvent('ban:added', { detail: ban })
    }
  }

  #imposeSoon (ban: Ban): void {
    // it is in force, and written again until it is written
    this.#impose(ban).catch((err: unknown) => { this.#log('the ban of %s is not durable yet: %s', ban.key, describeError(err)) })
  }

  /** Whether it is in force now: not when there is no room and all others are worse. */
  #enforce (ban: Ban): boolean {
    const displaced = this.#book.begin(ban, this.#now())
    if (displaced === ban) {
      this.#note(ban.key, ban.by, 'spared', 'bans-full')
      return false
    }
    this.#note(ban.key, ban.by, 'banned', ban.reason)
    if (displaced != null) this.#tellEnd(displaced, 'displaced')
    this.#expiry.arm()
    return true
  }

  #tellScoring (ban: Ban): void {
    if (ban.kind === 'peer') this.#scoring?.banned(peerIdFromString(ban.key), ban.strikes)
  }

  #lift (target: Target): boolean {
    const { configured, current } = this.#book.policy
    const ban = configured.get(target) ?? current.get(target)
    if (ban == null) return false
    configured.delete(target)
    this.#book.end(ban, 'lifted', this.#now())
    this.#automatic.forgive(target, ban.host)
    this.#tellEnd(ban, 'lifted')
    this.#expiry.arm()
    return true
  }

  /** Ends what is due. Looks at one ban when there is none. */
  #expire (): void {
    const nowMs = this.#now()
    for (let ban = this.#book.policy.current.next; ban != null && (ban.untilMs ?? Infinity) <= nowMs; ban = this.#book.policy.current.next) {
      this.#book.end(ban, 'expired', nowMs)
      this.#tellEnd(ban, 'expired')
    }
    this.#expiry.arm()
  }

  #tellEnd (ban: Ban, end: 'expired' | 'lifted' | 'displaced'): void {
    this.#note(ban.key, ban.by, 'released', end)
    // nothing to be forgiven to a peer that scoring knows nothing of: one that was imported
    if (ban.kind === 'peer' && this.#scoring?.get(ban.key) != null) this.#scoring.released(peerIdFromString(ban.key), end === 'lifted' ? 'lifted' : 'expired')
    this.safeDispatchEvent(`ban:${end}`, { detail: ban })
  }

  #isCutOff ({ remotePeer, remoteAddr, direction }: Connection): boolean {
    return this.#book.policy.decide(remotePeer.toString(), placeOf(remoteAddr), direction === 'inbound' ? 'inbound' : 'dial')?.allowed === false
  }

  #isThrottled (multiaddr: Multiaddr): boolean {
    const host = this.#throttle.throttles(multiaddr, this.#clock.monotonic())
    if (host == null) return false
    const { bits } = placeOf(multiaddr)
    if (bits != null) this.#note(targetOf(bits).key, 'inbound', 'throttled', host)
    this.#decisions.count('throttled')
    return true
  }

  #note (key: string, where: Decision['where'], decision: Decision['decision'], rule: string): void {
    this.#decisions.note(key, { timeMs: this.#now(), where, decision, rule })
  }

  #gauges (): Record<string, number> {
    return { ...this.#book.gauges, ...this.#automatic.gauges, seen: this.#sightings.size, throttle: this.#throttle.size, decisions: this.#decisions.size }
  }

  #checkLoaded (): void {
    if (!this.#loaded) throw new BansError('BANS_NOT_STARTED', 'the bans have not been read from the datastore yet: start the node first')
  }

  #now (): number {
    return Math.floor(this.#clock.now())
  }
}
