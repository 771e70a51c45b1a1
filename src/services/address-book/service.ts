import { serviceCapabilities } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { TypedEventEmitter } from 'main-event'
import { optionalComponent } from '../../components.ts'
import { describeError } from '../../errors.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeGauges } from '../../util/gauges.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { systemRng } from '../../util/rng.ts'
import { WriteBehind } from '../../util/write-behind.ts'
import { AddressBookError } from './address-book-error.ts'
import { bestFacts, usableAddresses } from './addresses.ts'
import { Book } from './book.ts'
import { BucketHash } from './bucket-hash.ts'
import { FLUSH_INTERVAL_MS, MAX_ANCHORS, NEW_BUCKETS, SECRET_BYTES, STORE_PREFIX, TRIED_BUCKETS } from './constants.ts'
import { newEntry, withSuccess, withWord, wordOf } from './entry.ts'
import { randomOrder } from './random-order.ts'
import { decodeEntry, encodeEntry } from './stored-entry.ts'
import type { Logger, Metrics, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Rng } from '../../util/rng.ts'
import type { Entry } from './entry.ts'
import type {
  AddressBook, AddressBookComponents, AddressBookEvents, AddressBookInit, AddressBookSnapshot, BookEntry, LearnedPeer, SelectOptions
} from './index.ts'

export class AddressBookService extends TypedEventEmitter<AddressBookEvents> implements AddressBook, Startable {
  readonly #components: AddressBookComponents
  readonly #self: string
  readonly #log: Logger
  readonly #clock: Clock
  readonly #rng: Rng
  readonly #netgroups: NetgroupOptions
  readonly #store: WriteBehind
  readonly #book: Book
  #secret: Uint8Array | undefined
  #hash: BucketHash | undefined
  #teller: { multiaddr: Multiaddr, group: string } | undefined
  #anchors: string[] = []
  /** Known at the last start, not announced yet. */
  #unannounced: string[] = []
  #refused = 0
  #damaged = 0

