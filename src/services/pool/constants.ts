import type { DisconnectReason, GoodbyeReason, PoolLimits } from './index.ts'

/** Bounds and defaults follow Bitcoin Core (`net_processing`, `net.h`) and go-libp2p where they agree, see protocols/pool. */
export const DEFAULT_LIMITS: PoolLimits = {
  minPeers: 8,
  maxPeers: 60,
  maxInbound: 40,
  maxOutbound: 20,
  minOutbound: 8,
  maxPerIp: 4,
  maxPerSubnet: 10,
  acceptRate: { perSecond: 0.2, burst: 8 }
}

export const DEFAULT_FEELER_INTERVAL_MS = 120_000
export const DEFAULT_DIAL_TIMEOUT_MS = 10_000
export const DEFAULT_MAX_DIALING = 16
export const DEFAULT_MIN_RETRY_MS = 1_000
export const DEFAULT_MAX_RETRY_MS = 600_000

/** The beat of the pool: everything that is not done at once is done on a beat. */
export const TICK_MS = 1_000
/** Outbound peers dialled at once; the others follow one by one. */
export const FIRST_OUTBOUND = 5
/** A beat this late means that the machine slept; a wall clock this far off means that it was set. */
export const CLOCK_JUMP_MS = 30_000
/** Without a connection for this long the node calls itself isolated. */
export const ISOLATED_AFTER_MS = 5_000
/** A connection that has not been identified by then counts as a peer all the same. */
export const ANNOUNCE_AFTER_MS = 10_000
/** Peers over the limit may ask whom we know before they are sent away: a full bootstrap node still introduces. */
export const SURPLUS_LINGER_MS = 2_000
/** A ban of a connected peer comes within this, or not at all. */
export const BAN_GRACE_MS = 500
/** Peers over the limit at a time; more are refused before cryptography. */
export const MAX_SURPLUS = 8
/** New inbound connections through one relay: generous, as honest peers without number may have no other. */
export const RELAY_ACCEPT_RATE = { perSecond: 2, burst: 32 }
/** Two connections to one peer are left alone this long, so that both sides see the same picture. */
export const DUPLICATE_GRACE_MS = 3_000
/** A connection this young may still be one half of two nodes dialling each other. */
export const GLARE_WINDOW_MS = 5_000
/** An outbound peer this young is not let go of when there are too many. */
export const TRIM_GRACE_MS = 30_000
/** How long a goodbye may take, and a close after it. */
export const GOODBYE_TIMEOUT_MS = 1_000
/** Of goodbyes to one peer: below what that takes, so that this node is never over it. */
export const SAY_GOODBYE_RATE = { perSecond: 0.15, burst: 3 }
/** Addresses looked at of those that a peer claims in identify. */
export const MAX_CLAIMED_ADDRESSES = 64
/** How long a stream may be open that libp2p sets no deadline for. */
export const STALE_STREAM_MS = 12_000
/** A remote that said goodbye closes by then, or this side does. */
export const GOODBYE_GRACE_MS = 3_000
/** Anchors are chosen anew this often. */
export const ANCHOR_INTERVAL_MS = 60_000
export const MAX_ANCHORS = 2
/** On somebody else's word a host is dialled once in this time. */
export const FOREIGN_HOST_INTERVAL_MS = 600_000
/** Peers whose failures, refusals or goodbyes are remembered; the oldest are forgotten first. */
export const MAX_REMEMBERED = 4_096
/** A peer that fails this often in a row is checked, and forgotten when it is gone. */
export const CHECK_AFTER_FAILURES = 8
/** How long to leave a peer alone that sent us away for this reason, in milliseconds. */
export const COOL_DOWN_MS: Partial<Record<DisconnectReason, number>> = {
  'too-many-peers': 60_000,
  evicted: 60_000,
  shutdown: 5_000,
  requested: 60_000,
  banned: 3_600_000,
  'wrong-network': 3_600_000,
  misbehaviour: 600_000
}
/** A remote that parts for one of these wants nothing to do with us. */
export const REJECTIONS: ReadonlySet<GoodbyeReason> = new Set(['banned', 'misbehaviour', 'wrong-network'])
/** A connection that held this long was a good one: the backoff begins anew when it ends. */
export const STABLE_AFTER_MS = 30_000
/** The longest wait before a node without any connection tries a peer again. */
export const ISOLATED_MAX_RETRY_MS = 60_000
/** The longest wait before an explicit peer is tried again: with one dial it is there within a minute of its return. */
export const EXPLICIT_MAX_RETRY_MS = 45_000
/** Relays asked when a peer seems gone. */
export const CHECK_RELAYS = 3
