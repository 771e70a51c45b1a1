import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../util/bounded-map.ts'
import { hearsay, reachOfPeer, usableAddresses, vouchesFor } from '../../util/reach.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { readRecord, RecordError, verifyRecord } from '../../wire/signed-record.ts'
import { EXCESS_RATE, FLOOD_REPORT_RATE, INGEST_RATE, MAX_KNOWN_RECORDS } from './constants.ts'
import type { PexEntry } from './messages.ts'
import type { Bans, Role, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { SignedRecord } from '../../wire/signed-record.ts'
import type { AddressBook, LearnedPeer } from '../address-book/index.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Why a record was turned away. Only `bad-record` and `flood` cost the teller. */
export type Refusal = 'bad-record' | 'unsupported' | 'self' | 'stale' | 'unusable' | 'denied' | 'rate' | 'book' | 'flood'

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

const EVIDENCE_BYTES = 512

/** Examines what peers tell, cheapest checks first, and notes it in the address book. */
export class Intake {
  readonly #components: IntakeComponents
  readonly #netgroup: NetgroupOptions
  readonly #rates: RateLimiter
  readonly #excess: RateLimiter
  readonly #floodReports: RateLimiter
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
        if (examined === 'bad-record') break
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
    try {
      const record = readRecord(bytes)
      const { peerId, seq, multiaddrs } = record
      const isOwn = peerId.equals(teller)
      if (introduction && !isOwn) return 'bad-record'
      if (peerId.equals(self)) return 'self'
      const known = addressBook.get(peerId)
      const isKnown = known?.record != null && equals(known.record, record.bytes)
      if (!isKnown && known?.seq != null && known.seq >= seq) return 'stale'
      const told = isOwn ? multiaddrs : hearsay(multiaddrs, known?.multiaddrs)
      const usable = usableAddresses(told, reachOfPeer(connection.remoteAddr, this.#netgroup), this.#netgroup)
        .filter(multiaddr => !bans.isDenied({ multiaddr }))
      const examined = { record, usable, isOwn, isKnown }
      if (isKnown) return examined
      if (bans.isDenied({ peerId }) || scoring.isDiscouraged(peerId)) return 'denied'
      if (usable.length === 0) return 'unusable'
      if (!introduction && !this.#rates.take(teller.toString())) return 'rate'
      await verifyRecord(record)
      return examined
    } catch (err) {
      if (!(err instanceof RecordError)) throw err
      return err.code === 'RECORD_INVALID' ? 'bad-record' : 'unsupported'
    }
  }

  #note ({ record, usable, isOwn, isKnown }: Examined, roles: Role[], { direction, remoteAddr }: Connection): Learned | undefined {
    const { addressBook } = this.#components
    const { peerId, seq, bytes } = record
    const before = addressBook.get(peerId)
    const [hadRecord, hadAddresses] = [before?.record != null, new Set(before?.multiaddrs.map(String))]
    const origin: Pick<LearnedPeer, 'source' | 'toldBy'> = isOwn ? { source: direction } : { source: 'pex', toldBy: remoteAddr }
    // a known record says nothing new, but the peer's own word stands for those addresses that nobody else may tell
    const outcome = addressBook.add({ peerId, multiaddrs: usable, roles, ...origin, ...isKnown ? {} : { record: bytes, seq } })
    if (isKnown) return undefined
    if (outcome === 'refused') {
      this.#refuse('book', peerId, bytes)
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

  #refuse (reason: Refusal, teller: PeerId, bytes: Uint8Array): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1
    if (reason === 'bad-record') this.#components.scoring.report(teller, 'severe', 'pex:bad-record', bytes.slice(0, EVIDENCE_BYTES))
  }

  #onExcess (teller: PeerId, count: number): void {
    const key = teller.toString()
    if (this.#excess.take(key, count) || !this.#floodReports.take(key)) return
    this.refused.flood = (this.refused.flood ?? 0) + 1
    this.#components.scoring.report(teller, 'moderate', 'pex:flood')
  }
}
