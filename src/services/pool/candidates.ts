import { addressFacts } from '../../util/netgroup.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { FOREIGN_HOST_INTERVAL_MS, MAX_REMEMBERED } from './constants.ts'
import type { PeerId } from '@libp2p/interface'
import type { Bans, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { AddressBook, BookEntry, SourceName } from '../address-book/index.ts'
import type { Keeper, Keepers } from './keepers.ts'
import type { Retries } from './remembered.ts'

export interface CandidatesInit {
  clock: Clock
  netgroups: NetgroupOptions
  keepers: Keepers
  retries: Retries
  isConnected (id: string): boolean
  isDialing (id: string): boolean
  isIsolated (): boolean
  /** It has misbehaved, and is not let in either. */
  isTurnedAway (id: string): boolean
  scoring (): Scoring
  bans (): Bans
}

/** Somebody else's word, not the peer's own nor the user's. */
const HEARSAY: ReadonlySet<SourceName> = new Set(['pex', 'dht', 'presence'])

/** Who may be dialled now. A node that is alone may dial anybody but the banned. */
export class Candidates {
  readonly #addressBook: AddressBook
  readonly #init: CandidatesInit
  /** Hosts dialled on somebody's word, and when. */
  readonly #foreignHosts = new BoundedMap<string, number>(MAX_REMEMBERED)
  #first: PeerId[] = []

  constructor ({ addressBook }: { addressBook: AddressBook }, init: CandidatesInit) {
    this.#addressBook = addressBook
    this.#init = init
  }

  get foreignHosts (): number {
    return this.#foreignHosts.size
  }

  /** These before anybody else, once. */
  setFirst (peers: PeerId[]): void {
    this.#first = peers
  }

  reset (): void {
    this.#foreignHosts.clear()
  }

  /** About twice `count` peers of the book, at random. */
  draw (count: number): BookEntry[] {
    const first = this.#first.map(peerId => this.#addressBook.get(peerId)).filter(entry => entry != null)
    this.#first = []
    const filter = (entry: BookEntry): boolean => this.#mayDial(entry)
    // half from either table: neither a poisoned `new` nor a stale `tried` gets all the dials
    const tried = this.#addressBook.select(count, { table: 'tried', filter })
    const fresh = this.#addressBook.select(count, { table: 'new', filter })
    const mixed = Array.from({ length: Math.max(tried.length, fresh.length) }, (_, i) => [tried[i], fresh[i]]).flat()
    const seen = new Set<string>()
    const hosts = new Set<string>()
    return [...first.filter(filter), ...mixed]
      .filter(entry => entry != null)
      .filter(({ peerId }) => !seen.has(peerId.toString()) && seen.add(peerId.toString()))
      .filter(entry => this.#init.isIsolated() || this.#isFirstAtItsHosts(entry, hosts))
  }

  /** One that nobody has vouched for, or that stands in the way of others. */
  toTest (): BookEntry | undefined {
    const waiting = this.#addressBook.nextToTest()
    if (waiting != null && this.#mayDial(waiting)) return waiting
    return this.#addressBook.select(1, { table: 'new', filter: entry => this.#mayDial(entry) })[0]
  }

  /** Whether the standing of a configured peer lets it be dialled; of bans the gater tells, so that the user hears. */
  maySee ({ kind, peerId }: Keeper): boolean {
    const { isIsolated, isTurnedAway, scoring } = this.#init
    if (peerId == null || isIsolated()) return true
    return kind === 'explicit' ? !isTurnedAway(peerId) : !scoring().isDiscouraged(peerId)
  }

  /** A dial to it begins. */
  dialled (entry: BookEntry): void {
    for (const host of this.#hostsOnHearsay(entry)) this.#foreignHosts.set(host, this.#init.clock.monotonic())
  }

  /** Cheap tests first: the book may hold thousands who may not. */
  #mayDial (entry: BookEntry): boolean {
    const { clock, isConnected, isDialing, isIsolated, keepers, retries, scoring, bans } = this.#init
    const id = entry.peerId.toString()
    const nowMs = clock.monotonic()
    // configured peers have a schedule of their own
    if (isConnected(id) || isDialing(id) || keepers.has(id) || !retries.isDue(id, nowMs)) return false
    if (!isIsolated()) {
      if (scoring().isDiscouraged(id)) return false
      if (this.#hostsOnHearsay(entry).some(host => nowMs - (this.#foreignHosts.get(host) ?? -Infinity) < FOREIGN_HOST_INTERVAL_MS)) return false
    }
    return !bans().isDenied({ peerId: entry.peerId }, 'dial') && entry.multiaddrs.some(multiaddr => !bans().isDenied({ multiaddr }, 'dial'))
  }

  /** What is drawn at once is dialled at once: the interval between two dials of a host holds within a draw too. */
  #isFirstAtItsHosts (entry: BookEntry, taken: Set<string>): boolean {
    const hosts = this.#hostsOnHearsay(entry)
    if (hosts.some(host => taken.has(host))) return false
    for (const host of hosts) taken.add(host)
    return true
  }

  /** Public hosts that would be dialled only because somebody said so. */
  #hostsOnHearsay (entry: BookEntry): string[] {
    if (entry.tried || entry.lastObservedMs > 0 || !HEARSAY.has(entry.source)) return []
    const facts = entry.multiaddrs.map(multiaddr => addressFacts(multiaddr, this.#init.netgroups))
    return [...new Set(facts.flatMap(({ scope, relayed, host }) => scope === 'public' && !relayed && host != null ? [host] : []))]
  }
}