  constructor (components: AddressBookComponents, init: AddressBookInit) {
    super()
    const { newBuckets = NEW_BUCKETS, triedBuckets = TRIED_BUCKETS, flushIntervalMs = FLUSH_INTERVAL_MS } = init
    for (const [name, value] of Object.entries({ newBuckets, triedBuckets, flushIntervalMs })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new AddressBookError('ADDRESS_BOOK_OPTIONS_INVALID', `the address book's option ${name} is ${value}: give a whole number of at least 1`)
      }
    }
    this.#components = components
    this.#self = components.peerId.toString()
    this.#log = components.logger.forComponent('peerkeep:address-book')
    this.#clock = init.clock ?? systemClock
    this.#rng = init.rng ?? systemRng
    this.#netgroups = { localAsPublic: init.localAsPublic }
    this.#store = new WriteBehind({
      datastore: components.datastore,
      clock: this.#clock,
      flushIntervalMs,
      prefix: STORE_PREFIX,
      what: 'address book',
      error: (kind, message, cause) => new AddressBookError(`ADDRESS_BOOK_${kind}`, message, { cause }),
      onFailed: error => { this.#log.error('%s', describeError(error)) },
      encode: name => this.#encode(name)
    })
    this.#book = new Book({
      newBuckets,
      triedBuckets,
      changed: id => { this.#store.mark(`peer/${id}`) },
      displaced: entry => { this.#announceForgotten(entry, 'displaced') }
    })
  }

  readonly [Symbol.toStringTag] = '@peerkeep/address-book'

  readonly [serviceCapabilities]: string[] = ['@peerkeep/address-book']

  async beforeStart (): Promise<void> {
    exposeGauges(optionalComponent<Metrics>(this.#components, 'metrics'), 'address_book', () => this.#gauges())
    if (this.#hash == null) await this.#load()
    this.#unannounced = [...this.#book.entries()].map(({ id }) => id)
  }

  start (): void {
    this.#store.start()
  }

  /** Here rather than while loading: whoever listens from its own `start` hears of everybody. */
  afterStart (): void {
    for (const entry of this.#book.known(this.#unannounced.splice(0))) {
      this.safeDispatchEvent('peer:discovered', { detail: { entry, source: entry.source, loaded: true } })
    }
  }

  async stop (): Promise<void> {
    for (const entry of this.#book.entries()) {
      if (entry.lastSeenMs !== entry.savedSeenMs) this.#book.save(entry)
    }
    await this.#store.stop()
  }

  /** What other services noted while they stopped. */
  async afterStop (): Promise<void> {
    await this.#store.stop()
  }

  get size (): number {
    return this.#book.size
  }

  add (learned: LearnedPeer): 'added' | 'updated' | 'refused' {
    const id = learned.peerId.toString()
    const word = wordOf(learned, id)
    const known = this.#book.get(id)
    if (known != null) {
      this.#book.replace(known, withWord(known, word, this.#now()))
      return 'updated'
    }

    const group = bestFacts(word.multiaddrs, this.#netgroups)?.group
    // a peer id that is a URL has no key to dial with
    if (id === this.#self || group == null || learned.peerId.type === 'url') return this.#refuse()
    const bucket = this.#hashes().newBucket(learned.toldBy == null ? group : this.#tellerGroup(learned.toldBy), group)
    const nowMs = this.#now()
    const entry = this.#book.admit(bucket, nowMs, () => newEntry(learned, id, word, bucket, nowMs))
    if (entry == null) return this.#refuse()
    this.safeDispatchEvent('peer:discovered', { detail: { entry, source: entry.source, loaded: false } })
    return 'added'
  }

  get (peerId: PeerId): BookEntry | undefined {
    return this.#book.get(peerId.toString())
  }

  entries (): Iterable<BookEntry> {
    return this.#book.entries()
  }

  select (count: number, options: SelectOptions = {}): BookEntry[] {
    const { table, filter } = options
    const buckets = [...(table === 'tried' ? [] : this.#book.new.buckets), ...(table === 'new' ? [] : this.#book.tried.buckets)]
    const selected: BookEntry[] = []
    if (count < 1) return selected
    for (const entry of this.#book.known(randomOrder(buckets, this.#rng))) {
      if (filter?.(entry) === false) continue
      selected.push(entry)
      if (selected.length >= count) break
    }
    return selected
  }

  attempted (peerId: PeerId): void {
    this.#update(peerId, entry => ({ ...entry, lastAttemptMs: this.#now() }))
  }

  succeeded (peerId: PeerId, multiaddr: Multiaddr): void {
    if (this.#book.get(peerId.toString()) == null) this.add({ peerId, multiaddrs: [multiaddr], source: 'outbound' })
    const [address] = usableAddresses([multiaddr], peerId.toString())
    const entry = this.#update(peerId, entry => withSuccess(entry, address, this.#now()))
    if (entry == null) return
    this.#book.endTest(entry)
    const group = bestFacts(address == null ? entry.multiaddrs : [address], this.#netgroups)?.group
    if (!entry.tried && group != null) this.#book.promote(entry, this.#hashes().triedBucket(group, entry.id), this.#now())
  }

  observed (peerId: PeerId): void {
    this.#alive(peerId, nowMs => ({ lastObservedMs: nowMs, lastSeenMs: nowMs }))
  }

  seen (peerId: PeerId): void {
    this.#alive(peerId, nowMs => ({ lastSeenMs: nowMs }))
  }

  failed (peerId: PeerId): void {
    const entry = this.#update(peerId, entry => ({ ...entry, failures: entry.failures + 1 }))
    if (entry != null) this.#book.failTest(entry, this.#now())
  }

  remove (peerId: PeerId, reason: 'gone' | 'removed' = 'removed'): void {
    const entry = this.#book.get(peerId.toString())
    if (entry == null) return
    this.#book.drop(entry)
    this.#announceForgotten(entry, reason)
  }

  nextToTest (): BookEntry | undefined {
    return this.#book.nextToTest(this.#now())
  }

  anchors (): PeerId[] {
    return [...this.#book.known(this.#anchors)].map(({ peerId }) => peerId)
  }

  setAnchors (peers: PeerId[]): void {
    const anchors = [...new Set(peers.map(String))].slice(0, MAX_ANCHORS)
    if (anchors.join() === this.#anchors.join()) return
    this.#anchors = anchors
    this.#store.mark('anchors')
  }

  async flush (): Promise<void> {
    await this.#store.flush()
  }

  snapshot (): AddressBookSnapshot {
    return {
      new: this.#book.new.size,
      tried: this.#book.tried.size,
      capacity: { new: this.#book.new.capacity, tried: this.#book.tried.capacity },
      refused: this.#refused,
      damaged: this.#damaged,
      anchors: this.anchors().map(String),
      gauges: this.#gauges()
    }
  }

  #gauges (): AddressBookSnapshot['gauges'] {
    return { new: this.#book.new.size, tried: this.#book.tried.size, unwritten: this.#store.dirty, testsDue: this.#book.testsDue }
  }

  #now (): number {
    // 0 means never
    return Math.max(1, Math.floor(this.#clock.now()))
  }

  /** One teller speaks of many peers. */
  #tellerGroup (multiaddr: Multiaddr): string {
    if (this.#teller?.multiaddr !== multiaddr) this.#teller = { multiaddr, group: addressFacts(multiaddr, this.#netgroups).group }
    return this.#teller.group
  }

  #hashes (): BucketHash {
    if (this.#hash == null) throw new AddressBookError('ADDRESS_BOOK_NOT_STARTED', 'the address book has not been read from the datastore yet: start the node first')
    return this.#hash
  }

  #refuse (): 'refused' {
    this.#refused++
    return 'refused'
  }

  #update (peerId: PeerId, change: (entry: Entry) => Entry): Entry | undefined {
    const entry = this.#book.get(peerId.toString())
    if (entry == null) return undefined
    this.#book.replace(entry, change(entry))
    return this.#book.get(entry.id)
  }

  /** Whoever is seen needs no test. */
  #alive (peerId: PeerId, times: (nowMs: number) => Partial<Entry>): void {
    const entry = this.#update(peerId, entry => ({ ...entry, ...times(this.#now()) }))
    if (entry?.tried === true) this.#book.endTest(entry)
  }

  #announceForgotten ({ peerId }: Entry, reason: 'gone' | 'displaced' | 'removed'): void {
    this.safeDispatchEvent('peer:forgotten', { detail: { peerId, reason } })
  }

  async #load (): Promise<void> {
    let anchors = ''
    for await (const { name, value } of this.#store.load()) {
      if (name === 'secret' && value.byteLength === SECRET_BYTES) this.#secret = value
      else if (name === 'anchors') anchors = new TextDecoder().decode(value)
      else if (name.startsWith('peer/')) this.#restore(name, value)
      else this.#discard(name, new Error(`nothing of this name and of ${value.byteLength} bytes was stored by an address book`))
    }
    this.#anchors = this.#restoreAnchors(anchors)
    if (this.#secret == null) {
      this.#secret = this.#rng.bytes(SECRET_BYTES)
      this.#store.mark('secret')
    }
    this.#hash = new BucketHash(this.#secret, this.#book.new.buckets.length, this.#book.tried.buckets.length)
  }

  #restore (name: string, value: Uint8Array): void {
    try {
      const stored = decodeEntry(name.slice('peer/'.length), value)
      if (stored.id === this.#self || !this.#book.restore(stored)) this.#store.mark(name)
    } catch (err) {
      this.#discard(name, err)
    }
  }

  #restoreAnchors (text: string): string[] {
    try {
      return text.split('\n').filter(line => line !== '').slice(0, MAX_ANCHORS).map(id => peerIdFromString(id).toString())
    } catch (err) {
      this.#discard('anchors', err)
      return []
    }
  }

  #discard (name: string, err: unknown): void {
    this.#damaged++
    this.#store.mark(name)
    this.#log.error('dropped the damaged %s from the datastore: %s', name, describeError(err))
  }

  #encode (name: string): Uint8Array | undefined {
    if (name === 'secret') return this.#secret
    if (name === 'anchors') return this.#anchors.length === 0 ? undefined : new TextEncoder().encode(this.#anchors.join('\n'))
    const entry = this.#book.get(name.slice('peer/'.length))
    return entry == null || !name.startsWith('peer/') ? undefined : encodeEntry(entry)
  }
}
