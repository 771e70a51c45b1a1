import { ROLES } from '../../components.ts'
import type { SourceName } from './index.ts'

export const SOURCES: readonly SourceName[] = [
  'configured', 'bootstrap', 'mdns', 'dns-seed', 'probe', 'pex', 'dht', 'presence', 'inbound', 'outbound'
]

/** Entries a bucket holds at most. */
export const BUCKET_SIZE = 32
export const NEW_BUCKETS = 256
export const TRIED_BUCKETS = 64
/** Buckets of `new` that one source group can reach, and of `tried` that one netgroup can reach. */
export const BUCKETS_PER_SOURCE = 16
export const BUCKETS_PER_GROUP = 4
export const MAX_OWNERS_CACHED = 1024

export const MAX_ADDRESSES = 16
/** Longer addresses are left out: the longest in use, WebTransport with two certificate hashes behind a relay, has under 250. */
export const MAX_ADDRESS_BYTES = 512
/** Addresses of one word that are looked at: a list of thousands costs no more than this many. */
export const MAX_ADDRESSES_READ = 64
export const MAX_RECORD_BYTES = 4096
export const MAX_ROLES = ROLES.length
export const MAX_ANCHORS = 2

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A dial may be under way: nobody is judged before it ended. */
export const GRACE_MS = MINUTE_MS
/** Never reached: this many failed dials and the entry is terrible. */
export const MAX_FAILURES_NEVER_REACHED = 3
/** Reached once: this many failed dials over this long. */
export const MAX_FAILURES = 10
export const FAILING_MS = 7 * DAY_MS
/** Not seen by anybody trustworthy for this long. */
export const STALE_MS = 30 * DAY_MS

/** A full bucket is looked through for a terrible entry at most this often. */
export const CHECK_INTERVAL_MS = 1000
/** `lastSeenMs` alone makes an entry worth writing once in this time. */
export const SEEN_WRITE_INTERVAL_MS = 10 * MINUTE_MS
export const FLUSH_INTERVAL_MS = 1000

export const SECRET_BYTES = 32
export const STORE_PREFIX = '/peerkeep/address-book/'
