import { DEBT_FROM, GOOD_CREDIT, GOSSIP_SHARE, MAX_SWEPT, REFUSED_FROM } from './constants.ts'
import { factorsAt, NOTHING_SEEN, qualityOf, seen } from './factors.ts'
import { withSample } from './history.ts'
import { Hosts } from './hosts.ts'
import { banned, charged, creditOf, decayed, EMPTY_LEDGER, misbehaviourAt, released } from './ledger.ts'
import { isMemorable, judged, newRecord } from './peer-record.ts'
import { PeerTable } from './peer-table.ts'
import { Rotation } from './rotation.ts'
import { ipDebtFor, scoreOf } from './standing.ts'
import type { PeerId } from '@libp2p/interface'
import type { Standing } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { Sighting } from './factors.ts'
import type { PeerScore } from './index.ts'
import type { Ledger } from './ledger.ts'
import type { Penalty } from './offences.ts'
import type { ScoringOptions } from './options.ts'
import type { PeerRecord } from './peer-record.ts'

/** What made somebody look at a peer. */
export interface Why {
  peerId: PeerId
  cause: string
}

export interface ScoreBookInit extends ScoringOptions {
  clock: Clock
  onScore (record: PeerRecord, score: number, before: number, why?: Why): void
  onStanding (record: PeerRecord, standing: Standing, before: Standing, why?: Why): void
  onForgotten (record: PeerRecord): void
}

/** The scores of all peers remembered, and what follows from them. */
export class ScoreBook {
  readonly #init: ScoreBookInit
  readonly #table: PeerTable
  readonly #hosts = new Hosts()
  /** In bad standing: time makes it better. */
  readonly #bad = new Rotation<PeerRecord>()
  gossip: ((peer: string) => number) | undefined

