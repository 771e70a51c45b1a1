const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const MIN_SCORE = -100
export const MAX_SCORE = 20
export const DISCOURAGED_FROM = -20
export const REFUSED_FROM = -40
/** Misbehaviour, whatever the credit. */
export const BANNED_FROM = 60
/** Whoever fell to `REFUSED_FROM` stays refused for this long. */
export const COOL_DOWN_MS = 10 * MINUTE_MS

export const MISBEHAVIOUR_HALF_LIFE_MS = 15 * MINUTE_MS
/** Each of the first this many strikes doubles the half-life. */
export const MAX_DOUBLINGS = 4
/** Ten half-lives down to 1: a debt that never ends would be a ban that nobody decided. */
export const MAX_MISBEHAVIOUR = 1000
export const STRIKE_LIFE_MS = 30 * DAY_MS
export const MAX_STRIKES_KEPT = 16
/** Misbehaviour after a ban has expired. */
export const PROBATION = 30

export const CREDIT_HALF_LIFE_MS = DAY_MS
/** What one earns, and the most that this kind of service earns: being there does not replace being of use. */
export const CREDIT = {
  deliveries: { each: 0.05, max: 10 },
  answers: { each: 0.1, max: 6 },
  uptime: { each: 0.5, max: 4 }
} as const
/** `each` of uptime. */
export const UPTIME_MS = HOUR_MS

export const UNRELIABILITY_HALF_LIFE_MS = 10 * MINUTE_MS
export const MAX_UNRELIABILITY = 15
export const UNRELIABILITY = { 'dial-failed': 2, 'ping-timeout': 2, 'request-timeout': 1, flap: 1 } as const
/** A connection that ended sooner, and not by this node's wish, is a flap. */
export const FLAP_MS = 10_000

export const IP_DEBT_SHARE = 0.3
export const MAX_IP_DEBT = 15
export const IP_MEMORY_MS = HOUR_MS
export const MAX_HOSTS = 8192
/** Peers remembered of one host, for each purpose. */
export const MAX_PEERS_PER_HOST = 8
/** As much as one delivery, hours later, or a connection of some minutes: enough to tell a user of a host from a passer-by. */
export const GOOD_CREDIT = 0.02

export const GOSSIP_SHARE = 19

export const MAX_SAMPLES = 32
export const SAMPLE_INTERVAL_MS = MINUTE_MS
export const SAMPLE_STEP = 5

export const OUTAGE_WINDOW_MS = 30_000
export const OUTAGE_SHARE = 0.5
export const MIN_OUTAGE_FAILURES = 4
/** A peer that was connected for less says nothing of this node's link. */
export const SETTLED_MS = MINUTE_MS
export const OUTAGE_MS = 2 * MINUTE_MS
export const CLOCK_JUMP_MS = 30_000
/** Failures and charges of the last `OUTAGE_WINDOW_MS` remembered. */
export const MAX_RECENT = 4096

export const MAX_EVIDENCE_BYTES = 512
export const CAUSE = /^[a-z0-9-]+:[a-z0-9-]+$/
export const MAX_CAUSE_LENGTH = 64

export const MAX_PEERS = 16_384
/** Misbehaviour below it is nothing to remember when room is needed. */
export const DEBT_FROM = 1
/** Debtors looked at for each newcomer that needs one's place. */
export const DEBTORS_PROBED = 8
/** Ledgers below it in every respect are neither kept nor written. */
export const REMEMBERED_FROM = 0.01
/** Peers a snapshot shows. */
export const MAX_SHOWN = 1024

export const STORE_PREFIX = '/peerkeep/scoring/peer/'
export const FLUSH_INTERVAL_MS = 5_000
/** Time is noticed this often: uptime, round-trip times, standings that recover. */
export const TICK_MS = 10_000
/** Of those in bad standing, or remembered at all, looked at in one tick. */
export const MAX_SWEPT = 512
/** Credit and the like change all the time, and are written once in so many ticks; misbehaviour with the next write. */
export const TICKS_PER_SAVE = 3
