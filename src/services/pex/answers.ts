import { BoundedMap } from '../../util/bounded-map.ts'
import { hearsay, usableAddresses } from '../../util/reach.ts'
import { readRecord, RecordError } from '../../wire/signed-record.ts'
import { LOCAL_ANSWER_MS, MAX_CACHED_ANSWERS, MAX_ENTRIES, OBSERVED_FOR_MS, PUBLIC_ANSWER_MS, SEEN_FOR_MS } from './constants.ts'
import type { BookEntry } from '../address-book/index.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Reach } from '../../util/reach.ts'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ShareFacts {
  nowMs: number
  /** Where the asker is. */
  reach: Reach
  /** It is connected, so what was observed of it still holds. */
  connected: boolean
  netgroup: NetgroupOptions
}

/** Whether a peer is good enough to tell others of: somebody has really met it there, not too long ago, and the asker can use it. */
export function isShareable (entry: BookEntry, { nowMs, reach, connected, netgroup }: ShareFacts): boolean {
  if (entry.record == null) return false
  const observed = entry.lastObservedMs > 0 && (connected || nowMs - entry.lastObservedMs <= OBSERVED_FOR_MS)
  if (!entry.tried && !observed) return false
  const seenMs = Math.max(entry.lastSeenMs, entry.lastSuccessMs, entry.lastObservedMs)
  return nowMs - seenMs <= SEEN_FOR_MS && usableAddresses(entry.multiaddrs, reach, netgroup).length > 0
}

/** Whether the asker can use an address of the record on this node's word: the book may know more of them, and records go on whole. */
export function isTellable (record: Uint8Array, reach: Reach, netgroup: NetgroupOptions): boolean {
  return usableAddresses(tellableAddresses(record), reach, netgroup).length > 0
}

// by identity: the book hands out the same bytes every time
const alreadyRead = new WeakMap<Uint8Array, Multiaddr[]>()

function tellableAddresses (record: Uint8Array): Multiaddr[] {
  const known = alreadyRead.get(record)
  if (known != null) return known
  const addresses = hearsay(addressesIn(record))
  alreadyRead.set(record, addresses)
  return addresses
}

function addressesIn (record: Uint8Array): Multiaddr[] {
  try {
    return readRecord(record).multiaddrs
  } catch (err) {
    // from a source that knows more kinds of keys
    if (err instanceof RecordError) return []
    throw err
  }
}

/** Answers by requester, so that asking often, or from many addresses of one network, does not list the book. */
export class AnswerCache {
  readonly #clock: Clock
  readonly #answers = new BoundedMap<string, { peers: PeerId[], untilMs: number }>(MAX_CACHED_ANSWERS)

  constructor (clock: Clock) {
    this.#clock = clock
  }

  get size (): number {
    return this.#answers.size
  }

  /** `key` is the netgroup of a public requester, the peer id of a local one. */
  get (key: string, reach: Reach, choose: () => PeerId[]): PeerId[] {
    const nowMs = this.#clock.monotonic()
    const cached = this.#answers.get(key)
    if (cached != null && cached.untilMs > nowMs) return cached.peers
    const peers = choose()
    // a short answer holds all there is: keeping it for long would hide only the newcomers
    const keepMs = reach === 2 && peers.length >= MAX_ENTRIES ? PUBLIC_ANSWER_MS : LOCAL_ANSWER_MS
    this.#answers.set(key, { peers, untilMs: nowMs + keepMs })
    return peers
  }

  /** There is more to tell than there was: forgets the short answers, which held all there was. */
  outdate (): void {
    for (const [key, { peers }] of this.#answers) {
      if (peers.length < MAX_ENTRIES) this.#answers.delete(key)
    }
  }

  clear (): void {
    this.#answers.clear()
  }
}
