import { describeError } from '../../../errors.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { ShardsError } from '../errors.ts'
import { replaceableByHolders } from '../model/succession.ts'
import { Change } from '../pb/shards.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { bringUp, catchUp } from './catching-up.ts'
import { countHealthy, dutyOf, rankOf } from './duty.ts'
import { Jobs } from './jobs.ts'
import { pullPayload } from './payload-pull.ts'
import { askedIn, audit, isCutOff } from './rounds.ts'
import { upkeep } from './upkeep.ts'
import { VaultHealth } from './vault-health.ts'
import type { PeerId } from '@libp2p/interface'
import type { Timer } from '../../../util/clock.ts'
import type { HolderHealth, HolderStatus } from '../index.ts'
import type { HeldShare } from '../parts.ts'
import type { Manifest } from '../pb/shards.ts'
import type { KeeperContext } from './context.ts'
import type { Duty } from './duty.ts'
import type { RoundKind } from './rounds.ts'
import type { WatchedHolder } from './vault-health.ts'
import type { Finding } from './vital-signs.ts'

/** Intervals differ by so much to either side, so that holders do not all ask at once. */
const JITTER = 0.2
/** One that missed an audit is asked again so much sooner, as it takes two to suspect it; and the first round comes sooner. */
const SOONER = 6
/** Each holder sees to a vault so much later than the one before it in rank: a change takes seconds, more where some are silent. */
const STAGGER_MS = 15_000
/** Each part of the work ends by then. A payload may be long. */
const [ROUND_MS, UPKEEP_MS, PULL_MS] = [120_000, 180_000, 3_600_000]
/** Between attempts that failed, at most. */
const MAX_RETRY_MS = 3_600_000
/** What has been accepted and is not decided for so long its proposer has left to others. */
const PENDING_MS = 5 * 60_000
/** Peers remembered that were to take a place and did not. */
const MAX_EXCLUDED = 64

/** Looks after one vault: asks the other holders, keeps up with them, and sees to it that there are enough of them. */
export class VaultWatch {
  readonly #context: KeeperContext
  readonly #id: string
  readonly #health: VaultHealth
  readonly #jobs: Jobs
  /** Those that were to take a place and did not. */
  readonly #excluded = new Set<string>()
  #held: HeldShare
  #epoch = { number: 0, beganMs: 0 }
  #roundTimer: Timer | undefined
  #upkeepTimer: Timer | undefined
  #lastRoundMs: number
  #nextFullMs: number
  #suspected = false
  #unfinished = false
  #pending: { seq: number, sinceMs: number } | undefined
  #pendingTimer: Timer | undefined
  /** Holders of the manifest before, as far as this node has seen it. */
  #former: readonly PeerId[] = []
  #failures = 0
  #notBeforeMs = 0

  constructor (context: KeeperContext, id: string, held: HeldShare) {
    const { self, clock, log } = context
    this.#context = context
    this.#id = id
    this.#held = held
    this.#jobs = new Jobs({ clock, onFailed: (what, err) => { log.error('%s of vault %s: %s', what, id, describeError(err)) } })
    this.#lastRoundMs = this.#nextFullMs = clock.monotonic()
    this.#health = new VaultHealth(self, held.vouched.manifest, this.#lastRoundMs)
    this.#begin(held.vouched.manifest)
  }

