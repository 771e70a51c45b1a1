import { mergeAddresses, provenAddress, sameAddresses, usableAddresses } from './addresses.ts'
import { FAILING_MS, GRACE_MS, MAX_FAILURES, MAX_FAILURES_NEVER_REACHED, MAX_RECORD_BYTES, MAX_ROLES, SEEN_WRITE_INTERVAL_MS, STALE_MS } from './constants.ts'
import { peerIdFromString } from '@libp2p/peer-id'
import { ROLES } from '../../components.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role } from '../../components.ts'
import type { BookAddress } from './addresses.ts'
import type { BookEntry, LearnedPeer } from './index.ts'

/** A peer as the book keeps it: never changed, only replaced, so that what users were given stays as it was. */
export interface Entry extends BookEntry {
  readonly id: string
  /** The same as `multiaddrs`, best first, with what vouches for each. */
  readonly addresses: readonly BookAddress[]
  /** Its bucket in `new`, also while it is in `tried`: there it goes back to. */
  readonly newBucket: number
  /** Its bucket in `tried`, -1 while it is in `new`. */
  readonly triedBucket: number
  /** `lastSeenMs` as it was last handed to the datastore. */
  readonly savedSeenMs: number
}

/** What can be used of somebody's word. */
export interface Word {
  readonly multiaddrs: readonly Multiaddr[]
  readonly signed?: { readonly record: Uint8Array, readonly seq: bigint }
  readonly roles: readonly Role[]
  /** Nobody stands between: the peer itself said so, or this node found it. */
  readonly firsthand: boolean
}

export function wordOf (learned: LearnedPeer, id: string): Word {
  const { record, seq, roles } = learned
  return {
    multiaddrs: usableAddresses(learned.multiaddrs, id),
    // a record that cannot be ordered could be rolled back
    signed: record != null && seq != null && record.byteLength <= MAX_RECORD_BYTES ? { record, seq } : undefined,
    roles: ROLES.filter(role => roles?.includes(role)).slice(0, MAX_ROLES),
    firsthand: learned.toldBy == null
  }
}

export function newEntry (learned: LearnedPeer, id: string, word: Word, newBucket: number, nowMs: number): Entry {
  const addresses = mergeAddresses([], word.multiaddrs, word.signed != null)
  return {
    id,
    // the caller's may be a view into the message it came in, and keep all of that in memory
    peerId: peerIdFromString(id),
    addresses,
    multiaddrs: addresses.map(({ multiaddr }) => multiaddr),
    ...ownCopy(word.signed),
    roles: word.roles,
    source: learned.source,
    newBucket,
    triedBucket: -1,
    tried: false,
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    lastAttemptMs: 0,
    lastSuccessMs: 0,
    lastObservedMs: 0,
    failures: 0,
    savedSeenMs: nowMs
  }
}

/**
 * The entry after somebody's word; the same object when it brings nothing. Where the peer has signed, an older record
 * and hearsay say nothing about addresses, and only a newer record or the peer itself keeps the entry fresh.
 */
export function withWord (entry: Entry, word: Word, nowMs: number): Entry {
  const signed = word.signed != null && (entry.seq == null || word.signed.seq > entry.seq) ? word.signed : undefined
  const trusted = signed != null || word.firsthand
  const ignored = signed == null && (word.signed != null || (!word.firsthand && entry.seq != null))
  const addresses = ignored || word.multiaddrs.length === 0 ? entry.addresses : mergeAddresses(entry.addresses, word.multiaddrs, signed != null)
  const roles = word.roles.length > 0 && (trusted || entry.roles.length === 0) ? word.roles : entry.roles
  const after = {
    ...withAddresses(entry, addresses),
    ...ownCopy(signed),
    roles: sameRoles(roles, entry.roles) ? entry.roles : roles,
    lastSeenMs: trusted ? nowMs : entry.lastSeenMs
  }
  return isSame(entry, after) ? entry : after
}

export function withSuccess (entry: Entry, multiaddr: Multiaddr | undefined, nowMs: number): Entry {
  const addresses = multiaddr == null ? entry.addresses : provenAddress(entry.addresses, multiaddr, nowMs)
  return { ...withAddresses(entry, addresses), lastSuccessMs: nowMs, lastSeenMs: nowMs, failures: 0 }
}

function ownCopy (signed: Word['signed']): Word['signed'] {
  return signed == null ? undefined : { record: signed.record.slice(), seq: signed.seq }
}

function withAddresses (entry: Entry, addresses: readonly BookAddress[]): Entry {
  if (sameAddresses(entry.addresses, addresses)) return entry
  return { ...entry, addresses, multiaddrs: addresses.map(({ multiaddr }) => multiaddr) }
}

/** Not worth its slot: a newcomer may have it. */
export function isTerrible (entry: BookEntry, nowMs: number): boolean {
  if (isBeingTested(entry, nowMs)) return false
  if (entry.lastSuccessMs === 0 && entry.failures >= MAX_FAILURES_NEVER_REACHED) return true
  if (entry.failures >= MAX_FAILURES && nowMs - entry.lastSuccessMs >= FAILING_MS) return true
  return nowMs - lastAliveMs(entry) > STALE_MS
}

/** A dial began lately and may still be under way. */
export function isBeingTested (entry: BookEntry, nowMs: number): boolean {
  // absolute: after the clock was set back this must not last for years
  return entry.lastAttemptMs > 0 && Math.abs(nowMs - entry.lastAttemptMs) < GRACE_MS
}

/** When the peer last showed that it lives. */
export function lastAliveMs (entry: BookEntry): number {
  return Math.max(entry.lastSeenMs, entry.lastSuccessMs, entry.lastObservedMs)
}

/** The entry whose test would tell most: in `tried` the longest without a sign of life, in `new` the longest untested. */
export function mostDoubtful (entries: readonly Entry[]): Entry | undefined {
  let doubtful: Entry | undefined
  for (const entry of entries) {
    if (doubtful == null || doubtKey(entry) < doubtKey(doubtful) ||
      (doubtKey(entry) === doubtKey(doubtful) && entry.firstSeenMs < doubtful.firstSeenMs)) doubtful = entry
  }
  return doubtful
}

function doubtKey (entry: Entry): number {
  return entry.tried ? lastAliveMs(entry) : Math.max(entry.lastAttemptMs, entry.lastSuccessMs, entry.lastObservedMs)
}

/** Anything changed but `lastSeenMs`, or that by enough. */
export function isWorthWriting (before: Entry, after: Entry): boolean {
  return !isSame({ ...before, lastSeenMs: after.lastSeenMs }, after) ||
    Math.abs(after.lastSeenMs - after.savedSeenMs) >= SEEN_WRITE_INTERVAL_MS
}

function isSame (a: Entry, b: Entry): boolean {
  return (Object.keys(b) as Array<keyof Entry>).every(key => a[key] === b[key])
}

function sameRoles (a: readonly Role[], b: readonly Role[]): boolean {
  return a.length === b.length && a.every((role, i) => role === b[i])
}
