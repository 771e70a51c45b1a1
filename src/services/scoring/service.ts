import { isPeerId, serviceCapabilities } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { sha256 } from '@noble/hashes/sha2.js'
import { TypedEventEmitter } from 'main-event'
import { optionalComponent } from '../../components.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { onEnd } from './connection-end.ts'
import { FLAP_MS, MAX_EVIDENCE_BYTES, MAX_SHOWN, SETTLED_MS, TICK_MS, TICKS_PER_SAVE, UNRELIABILITY, UPTIME_MS } from './constants.ts'
import { markOfRoundTrip } from './factors.ts'
import { LedgerStore } from './ledger-store.ts'
import { credited, decayed, excused, unreliable } from './ledger.ts'
import { Neighbours, roundTripMs } from './neighbours.ts'
import { checkCause, penaltyFor, shown } from './offences.ts'
import { scoringOptions } from './options.ts'
import { OutageGuard } from './outage-guard.ts'
import { effectOf } from './outcomes.ts'
import { isMemorable } from './peer-record.ts'
import { ScoreBook } from './score-book.ts'
import { ScoringError } from './scoring-error.ts'
import type { Connection, Logger, Metrics, PeerId, Startable } from '@libp2p/interface'
import type { Offence, Outcome, Standing } from '../../components.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { ConnectionEnd } from './connection-end.ts'
import type { PeerScore, PeerScoring, ScoringComponents, ScoringEvents, ScoringInit, ScoringSnapshot } from './index.ts'
import type { Neighbour } from './neighbours.ts'
import type { PeerRecord } from './peer-record.ts'

export class ScoringService extends TypedEventEmitter<ScoringEvents> implements PeerScoring, Startable {
  readonly #components: ScoringComponents
  readonly #self: string
  readonly #log: Logger
  readonly #clock: Clock
  readonly #netgroups: NetgroupOptions
  readonly #book: ScoreBook
  readonly #guard: OutageGuard
  readonly #store: LedgerStore
  readonly #neighbours = new Neighbours()
  readonly #reports: Record<Offence, number> = { fatal: 0, severe: 0, moderate: 0, minor: 0 }
  #loaded = false
  #exposed = false
  #running = false
  #inOutage = false
  #ticks = 0
  #timer: Timer | undefined

