/**
 * Of every chunk but the last. Part of the protocol: the root of a file depends on it. Each is read, hashed and written at once:
 * with a quarter of it, what the threads for that cost takes as long as the encryption.
 */
export const CHUNK_BYTES = 1024 * 1024
/** Chunks under way, not acknowledged: so many MiB. */
export const WINDOW_CHUNKS = 6
/** The largest window that is taken from a receiver: it is kept in memory. */
export const MAX_WINDOW_CHUNKS = 16
/** Of a message of the sender: a chunk and its fields. */
export const MAX_SENDER_BYTES = CHUNK_BYTES + 1024
export const MAX_RECEIVER_BYTES = 4096
export const MAX_PLACES = 4
export const MAX_NAME_BYTES = 255
export const MAX_TYPE_BYTES = 127
export const MAX_TEXT_BYTES = 256
export const ID_BYTES = 16
export const HASH_BYTES = 32

/** At a time, each way. */
export const MAX_TRANSFERS_PER_PEER = 4
export const MAX_TRANSFERS = 32
/** That were asked for and have not ended. */
export const MAX_OUTGOING = 1_024

/** Nothing heard for so long ends a stream: a chunk has to come through a bad link in that time, at 2 kB a second. */
export const SILENCE_MS = 600_000
/** So often at least, something is said. */
export const ALIVE_MS = 15_000
/** The application decides by then. */
export const MAX_DECISION_MS = 600_000
/** A node that stops waits so long for a sink. */
export const SINK_STOP_MS = 5_000
/** A sender that broke off has so long to come back. */
export const KEEP_MS = 600_000
export const RETRY_FOR_MS = 600_000
export const MIN_RETRY_MS = 500
export const MAX_RETRY_MS = 30_000
/** Progress is told so often, at most. */
export const PROGRESS_MS = 100

/** How far a transfer has come is stored so often. */
export const CHECKPOINT_MS = 250
export const MAX_CHECKPOINTS = 1_024
export const MAX_CHECKPOINT_AGE_MS = 7 * 24 * 3_600_000
