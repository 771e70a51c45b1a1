/** Entries in an answer or a push, at most. */
export const MAX_ENTRIES = 32
export const MAX_NETWORK_BYTES = 64

export const MAX_REQUEST_BYTES = 8 * 1024
export const MAX_FRAME_BYTES = 160 * 1024
export const EXCHANGE_TIMEOUT_MS = 10_000

/** New records taken from one teller. */
export const INGEST_RATE = { perSecond: 0.1, burst: 100 }
/** New records from one teller that are dropped for the rate above before that is called a flood. */
export const EXCESS_RATE = { perSecond: 2, burst: 1_000 }
/** A flood is reported this often at most. */
export const FLOOD_REPORT_RATE = { perSecond: 1 / 60, burst: 1 }

/** Below the receivers' limits in messages.ts, so that this node is never over them. */
export const SEND_ASK_RATE = { perSecond: 0.8, burst: 15 }
export const SEND_PUSH_RATE = { perSecond: 1, burst: 30 }
/** Records of others that are pushed to one neighbour, half of what is no flood there yet: strangers choose how much news there is. */
export const SEND_NEWS_RATE = { perSecond: 1, burst: 500, maxKeys: 16_384 }

/** News are collected this long before they are pushed: those that a peer told of itself, and those from others, which are many at a time. */
export const PUSH_DELAY_MS = 200
export const RELAY_DELAY_MS = 1_000
/** With fewer neighbours than should be told, news wait this long for more: nodes that all start at once have one at first. */
export const NEWS_FOR_MS = 10_000
/** News of others that wait, at most; more are left to the next ask. */
export const MAX_PUSH_QUEUE = 256
/** Peers that learn of a newcomer from the one it told. */
export const PUSH_FANOUT_FIRST_HAND = 16
/** Peers that learn of it from each of those. */
export const PUSH_FANOUT_RELAYED = 4

/** One full answer for all of a public netgroup this long: asking from many addresses of it is no faster. */
export const PUBLIC_ANSWER_MS = 300_000
/** One answer for a peer of the local network, and one that holds all there is. */
export const LOCAL_ANSWER_MS = 5_000
export const MAX_CACHED_ANSWERS = 256

export const OBSERVED_FOR_MS = 3_600_000
export const SEEN_FOR_MS = 30 * 86_400_000
/** The own record is signed anew this often, so that a peer whose addresses stay is not taken for gone after the time above. */
export const RENEW_MS = 86_400_000

/** The answer that says why gets this long to arrive before a peer of another network is disconnected. */
export const WRONG_NETWORK_GRACE_MS = 250

/** Records that are recognized without being read. */
export const MAX_KNOWN_RECORDS = 1_024
