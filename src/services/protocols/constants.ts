/** Before an id: many calls on one stream, see `protocols/call/README.md`. */
export const MUX_PREFIX = '/peerkeep/mux/1.0.0'
/** A stream with nothing on it is closed by the caller after, */
export const CALLER_IDLE_MS = 60_000
/** and aborted by the other side. */
export const SERVER_IDLE_MS = 300_000
/** Mux streams of one protocol on one connection: one, and those that are about to close. */
export const MAX_MUX_STREAMS = 4
/** libp2p applies the limit of a handled protocol to own streams, too; whoever opens them has another. */
export const MAX_OUTBOUND_STREAMS = 65_536
/** Streams over `maxConcurrent` that are told `busy`, before libp2p resets more. */
export const BUSY_STREAMS = 32
/** For the other side to close after a failure. */
export const LINGER_MS = 5_000
/** A reader who takes nothing for so long, or for the protocol's time where it is longer, loses the stream. */
export const STALLED_MS = 300_000
/** What a discouraged peer gets of the rate. */
export const DISCOURAGED_SHARE = 0.25
/** What the peers of a host have, in peers. */
export const PEERS_PER_HOST = 4
/** Calls that wait for their turn with one peer. */
export const MAX_WAITING = 4_096
/** Peers of which it is known how often they were called lately. */
export const MAX_PACED_PEERS = 1_024
/** A peer over its rate is charged once in so long, */
export const CHARGE_EVERY_MS = 1_000
/** and so often in a row, */
export const CHARGES_IN_A_ROW = 2
/** which ends when it was not refused for so long; then only when in such a time it was refused this often, or as often as its rate allows if that is more. */
export const CALM_MS = 10_000
export const FLOOD_CALLS = 100
/** Calls of which the time is kept. */
export const LATENCY_WINDOW = 512
/** Good answers of one connection are told to scoring so often, at most. */
export const OBSERVE_EVERY_MS = 1_000