  get healthy (): number {
    return countHealthy(this.#healths())
  }

  start (): void {
    const { rng, minIntervalMs } = this.#context
    this.#nextFullMs = this.#context.clock.monotonic() + rng.float() * this.#intervalMs / SOONER
    this.#schedule('few', rng.float() * minIntervalMs)
    this.#pull()
    this.#notePending()
  }

  async stop (): Promise<void> {
    this.#roundTimer?.cancel()
    this.#upkeepTimer?.cancel()
    this.#pendingTimer?.cancel()
    await this.#jobs.stop()
  }

  /** What this node holds of it has changed. */
  update (held: HeldShare): void {
    const { manifest } = held.vouched
    const { manifest: before } = this.#held.vouched
    if (manifest.seq !== before.seq) this.#former = before.holders.map(({ peer }) => peerFromBytes(peer))
    this.#held = held
    this.#notePending()
    this.#health.follow(manifest, this.#context.clock.monotonic())
    if (manifest.epoch !== this.#epoch.number) this.#begin(manifest)
    this.#pull()
    this.#consider()
  }

  /** It is proven that a holder lied: others may have its share. */
  convict (peerId: PeerId, reason: string): void {
    if (!this.#health.convict(peerId, reason, this.#context.clock.monotonic())) return
    this.#suspected = true
    this.#consider()
  }

  /** Whether somebody else may take the place of that holder, as far as this node can tell. When it cannot it asks, and knows the next time. */
  isSilent (peerId: PeerId): boolean {
    const holder = this.#health.others.find(other => other.peerId.equals(peerId))
    if (holder == null) return false
    if (this.#health.lost.has(holder.index)) return true
    if (this.#health.silentMs(peerId, this.#context.clock.monotonic()) < this.#policy.lostAfterMs / 2) return false
    if (this.#health.missed.includes(holder)) return true
    this.#jobs.begin('probe', ROUND_MS, async signal => {
      const found = await audit(this.#context, this.#held.vouched, [holder], signal)
      this.#record(new Map([...found].map(([asked, { finding }]) => [asked, finding])), this.#context.scoring().isOutage(), 0)
    })
    return false
  }

  statuses (): HolderStatus[] {
    return this.#health.statuses()
  }

  get #policy (): { auditEveryMs: number, refreshEveryMs: number, lostAfterMs: number, holdersMayReshare: boolean } {
    return this.#held.vouched.manifest.policy ?? { auditEveryMs: Infinity, refreshEveryMs: 0, lostAfterMs: Infinity, holdersMayReshare: false }
  }

  get #intervalMs (): number {
    return Math.max(this.#policy.auditEveryMs, this.#context.minIntervalMs)
  }

  /** A new epoch: what was wrong with the old one is over. */
  #begin ({ epoch, issuedMs, change }: Manifest): void {
    const nowMs = this.#context.clock.now()
    // after an update it began before, nobody here knows when
    this.#epoch = { number: epoch, beganMs: change === Change.UPDATE ? nowMs : Math.min(issuedMs, nowMs) }
    this.#suspected = this.#unfinished = false
    this.#failures = this.#notBeforeMs = 0
    this.#upkeepTimer?.cancel()
    this.#upkeepTimer = undefined
  }

  #schedule (kind: RoundKind, ms: number): void {
    this.#roundTimer?.cancel()
    if (this.#jobs.stopped) return
    this.#roundTimer = this.#context.clock.after(ms, () => { this.#jobs.begin('audit', ROUND_MS, async signal => this.#round(kind, signal), () => { this.#scheduleNext() }) })
  }

  #scheduleNext (): void {
    const { clock, rng, minIntervalMs } = this.#context
    const jitter = 1 - JITTER + 2 * JITTER * rng.float()
    const nowMs = clock.monotonic()
    const leftMs = Math.max(minIntervalMs * jitter, this.#nextFullMs - nowMs)
    // those in doubt soon; those that are suspected when they would be lost
    const againMs = Math.max(minIntervalMs, this.#health.inDoubt ? this.#intervalMs / SOONER : this.#health.nextLossMs() - nowMs) * jitter
    this.#schedule(againMs < leftMs ? 'missed' : 'all', Math.min(againMs, leftMs))
  }

  async #round (kind: RoundKind, signal: AbortSignal): Promise<void> {
    const { clock, rng, scoring } = this.#context
    const { vouched } = this.#held
    const startMs = clock.monotonic()
    const jitter = 1 - JITTER + 2 * JITTER * rng.float()
    if (kind === 'all') this.#nextFullMs = startMs + this.#intervalMs * jitter
    if (this.#isExpired()) return
    const found = await audit(this.#context, vouched, askedIn(kind, this.#health, rng), signal)
    this.#record(new Map([...found].map(([holder, { finding }]) => [holder, finding])), isCutOff(found) || scoring().isOutage(), startMs - this.#lastRoundMs)
    this.#lastRoundMs = startMs
    const ahead = [...found].find(([, { seq = 0 }]) => seq > this.#held.vouched.manifest.seq)
    if (ahead != null) await this.#catchUp(ahead[0].peerId, signal)
    await Promise.all([...found].map(async ([{ peerId }, { isBehind }]) => { if (isBehind === true) await this.#bringUp(peerId, signal) }))
    this.#pull()
    this.#consider()
  }

  #record (findings: ReadonlyMap<WatchedHolder, Finding>, offline: boolean, elapsedMs: number): void {
    const { clock, onLost } = this.#context
    for (const [{ peerId }, finding] of findings) if (finding.what === 'lied') this.convict(peerId, finding.reason)
    for (const { peerId, index } of this.#health.record(findings, { nowMs: clock.monotonic(), elapsedMs, offline })) onLost({ peerId, vault: this.#id, index })
  }

  async #catchUp (from: PeerId, signal: AbortSignal): Promise<void> {
    try {
      await catchUp(this.#context, this.#held.vouched, from, signal)
    } catch (err) {
      signal.throwIfAborted()
      this.#context.log('vault %s: %p says that there is something newer and does not show it: %s', this.#id, from, describeError(err))
    }
  }

  async #bringUp (to: PeerId, signal: AbortSignal): Promise<void> {
    try {
      await bringUp(this.#context, this.#held.vouched, to, signal)
    } catch (err) {
      signal.throwIfAborted()
      this.#context.log('vault %s: %p could not be told what it has missed: %s', this.#id, to, describeError(err))
    }
  }

  /** What is accepted here and not decided becomes a duty when it stays so. */
  #notePending (): void {
    const { holdings, clock } = this.#context
    const seq = holdings.pendingSeq(this.#id)
    if (seq === this.#pending?.seq) return
    this.#pendingTimer?.cancel()
    this.#pending = seq == null ? undefined : { seq, sinceMs: clock.monotonic() }
    this.#pendingTimer = seq == null || this.#jobs.stopped ? undefined : clock.after(PENDING_MS, () => { this.#consider() })
  }

  #pull (): void {
    if (this.#held.hasPayload || this.#isExpired()) return
    this.#jobs.begin('payload', PULL_MS, async signal => { await pullPayload(this.#context, this.#id, this.#held.vouched, this.#former, signal) })
  }

  #duty (): Duty | undefined {
    const { clock, minIntervalMs } = this.#context
    const { manifest } = this.#held.vouched
    const { refreshEveryMs, holdersMayReshare } = this.#policy
    const pending = this.#pending != null && clock.monotonic() - this.#pending.sinceMs >= PENDING_MS
    // what the owner has begun holders finish, whatever else is theirs to do
    if (this.#isExpired() || (!holdersMayReshare && !pending)) return undefined
    return dutyOf({
      threshold: manifest.threshold,
      healths: this.#healths(),
      lost: this.#health.lost,
      ageMs: clock.now() - this.#epoch.beganMs,
      refreshEveryMs: refreshEveryMs === 0 ? 0 : Math.max(refreshEveryMs, minIntervalMs),
      suspected: this.#suspected,
      unfinished: this.#unfinished,
      pending
    })
  }

  /** Sees to it when it is this node's turn: unless another holder has done so by then. */
  #consider (): void {
    if (this.#jobs.stopped || this.#jobs.isRunning('upkeep')) return
    const { clock, rng } = this.#context
    if (this.#duty() == null) {
      this.#upkeepTimer?.cancel()
      this.#upkeepTimer = undefined
      return
    }
    if (this.#upkeepTimer != null) return
    // who has begun goes on
    const turnMs = this.#unfinished ? 0 : (rankOf(this.#held.index, this.#healths(), this.#epoch.number) + rng.float() / 2) * STAGGER_MS
    this.#upkeepTimer = clock.after(Math.max(turnMs, this.#notBeforeMs - clock.monotonic()), () => {
      this.#upkeepTimer = undefined
      this.#jobs.begin('upkeep', UPKEEP_MS, async signal => this.#upkeep(signal), () => { this.#consider() })
    })
  }

  async #upkeep (signal: AbortSignal): Promise<void> {
    const duty = this.#duty()
    if (duty == null) return
    try {
      const { changed, tooFew } = await upkeep(this.#context, this.#held.vouched, duty, this.#excluded, signal)
      if (changed != null) {
        this.#excluded.clear()
        this.#unfinished = tooFew == null && duty.replace.length === replaceableByHolders(changed.vouched.manifest.threshold) && this.#health.lost.size > 0
      }
      if (tooFew != null) this.#failed(tooFew)
    } catch (err) {
      if (this.#jobs.stopped) return
      if (err instanceof ShardsError && err.code === 'SHARDS_CONFLICT') await this.#yield(signal)
      else if (this.#policy.holdersMayReshare) this.#failed(err)
      // nothing was to be finished, and what else could be done is the owner's
      else this.#postpone(describeError(err))
    }
  }

  /** Somebody else was first: what it did is seen soon. */
  async #yield (signal: AbortSignal): Promise<void> {
    const { clock, rng, minIntervalMs } = this.#context
    this.#notBeforeMs = clock.monotonic() + minIntervalMs
    for (const { peerId } of askedIn('few', this.#health, rng)) await this.#catchUp(peerId, signal)
  }

  #postpone (reason: string): void {
    const { clock, rng, minIntervalMs, log } = this.#context
    log('vault %s: later: %s', this.#id, reason)
    this.#failures++
    this.#notBeforeMs = clock.monotonic() + backoffMs(this.#failures, { minMs: 2 * minIntervalMs, maxMs: Math.max(MAX_RETRY_MS, 2 * minIntervalMs) }, rng)
  }

  #failed (err: unknown): void {
    const { onFailed } = this.#context
    const error = err instanceof Error ? err : new ShardsError('SHARDS_NOT_STORED', describeError(err))
    this.#postpone(describeError(error))
    if (this.#excluded.size >= MAX_EXCLUDED) this.#excluded.clear()
    if (error instanceof ShardsError && error.code === 'SHARDS_NOT_STORED') for (const peer of refusing(error)) this.#excluded.add(peer)
    onFailed({ id: this.#id, error })
  }

  #healths (): Map<number, HolderHealth> {
    return this.#health.healths(this.#held)
  }

  #isExpired (): boolean {
    const { expiresMs } = this.#held.vouched.manifest
    return expiresMs !== 0 && this.#context.clock.now() >= expiresMs
  }
}

/** Those that were to take a place and did not. */
function refusing ({ details }: ShardsError): string[] {
  return Array.isArray(details['peers']) ? details['peers'].map(String) : []
}
