/**
 * @packageDocumentation
 *
 * The peers this node has heard of, and what came of it: addresses, signed records, roles, attempts. It survives
 * restarts and `kill -9`, and it is built so that nobody can fill it: entries live in buckets chosen by a keyed hash of
 * their netgroup and of who told (the design of Bitcoin Core's `addrman`).
 *
 * It does not dial, ask or judge: the pool dials, peer exchange asks, scoring judges.
 *
 * @example
 *
 * ```ts
 * import { createLibp2p } from 'libp2p'
 * import { addressBook } from 'peerkeep'
 *
 * const node = await createLibp2p({ services: { addressBook: addressBook() } })
 * for (const entry of node.services.addressBook.entries()) console.log(entry.peerId.toString(), entry.tried)
 * ```
 */
import { AddressBookService } from './service.ts'
import type { ComponentLogger, Metrics, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Datastore } from 'interface-datastore'
import type { Role, ServiceInit } from '../../components.ts'

/** How a peer came to be known. */
export type SourceName = 'configured' | 'bootstrap' | 'mdns' | 'dns-seed' | 'probe' | 'pex' | 'dht' | 'presence' | 'inbound' | 'outbound'

/** Somebody's word about a peer. */
export interface LearnedPeer {
  peerId: PeerId
  /** At most 16 are kept, the newest word wins. */
  multiaddrs: Multiaddr[]
  /** The peer's own signed record (libp2p peer record in its envelope), already verified by the caller, at most 4 KiB. */
  record?: Uint8Array
  /** The record's sequence number; an older record never replaces a newer one. */
  seq?: bigint
  roles?: Role[]
  source: SourceName
  /**
   * The address of whoever told: its netgroup limits how much of the book it can fill. Leave it out only for what this
   * node found itself or got from the peer over a connection that this node dialled; for one that dialled us it is the
   * remote address, since a stranger may claim any addresses.
   */
  toldBy?: Multiaddr
}

/** A read-only view of what is known of one peer. Times are milliseconds since 1970, 0 for never. */
export interface BookEntry {
  readonly peerId: PeerId
  readonly multiaddrs: readonly Multiaddr[]
  readonly record?: Uint8Array
  readonly seq?: bigint
  readonly roles: readonly Role[]
  readonly source: SourceName
  /** Dialled with success at least once (the table `tried`); else the table `new`. */
  readonly tried: boolean
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly lastAttemptMs: number
  readonly lastSuccessMs: number
  /** It connected to us from the IP that its record names: good enough to pass on. */
  readonly lastObservedMs: number
  /** Failed dials since the last success. */
  readonly failures: number
}

export interface AddressBookEvents {
  /** A peer that was not in the book before, or the first time since start (`loaded`). */
  'peer:discovered': CustomEvent<{ entry: BookEntry, source: SourceName, loaded: boolean }>
  /** A peer that left the book: checked and gone, or displaced. */
  'peer:forgotten': CustomEvent<{ peerId: PeerId, reason: 'gone' | 'displaced' | 'removed' }>
}

export interface SelectOptions {
  /** Only from this table; default both. */
  table?: 'new' | 'tried'
  /** Leave out what this says no to. */
  filter?: (entry: BookEntry) => boolean
}

export interface AddressBookSnapshot {
  new: number
  tried: number
  capacity: { new: number, tried: number }
  refused: number
  damaged: number
  anchors: string[]
  /** Entries of both tables; changes not written yet; entries in `nextToTest`'s line. */
  gauges: { new: number, tried: number, unwritten: number, testsDue: number }
}

export interface AddressBook extends TypedEventTarget<AddressBookEvents> {
  /** Peers known. */
  readonly size: number
  /** Notes somebody's word. `refused`: the bucket is full of better, the peer is this node, or no address is left. Never throws for bad words. */
  add (learned: LearnedPeer): 'added' | 'updated' | 'refused'
  get (peerId: PeerId): BookEntry | undefined
  entries (): Iterable<BookEntry>
  /** Up to `count` entries in random order, without repeats. */
  select (count: number, options?: SelectOptions): BookEntry[]
  /** A dial begins. */
  attempted (peerId: PeerId): void
  /** A dial to this address succeeded: the peer moves to `tried` and this address comes first. */
  succeeded (peerId: PeerId, multiaddr: Multiaddr): void
  /** The peer connected to us from the IP that one of its addresses names. */
  observed (peerId: PeerId): void
  /** It is connected, or was until now: keeps the entry fresh. */
  seen (peerId: PeerId): void
  /** All addresses failed. */
  failed (peerId: PeerId): void
  remove (peerId: PeerId, reason?: 'gone' | 'removed'): void
  /** The untested or stale entry that stands in the way of a newcomer and should be tested next, if any ("test before evict"). */
  nextToTest (): BookEntry | undefined
  /** The peers to dial first after a restart: the longest-lived outbound ones. */
  anchors (): PeerId[]
  setAnchors (peers: PeerId[]): void
  /** Resolves when everything noted so far is in the datastore. */
  flush (): Promise<void>
  snapshot (): AddressBookSnapshot
}

export interface AddressBookInit extends ServiceInit {
  /** Buckets of 32 in the table `new`. @default 256 */
  newBuckets?: number
  /** Buckets of 32 in the table `tried`. @default 64 */
  triedBuckets?: number
  /** Write changes at most this often, in milliseconds. @default 1000 */
  flushIntervalMs?: number
  /** Count loopback and private addresses by subnet, like public ones. @default false */
  localAsPublic?: boolean
}

export interface AddressBookComponents {
  peerId: PeerId
  datastore: Datastore
  logger: ComponentLogger
  metrics?: Metrics
}

export function addressBook (init: AddressBookInit = {}): (components: AddressBookComponents) => AddressBook {
  return (components) => new AddressBookService(components, init)
}