  constructor (init: ScoreBookInit) {
    this.#init = init
    this.#table = new PeerTable(init.maxPeers, record => {
      this.#bad.delete(record)
      init.onForgotten(record)
    })
  }

  get gauges (): Record<string, number> {
    return { ...this.#table.gauges, badStanding: this.#bad.size, hosts: this.#hosts.size }
  }

  get (id: string): PeerRecord | undefined {
    return this.#table.get(id)
  }

  values (): IterableIterator<PeerRecord> {
    return this.#table.values()
  }

  /** The connected first, then those with debts. */
  byInterest (): Iterable<PeerRecord> {
    return this.#table.byInterest()
  }

  score (record: PeerRecord): number {
    return this.#judge(record).score
  }

  quality (record: PeerRecord): number {
    return qualityOf(factorsAt(record.observations, this.#now(), this.#init.factors), this.#init.factors)
  }

  /** Looks at a peer anew, and tells what has changed. */
  settle (record: PeerRecord, why?: Why): Standing {
    const { ledger, score } = this.#judge(record)
    const standing = judged(record, ledger, score, this.#now())
    record.history = withSample(record.history, this.#init.clock.now(), score)
    const { toldScore, toldStanding } = record
    if (standing !== toldStanding) {
      record.toldStanding = standing
      if (standing === 'good') this.#bad.delete(record)
      else if (!this.#bad.has(record) && this.#table.get(record.id) === record) this.#bad.put(record)
      this.#init.onStanding(record, standing, toldStanding, why)
      // listeners ban, release and report
      return this.settle(record, why)
    }
    if (Math.abs(score - toldScore) >= 1) {
      record.toldScore = score
      this.#init.onScore(record, score, toldScore, why)
    }
    return record.toldStanding
  }

  /** Charges misbehaviour; `settle` is for the caller. A peer for whom there is no room gets a record that nobody keeps. */
  charge (id: string, penalty: Penalty): PeerRecord {
    const nowMs = this.#now()
    const record = this.#table.admit(id, penalty.points, nowMs) ?? newRecord(id)
    record.ledger = charged(record.ledger, penalty, nowMs)
    if (penalty.forfeits) record.observations = { ...record.observations, valid: 0 }
    record.observations = seen(record.observations, { invalid: penalty.points }, nowMs, this.#init.factors)
    if (record.host != null) this.#hosts.charged(record.host, id, record.ledger.misbehaviour, nowMs)
    if (this.#table.get(id) === record) this.#table.used(record, nowMs)
    return record
  }

  /** Notes something of a peer, new or not; undefined when there is no room for it. */
  note (id: string, sighting: Sighting, change?: (ledger: Ledger, nowMs: number) => Ledger): PeerRecord | undefined {
    const nowMs = this.#now()
    const record = this.#table.admit(id, 0, nowMs)
    if (record == null) return undefined
    record.observations = seen(record.observations, sighting, nowMs, this.#init.factors)
    if (change != null) record.ledger = change(record.ledger, nowMs)
    this.#table.used(record, nowMs)
    this.settle(record)
    return record
  }

  /** `host` is where it is seen, undefined for a relay's or a local one. */
  connected (id: string, host: string | undefined): PeerRecord {
    const record = this.#table.connect(id, this.#now())
    record.host = host
    this.seenAtHost(record)
    const misbehaviour = misbehaviourAt(record.ledger, this.#now())
    if (host != null && misbehaviour >= DEBT_FROM) this.#hosts.charged(host, id, misbehaviour, this.#now())
    return record
  }

  disconnected (record: PeerRecord): void {
    this.seenAtHost(record)
    this.#table.disconnect(record, this.#now())
  }

  seenAtHost ({ host, id }: PeerRecord): void {
    if (host != null) this.#hosts.seen(host, id, this.#now())
  }

  hasGoodPeerAt (host: string, except?: string): boolean {
    return this.#hosts.peersAt(host, this.#now()).some(id => {
      const record = id === except ? undefined : this.#table.get(id)
      return record != null && creditOf(decayed(record.ledger, this.#now())) >= GOOD_CREDIT && this.settle(record) === 'good'
    })
  }

  banned (id: string, strikes: number): PeerRecord | undefined {
    const record = this.#table.admit(id, 0, this.#now())
    if (record == null) return undefined
    record.ledger = banned(record.ledger, strikes, this.#now())
    this.#table.used(record, this.#now())
    this.settle(record)
    return record
  }

  released (id: string, how: 'expired' | 'lifted'): PeerRecord | undefined {
    const nowMs = this.#now()
    const record = how === 'expired' ? this.#table.admit(id, 0, nowMs) : this.#table.get(id)
    if (record == null) return undefined
    record.ledger = released(record.ledger, how, nowMs)
    record.coolUntilMs = -Infinity
    if (record.host != null && how === 'lifted') this.#hosts.pardon(record.host, id)
    this.#table.used(record, nowMs)
    this.settle(record)
    return record
  }

  /** As if it had never been seen; a connected peer begins anew. */
  forget (record: PeerRecord): void {
    if (record.host != null) this.#hosts.pardon(record.host, record.id)
    Object.assign(record, { ledger: EMPTY_LEDGER, observations: NOTHING_SEEN, history: [], coolUntilMs: -Infinity, sunk: false })
    this.settle(record)
    this.#table.forget(record)
  }

  /**
   * Takes in what was stored; false when there is no room. What has happened to the peer since the start stays. Whether it
   * is still banned is for bans to say again: nothing was forgiven meanwhile, but a ban that is gone must not last here.
   */
  restore (stored: PeerRecord): boolean {
    const nowMs = this.#now()
    const record = this.#table.admit(stored.id, stored.ledger.misbehaviour, nowMs)
    if (record == null) return false
    const { ledger: since, toldStanding } = record
    Object.assign(record, stored, { toldStanding, ledger: { ...decayed(stored.ledger, nowMs), banned: false } })
    if (since.misbehaviour > 0) record.ledger = charged(record.ledger, { points: since.misbehaviour, forfeits: false }, nowMs)
    if (since.banned) record.ledger = banned(record.ledger, since.strikes.length, nowMs)
    if (record.host != null) {
      this.#hosts.seen(record.host, record.id, stored.ledger.atMs)
      if (stored.ledger.misbehaviour >= DEBT_FROM) this.#hosts.charged(record.host, record.id, stored.ledger.misbehaviour, stored.ledger.atMs)
    }
    this.#table.used(record, nowMs)
    // neither a change of score nor a fall: it was so before the restart
    record.toldScore = this.score(record)
    record.sunk = record.toldScore <= REFUSED_FROM
    return true
  }

  /** Tells of the standing of all who were restored. */
  announce (): void {
    for (const record of this.#table.values()) this.settle(record)
  }

  /** Bounded work for each tick: some of those in bad standing are looked at, some of all forgotten when nothing is left to remember. */
  sweep (): void {
    const nowMs = this.#now()
    for (let i = Math.min(MAX_SWEPT, this.#bad.size); i > 0; i--) {
      const record = this.#bad.next()
      if (record == null) break
      this.settle(record)
    }
    for (const record of this.#table.next(MAX_SWEPT)) {
      if (!isMemorable(record, nowMs) && record.toldStanding === 'good') this.#table.forget(record)
    }
  }

  view (record: PeerRecord): Omit<PeerScore, 'peerId'> {
    const { ledger, ipDebt, score } = this.#judge(record)
    const factors = factorsAt(record.observations, this.#now(), this.#init.factors)
    const gossip = Math.min(0, Math.max(-1, this.gossip?.(record.id) ?? 0)) || 0
    return {
      score,
      misbehaviour: ledger.misbehaviour,
      credit: creditOf(ledger),
      unreliability: ledger.unreliability,
      ipDebt,
      gossip,
      total: score + GOSSIP_SHARE * gossip,
      standing: this.settle(record),
      quality: qualityOf(factors, this.#init.factors),
      factors,
      strikes: ledger.strikes.length,
      connected: this.#table.isConnected(record),
      history: [...record.history]
    }
  }

  #judge ({ id, ledger, host }: PeerRecord): { ledger: Ledger, ipDebt: number, score: number } {
    const nowMs = this.#now()
    const now = decayed(ledger, nowMs)
    const ipDebt = host == null ? 0 : ipDebtFor(this.#hosts.worst(host, id, nowMs))
    return { ledger: now, ipDebt, score: scoreOf(now, ipDebt) }
  }

  #now (): number {
    return this.#init.clock.monotonic()
  }
}
