import type { Offence } from '../../components.ts'
import type { Ban, BanRecord } from './index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Bans in force at most; when there are more, the least severe goes. `host`: an IP or an IPv6 /64 and longer. */
export const MAX_BANS = { peer: 10_000, host: 4_096, network: 1_024 } as const
/** Keys with a history, running bans included. */
export const MAX_KEYS = 20_000
export const MAX_RECORDS_PER_KEY = 16
export const MAX_EVIDENCE = 10_000
export const MAX_EVIDENCE_PER_PEER = 16
export const MAX_SAMPLE_BYTES = 512
export const MAX_EXPLAINED = 4_096
export const MAX_DECISIONS = 16
/** Damaged records put aside; more are only counted and deleted. */
export const MAX_DAMAGED = 64
/** Characters. */
export const MAX_REASON = 512
export const MAX_LINE = 4_096
/** More lines than could be in force. */
export const MAX_LINES = MAX_BANS.peer + MAX_BANS.host + MAX_BANS.network

/** First, second, third ban in 30 days, and every one after that. */
export const ESCALATION_MS = [HOUR_MS, 4 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const
export const STRIKE_WINDOW_MS = 30 * DAY_MS
/** Of bans by hand: no misbehaviour is worse. */
export const HAND_SEVERITY = 100

/** The pool says goodbye in this time; then whoever is still connected is cut off. */
export const GOODBYE_MS = 500
/** The wall clock may jump: the next end of a ban is looked for at least this often. */
export const MAX_EXPIRY_WAIT_MS = HOUR_MS
export const FLUSH_INTERVAL_MS = 2_000

export const BUDGET_WINDOW_MS = 10 * MINUTE_MS
/** Connected this long a peer is no stranger; nor with this much credit, which a few messages earn, if it has been known for so long. */
export const ESTABLISHED_MS = 10 * MINUTE_MS
export const ESTABLISHED_CREDIT = 1
export const ESTABLISHED_KNOWN_MS = HOUR_MS
/** A spared peer that goes on misbehaving is judged again, not more often than this. */
export const JUDGE_AGAIN_MS = 1_000
export const MAX_SPARED = 1_024

/** Banned ids seen at one host in 24 hours that ban it; the second when somebody good was seen there, too. */
export const HOST_THRESHOLD = 3
export const SHARED_HOST_THRESHOLD = 5
/**
 * A peer refused for at least this much misbehaviour of its own counts like a banned one: it is disconnected at 40, before it
 * gets to 60, and whoever has ids enough would never be banned. One severe offence.
 */
export const SUSPECT_FROM = 25
/** Banned hosts in a network that ban it. */
export const NETWORK_THRESHOLD = 4
export const SPREAD_WINDOW_MS = DAY_MS
export const MAX_SPREAD_GROUPS = 8_192
export const MAX_SPREAD_MEMBERS = 16
/** Peers whose host is remembered. */
export const MAX_SEEN = 16_384
/** Hosts in a network of which it is asked whether somebody good is there: each takes some 20 us. */
export const MAX_HOSTS_ASKED = 256

export const THROTTLE_REFUSALS = 3
export const THROTTLE_WINDOW_MS = MINUTE_MS
export const THROTTLE_MS = MINUTE_MS
export const MAX_THROTTLED = 8_192

export const STORE_PREFIX = '/peerkeep/bans/'
export const DAMAGED_PREFIX = '/peerkeep/bans-damaged/'

export const ORIGINS: ReadonlyArray<Ban['by']> = ['hand', 'score', 'spread']
export const ENDS: ReadonlyArray<NonNullable<BanRecord['end']>> = ['expired', 'lifted', 'replaced', 'displaced']
export const OFFENCES: readonly Offence[] = ['minor', 'moderate', 'severe', 'fatal']