  constructor (components: ScoringComponents, init: ScoringInit) {
    super()
    this.#components = components
    this.#self = components.peerId.toString()
    this.#log = components.logger.forComponent('peerkeep:scoring')
    this.#clock = init.clock ?? systemClock
    const options = scoringOptions(init)
    this.#netgroups = { localAsPublic: options.localAsPublic }
    this.#guard = new OutageGuard(this.#clock, TICK_MS)
    this.#store = new LedgerStore({ ...options, clock: this.#clock, datastore: components.datastore, log: this.#log, find: id => this.#book.get(id) })
    this.#book = new ScoreBook({
      ...options,
      clock: this.#clock,
      onScore: ({ id }, score, before, why) => {
        if (this.listenerCount('score:change') > 0) this.#emit('score:change', { peerId: why?.peerId ?? this.#peerId(id), score, before })
      },
      onStanding: (record, standing, before, why) => {
        this.#store.changed(record)
        this.#emit('standing:change', { peerId: why?.peerId ?? this.#peerId(record.id), standing, before, ...(why == null ? {} : { cause: why.cause }) })
      },
      onForgotten: record => {
        if (this.#loaded) this.#store.write(record)
        else this.#store.discard(record)
      }
    })
  }

  readonly [Symbol.toStringTag] = '@peerkeep/scoring'

  readonly [serviceCapabilities]: string[] = ['@peerkeep/scoring']

  async beforeStart (): Promise<void> {
    if (!this.#loaded) await this.#load()
    if (this.#exposed) return
    const metrics = optionalComponent<Metrics>(this.#components, 'metrics')
    exposeGauges(metrics, 'scoring', () => this.#gauges())
    exposeCounters(metrics, 'scoring', 'reports', 'offence', () => ({ ...this.#reports }))
    this.#exposed = true
  }

  start (): void {
    this.#running = true
    this.#guard.start()
    this.#components.events.addEventListener('connection:open', this.#onOpen)
    for (const connection of this.#components.connectionManager.getConnections()) this.#opened(connection)
    this.#store.start()
    this.#timer = this.#clock.every(TICK_MS, () => { this.#tick() })
  }

  /** Here rather than while loading: whoever listens from its own `start` hears of everybody, and bans has told of those in force. */
  afterStart (): void {
    this.#book.announce()
  }

  /** What ends from now on is this node's doing. */
  beforeStop (): void {
    this.#running = false
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#timer?.cancel()
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    for (const neighbour of this.#neighbours) this.#left(neighbour)
    this.#neighbours.clear()
    await this.#store.stop()
  }

  /** What other services reported while they stopped. */
  async afterStop (): Promise<void> {
    await this.#store.stop()
  }

  score (peer: PeerId | string): number {
    const record = this.#book.get(idOf(peer))
    return record == null ? 0 : this.#book.score(record)
  }

  standing (peer: PeerId | string): Standing {
    const record = this.#book.get(idOf(peer))
    return record == null ? 'good' : this.#book.settle(record)
  }

  isDiscouraged (peer: PeerId | string): boolean {
    return this.standing(peer) !== 'good'
  }

  quality (peer: PeerId | string): number {
    const record = this.#book.get(idOf(peer))
    return record == null ? 50 : this.#book.quality(record)
  }

  /** Throws `ScoringError`: `SCORING_PEER_INVALID`, `SCORING_SELF`, `SCORING_OFFENCE_UNKNOWN`, `SCORING_CAUSE_INVALID`, `SCORING_EVIDENCE_INVALID`. */
  report (peer: PeerId, offence: Offence, cause: string, evidence?: Uint8Array): void {
    const penalty = penaltyFor(offence)
    checkCause(cause)
    const id = checkedId(peer)
    if (id === this.#self) throw new ScoringError('SCORING_SELF', `the report of ${cause} is about this node itself: report the peer that sent it`, { details: { cause } })
    if (evidence != null && !(evidence instanceof Uint8Array)) throw new ScoringError('SCORING_EVIDENCE_INVALID', `the evidence of ${cause} is ${shown(evidence)}: give the bytes that the peer sent as a Uint8Array, or nothing`)

    const record = this.#book.charge(id, penalty)
    this.#reports[offence]++
    this.#emit('peer:misbehaviour', {
      peerId: peer,
      offence,
      points: penalty.points,
      cause,
      ...(evidence == null ? {} : { evidence: evidence.slice(0, MAX_EVIDENCE_BYTES), evidenceHash: sha256(evidence) }),
      timeMs: this.#clock.now(),
      misbehaviour: record.ledger.misbehaviour
    })
    this.#book.settle(record, { peerId: peer, cause })
    this.#store.write(record)
    if (penalty.forfeits && this.#running) this.#store.flushSoon()
  }

  /** Throws `ScoringError`: `SCORING_PEER_INVALID`, `SCORING_OUTCOME_INVALID`. What this node does for itself is not counted. */
  observe (peer: PeerId, outcome: Outcome): void {
    const { sighting, credit, unreliability } = effectOf(outcome)
    const id = checkedId(peer)
    if (id === this.#self) return
    if (unreliability == null) this.#note(id, sighting, credit == null ? undefined : (ledger, nowMs) => credited(ledger, credit, 1, nowMs))
    else this.#fail(id, unreliability)
  }

  isOutage (): boolean {
    return this.#guard.isActive
  }

  get (peer: PeerId | string): PeerScore | undefined {
    const record = this.#book.get(idOf(peer))
    return record == null ? undefined : this.#view(record)
  }

  * peers (): Generator<PeerScore> {
    for (const record of this.#book.values()) yield this.#view(record)
  }

  * ids (): Generator<string> {
    for (const { id } of this.#book.values()) yield id
  }

  hasGoodPeerAt (host: string, except?: PeerId): boolean {
    return this.#book.hasGoodPeerAt(host, except?.toString())
  }

  useGossip (gossip: ((peer: string) => number) | undefined): void {
    this.#book.gossip = gossip
  }

  banned (peer: PeerId, strikes: number): void {
    const record = this.#book.banned(checkedId(peer), strikes)
    if (record != null) this.#store.write(record)
  }

  released (peer: PeerId, how: 'expired' | 'lifted'): void {
    const record = this.#book.released(checkedId(peer), how)
    if (record != null) this.#store.write(record)
  }

  forget (peer: PeerId): void {
    const record = this.#book.get(checkedId(peer))
    if (record == null) return
    this.#book.forget(record)
    this.#store.write(record)
  }

  async flush (): Promise<void> {
    await this.#store.flush()
  }

  snapshot (): ScoringSnapshot {
    const peers: ScoringSnapshot['peers'] = []
    for (const record of this.#book.byInterest()) {
      if (peers.length >= MAX_SHOWN) break
      const { history: _history, ...view } = this.#book.view(record)
      peers.push({ peerId: record.id, ...view })
    }
    return { outage: this.isOutage(), peers, reports: { ...this.#reports }, damaged: this.#store.damaged, gauges: this.#gauges() }
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => { this.#opened(connection) }

  #opened (connection: Connection): void {
    const id = connection.remotePeer.toString()
    const { scope, relayed, relay, host } = addressFacts(connection.remoteAddr, this.#netgroups)
    const isPublic = scope === 'public'
    const isTelling = !relayed && isPublic
    const known = this.#neighbours.get(id)
    // a relayed connection beside a direct one says nothing new
    const record = known == null || isTelling ? this.#book.connected(id, isTelling ? host : undefined) : known.record
    const place = (isPublic ? host : undefined) ?? relay ?? id
    const neighbour = this.#neighbours.opened(connection, record, place, this.#now())
    if (isTelling) neighbour.place = place
    onEnd(connection, how => { this.#closed(connection, id, how) })
  }

  #closed (connection: Connection, id: string, how: ConnectionEnd): void {
    const closed = this.#neighbours.closed(connection, id, this.#now())
    if (closed?.isLast !== true) return
    this.#left(closed.neighbour)
    if (!this.#running || how === 'closed-here') return
    if (closed.openMs < FLAP_MS) this.#fail(id, 'flap')
    if (how === 'failed') this.#failed(closed.neighbour)
  }

  #failed ({ place, sinceMs }: Neighbour): void {
    const settledMs = this.#now() - SETTLED_MS
    if (sinceMs <= settledMs && this.#guard.failed(place, this.#neighbours.placesSince(settledMs))) this.#outage('connections')
  }

  #left (neighbour: Neighbour): void {
    this.#countUptime(neighbour)
    this.#book.disconnected(neighbour.record)
  }

  #countUptime (neighbour: Neighbour): void {
    const nowMs = this.#now()
    const hours = (nowMs - neighbour.countedMs) / UPTIME_MS
    if (hours <= 0) return
    neighbour.countedMs = nowMs
    // as good as a successful request every ten minutes
    this.#note(neighbour.record.id, { kept: 6 * hours }, ledger => credited(ledger, 'uptime', hours, nowMs))
  }

  #note (...note: Parameters<ScoreBook['note']>): void {
    const record = this.#book.note(...note)
    if (record != null) this.#store.changed(record)
  }

  #fail (id: string, what: keyof typeof UNRELIABILITY): void {
    if (this.#guard.isActive) return
    const points = UNRELIABILITY[what]
    this.#note(id, { failed: points }, (ledger, nowMs) => {
      const after = unreliable(ledger, points, nowMs)
      this.#guard.charged(id, after.unreliability - decayed(ledger, nowMs).unreliability)
      return after
    })
  }

  #outage (why: 'connections' | 'clock'): void {
    for (const { id, points, atMs } of this.#guard.takeBack()) {
      if (this.#book.get(id) != null) this.#note(id, {}, (ledger, nowMs) => excused(ledger, points, atMs, nowMs))
    }
    if (this.#inOutage) return
    this.#inOutage = true
    this.#log('many connections failed together, or the clock jumped (%s): nobody is charged with it', why)
    this.#emit('outage:start', { why })
  }

  #tick (): void {
    if (this.#guard.beat()) this.#outage('clock')
    if (this.#inOutage && !this.#guard.isActive) {
      this.#inOutage = false
      this.#emit('outage:end', undefined)
    }
    for (const neighbour of this.#neighbours) {
      this.#countUptime(neighbour)
      this.#book.seenAtHost(neighbour.record)
      const rttMs = roundTripMs(neighbour)
      if (rttMs != null) this.#note(neighbour.record.id, { marks: markOfRoundTrip(rttMs), marked: 1 })
    }
    this.#book.sweep()
    if (++this.#ticks % TICKS_PER_SAVE === 0) this.#store.save()
  }

  #view (record: PeerRecord): PeerScore {
    return { peerId: this.#peerId(record.id), ...this.#book.view(record) }
  }

  /** Making one takes as long as all the rest, so that of a connection is used where there is one. */
  #peerId (id: string): PeerId {
    return this.#neighbours.get(id)?.peerId ?? peerIdFromString(id)
  }

  #gauges (): Record<string, number> {
    return { ...this.#book.gauges, ...this.#guard.gauges, ...this.#store.gauges }
  }

  async #load (): Promise<void> {
    for await (const record of this.#store.load()) {
      const isKept = record.id !== this.#self && isMemorable(record, this.#now()) && this.#book.restore(record)
      if (!isKept) this.#store.discard(record)
    }
    this.#loaded = true
  }

  #emit<K extends keyof ScoringEvents> (type: K, detail: ScoringEvents[K]['detail']): void {
    this.safeDispatchEvent(type, { detail })
  }

  #now (): number {
    return this.#clock.monotonic()
  }
}

function idOf (peer: PeerId | string): string {
  return typeof peer === 'string' ? peer : peer.toString()
}

function checkedId (peer: PeerId): string {
  if (isPeerId(peer)) return peer.toString()
  throw new ScoringError('SCORING_PEER_INVALID', `${shown(peer)} is no peer id: give the object that libp2p gives, or peerIdFromString() of a text`)
}
