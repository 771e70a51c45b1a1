/** Where a holder keeps what it has in the datastore. */
export const PREFIX = '/peerkeep/shards/'

/** What has expired, been abandoned or left over is looked for this often. */
export const SWEEP_MS = 10 * 60_000

/** A payload that no manifest names is kept for so long. */
export const STAGED_MS = 3_600_000
/** When there is no place for another one, one that has been idle for so long makes room. */
export const STAGED_IDLE_MS = 5 * 60_000
/** At a time, of all strangers. */
export const MAX_STAGED = 64
/** All of them take at most this part of the capacity, or what one owner may have. */
export const STAGED_PART = 4
/** Of one stranger, or of one owner whose vaults are kept here. */
export const MAX_STAGED_PER_PEER = 8
/** Bytes in a second, after some time: what is slower is kept for nobody who wants its place. */
export const MIN_PACE = 1_024
export const MIN_PACE_AFTER_MS = 60_000
/** Encrypted payloads are kept in pieces of this length. */
export const PIECE_BYTES = 32_768
/** Of a payload, in one answer. */
export const MAX_DATA_BYTES = 61_440

/**
 * What was accepted and never certified of a vault that this node is no holder of yet is forgotten then. It may have been decided: a
 * quorum that forgets it early leaves a vault that nobody can go on with.
 */
export const PENDING_MS = 30 * 86_400_000
/** Who is no holder any more keeps the payload for so long, for those that are new. */
export const LEFT_MS = 24 * 3_600_000
/** A vault is refused when it has expired, and deleted so much later: the clock may be wrong for a while. */
export const EXPIRY_GRACE_MS = 3_600_000

/** A key that sub-shares can be sealed to by who has never asked for a promise is told for so long, */
export const OFFER_KEY_MS = 3_600_000
/** and good for so long from when it was made. */
export const OFFER_KEY_VALID_MS = 2 * 3_600_000
/** What was sealed to it can be opened for so long, and while what was accepted here names it: a change may be finished by somebody else, later. */
export const OFFER_KEY_KEPT_MS = 24 * 3_600_000
export const MAX_OFFER_KEYS = 64
/** Of the key that is told with a promise: it lives as long as the change that it is for. */
export const PROMISE_KEY_VALID_MS = 3_600_000

/** How far the round of a ballot may be behind this node's clock, in seconds. */
export const MAX_ROUND_BEHIND_S = 3_600

/** Of the manifests of one vault since the last that its owner signed; beyond it only the owner changes the vault. */
export const MAX_CHAIN_BYTES = 16 * 1_048_576
/** Of manifests in one answer. */
export const MAX_STATE_BYTES = 262_144
/** Of log entries in one answer. */
export const MAX_LOG_BYTES = 32_768

/** Vaults that were here are remembered, the oldest goes first, but none before it has been for two hours: see `Ballot.round`. */
export const MAX_GONE = 65_536
export const GONE_MIN_MS = 2 * 3_600_000
export const GONE_MS = 365 * 86_400_000

/** Entries kept of the log of one vault. */
export const MAX_LOG_ENTRIES = 1_024
/** Refusals that are written down, of one vault in an hour. */
export const REFUSALS_LOGGED_PER_HOUR = 60

/** Answers remembered, so that the same request again gets the same. */
export const MAX_ANSWERS = 4_096
export const MAX_ANSWER_BYTES = 8 * 1_048_576

/** Calls that wait for their turn with one vault, and with all. */
export const MAX_WAITING_PER_VAULT = 64
export const MAX_WAITING = 1_024
/** Payloads read whole at a time, for an audit, and audits that wait for it. */
export const MAX_DIGESTS_WAITING = 32

/** Requests about vaults that are not here, of one peer. */
export const STRANGERS_PER_HOUR = 1_200
export const STRANGERS_BURST = 240
export const MAX_BUDGETS = 16_384
