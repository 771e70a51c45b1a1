import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../util/bounded-map.ts'
import { hearsay, reachOfPeer, usableAddresses, vouchesFor } from '../../util/reach.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { readRecord, RecordError, verifyRecord } from '../../wire/signed-record.ts'
import { EXCESS_RATE, FLOOD_REPORT_RATE, INGEST_RATE, MAX_KNOWN_RECORDS } from './constants.ts'
import type { PexEntry } from './messages.ts'
import type { Bans, Offence, Role, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { SignedRecord } from '../../wire/signed-record.ts'
import type { AddressBook, LearnedPeer } from '../address-book/index.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Why a record was turned away. */
export type Refusal = 'bad-record' | 'forged-record' | 'unproven' | 'equivocation' | 'unsupported' | 'self' | 'stale' | 'unusable' | 'denied' | 'rate' | 'book' | 'flood'

/** A record that was taken and says something new. */
export interface Learned {
  record: SignedRecord
  roles: Role[]
  /** The peer was not in the book; else it has moved, or was there without a record. */
  isNew: boolean
}

export interface IntakeComponents {
  peerId: PeerId
  addressBook: AddressBook
  scoring: Scoring
  bans: Bans
}

interface Examined {
  record: SignedRecord
  usable: Multiaddr[]
  /** The teller told its own. */
  isOwn: boolean
  /** The book has exactly this record. */
  isKnown: boolean
}

/** What costs the teller: no honest peer sends it. */
const OFFENCES: Partial<Record<Refusal, Offence>> = { 'bad-record': 'severe', 'forged-record': 'fatal', equivocation: 'fatal', flood: 'moderate' }

/** Examines what peers tell, cheapest checks first, and notes it in the address book. */
export class Intake {
  readonly #components: IntakeComponents
  readonly #netgroup: NetgroupOptions
  readonly #rates: RateLimiter
  readonly #excess: RateLimiter
  readonly #floodReports: RateLimiter
  /** The last record that the peer at the other end told of itself, by connection. */
  readonly #own = new WeakMap<Connection, SignedRecord>()
  /** Records taken lately, and whose they are. */
  readonly #known = new BoundedMap<string, PeerId>(MAX_KNOWN_RECORDS)
  readonly refused: Partial<Record<Refusal, number>> = {}
  accepted = 0

  constructor (components: IntakeComponents, clock: Clock, netgroup: NetgroupOptions) {
    this.#components = components
    this.#netgroup = netgroup
    this.#rates = new RateLimiter({ ...INGEST_RATE, clock })
    this.#excess = new RateLimiter({ ...EXCESS_RATE, clock })
    this.#floodReports = new RateLimiter({ ...FLOOD_REPORT_RATE, clock })
  }

  get gauges (): Record<string, number> {
    return { ratedTellers: this.#rates.size, excessTellers: this.#excess.size, floodTellers: this.#floodReports.size, knownRecords: this.#known.size }
  }

  /** A connected peer's own record, from itself: free of the rate, and good evidence if it is where it says. */
  async introduce (bytes: Uint8Array, roles: Role[], connection: Connection): Promise<Learned | undefined> {
    const teller = connection.remotePeer
    const examined = await this.#examine(bytes, connection, true)
    if (typeof examined !== 'string') {
      const learned = this.#note(examined, roles, connection)
      this.#observe(connection, examined.record.multiaddrs)
      return learned
    }
    this.#refuse(examined, teller, bytes)
    // a newer record came another way: the peer is here all the same
    if (examined === 'stale') this.#observe(connection, this.#components.addressBook.get(teller)?.multiaddrs ?? [])
    return undefined
  }

  /** What a peer says of others, or pushes of itself. Stops at the first bad record. */
  async take (entries: readonly PexEntry[], connection: Connection, kind: 'answer' | 'push'): Promise<Learned[]> {
    const teller = connection.remotePeer
    const learned: Learned[] = []
    let excess = 0
    for (const { record: bytes, roles } of entries) {
      if (this.#isOldNews(bytes, teller)) continue
      const examined = await this.#examine(bytes, connection, false)
      if (typeof examined === 'string') {
        this.#refuse(examined, teller, bytes)
        if (OFFENCES[examined] != null) break
        if (examined === 'rate') excess++
      } else if (examined.isOwn || !examined.isKnown) {
        const news = this.#note(examined, roles, connection)
        if (news != null) learned.push(news)
      }
    }
    if (kind === 'push' && excess > 0) this.#onExcess(teller, excess)
    return learned
  }

  /** To read a record costs more than to see that the book has it: most of what neighbours tell is known. */
  #isOldNews (bytes: Uint8Array, teller: PeerId): boolean {
    const subject = this.#known.get(toString(bytes, 'base64'))
    if (subject == null || subject.equals(teller)) return false
    const record = this.#components.addressBook.get(subject)?.record
    return record != null && equals(record, bytes)
  }

  async #examine (bytes: Uint8Array, connection: Connection, introduction: boolean): Promise<Examined | Refusal> {
    const { peerId: self, addressBook, scoring, bans } = this.#components
    const teller = connection.remotePeer
    let isOwn = false
    try {
      const record = readRecord(bytes)
      const { peerId, seq, multiaddrs } = record
      isOwn = peerId.equals(teller)
      if (introduction && !isOwn) return 'forged-record'
      if (peerId.equals(self)) return 'self'
      if (isOwn && await this.#isEquivocation(record, connection)) return 'equivocation'
      const known = addressBook.get(peerId)
      const isKnown = known?.record != null && equals(known.record, record.bytes)
      if (!isKnown && known?.seq != null && known.seq >= seq) return 'stale'
      const told = isOwn ? multiaddrs : hearsay(multiaddrs, known?.multiaddrs)
      const usable = usableAddresses(told, reachOfPeer(connection.remoteAddr, this.#netgroup), this.#netgroup)
        .filter(multiaddr => !bans.isDenied({ multiaddr }, 'pex'))
      const examined = { record, usable, isOwn, isKnown }
      if (isKnown) {
        if (isOwn) this.#own.set(connection, record)
        return examined
      }
      if (bans.isDenied({ peerId }, 'pex') || scoring.isDiscouraged(peerId)) return 'denied'
      if (usable.length === 0) return 'unusable'
      if (!introduction && !this.#rates.take(teller.toString())) return 'rate'
      await verifyRecord(record)
      if (isOwn) this.#own.set(connection, record)
      return examined
    } catch (err) {
      if (!(err instanceof RecordError)) throw err
      if (err.code === 'RECORD_UNSUPPORTED') return 'unsupported'
      if (err.forgery != null && (introduction || isOwn)) return 'forged-record'
      // another one's: its signature may well fit for the teller, who is as honest as this node
      return err.forgery === 'signature' ? 'unproven' : 'bad-record'
    }
  }

  /**
   * Two different records with one number, both by the peer itself. Over one connection only: there it is one process,
   * whose numbers grow. After a restart an honest peer whose clock was set back might use one again.
   */
  async #isEquivocation (record: SignedRecord, connection: Connection): Promise<boolean> {
    const before = this.#own.get(connection)
    if (before?.seq !== record.seq || equals(before.bytes, record.bytes)) return false
    await verifyRecord(record)
    return true
  }

  #note ({ record, usable, isOwn, isKnown }: Examined, roles: Role[], { direction, remoteAddr }: Connection): Learned | undefined {
    const { addressBook } = this.#components
    const { peerId, seq, bytes } = record
    const before = addressBook.get(peerId)
    const [hadRecord, hadAddresses] = [before?.record != null, new Set(before?.multiaddrs.map(String))]
    const origin: Pick<LearnedPeer, 'source' | 'toldBy'> = isOwn ? { source: direction } : { source: 'pex', toldBy: remoteAddr }
    // keys cost nothing: a stranger who comes from elsewhere than it says fills only what its own netgroup may
    if (isOwn && before == null && direction === 'inbound' && !vouchesFor(remoteAddr, usable)) origin.toldBy = remoteAddr
    // a known record says nothing new, but the peer's own word stands for those addresses that nobody else may tell
    const outcome = addressBook.add({ peerId, multiaddrs: usable, roles, ...origin, ...isKnown ? {} : { record: bytes, seq } })
    if (isKnown) return undefined
    if (outcome === 'refused') {
      this.#count('book')
      return undefined
    }
    this.accepted++
    this.#known.set(toString(bytes, 'base64'), peerId)
    const isNew = outcome === 'added'
    const moved = usable.some(address => !hadAddresses.has(address.toString()))
    // without a record nobody could be told of it
    return isNew || moved || !hadRecord ? { record, roles, isNew } : undefined
  }

  /** Connected from an IP that its addresses name: good enough to pass on. */
  #observe ({ remotePeer, remoteAddr, limits }: Connection, multiaddrs: readonly Multiaddr[]): void {
    if (limits == null && vouchesFor(remoteAddr, multiaddrs)) this.#components.addressBook.observed(remotePeer)
  }

  #refuse (reason: Refusal, teller: PeerId, bytes?: Uint8Array): void {
    this.#count(reason)
    const offence = OFFENCES[reason]
    if (offence != null) this.#components.scoring.report(teller, offence, `pex:${reason}`, bytes)
  }

  #count (reason: Refusal): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1
  }

  #onExcess (teller: PeerId, count: number): void {
    const key = teller.toString()
    if (this.#excess.take(key, count) || !this.#floodReports.take(key)) return
    this.#refuse('flood', teller)
  }
}
