const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export const ID_BYTES = 16
export const LANE_BYTES = 8
export const MAX_PAYLOAD_BYTES = 1_048_576
export const MAX_EVENT_BYTES = 128
export const MAX_CONVERSATION_BYTES = 128
export const MAX_REASON_BYTES = 64
/** A message with everything around its payload. */
export const MAX_MESSAGE_BYTES = MAX_PAYLOAD_BYTES + 1_024
export const MAX_RECEIPT_BYTES = 256
export const DEFAULT_LIFETIME_MS = 7 * DAY_MS
export const MAX_LIFETIME_MS = 30 * DAY_MS
/** By how much the clocks of honest peers may differ: only what expired longer ago is refused. */
export const CLOCK_SKEW_MS = 60 * MINUTE_MS

/** Calls that one peer may make. What is over it is not taken, at no cost: nobody knows how it stands with others. */
export const RATE = { perSecond: 8_000, burst: 8_192 }
/** What a sender keeps to; */
export const PACE = { perSecond: 6_000, burst: 6_000 }
/** and after it was told that it is too fast, as those are that have a quarter of the rate, */
export const SLOW_PACE = { perSecond: 1_500, burst: 1_500 }
/** for so long. */
export const SLOW_MS = 15 * MINUTE_MS
/** Calls of one connection that wait for handlers. */
export const MAX_CONCURRENT = 512
export const REQUEST_TIMEOUT_MS = MINUTE_MS

/** Not answered yet, of one priority to one peer: so many messages, and so many bytes unless it is only one message. */
export const WINDOWS = {
  high: { messages: 256, bytes: 1_048_576 },
  normal: { messages: 128, bytes: 1_048_576 },
  low: { messages: 16, bytes: 65_536 }
}
/** Of a window, one lane has at most one part of so many, while others have something to send. */
export const LANE_PARTS = 2

/** An answer that waits for a handler, or for a message that has to come before, says `held` after so long. */
export const ANSWER_WITHIN_MS = 5_000
/** One that a mailbox has brought does so sooner: the others that it has brought wait, too. */
export const TAKEN_WITHIN_MS = 200
/** When it is sent again then. */
export const HELD_RETRY_MS = 5_000
/** A message whose handler threw is taken again after each of these, then refused. */
export const FAILED_RETRIES_MS = [500, 2_000]
/** Handlers may be registered so long after the start. */
export const REGISTERING_MS = 30_000
/** and are asked for this often until then. */
export const UNKNOWN_RETRY_MS = 1_000
/** A message that nothing comes before of is delivered after so long all the same. */
export const GAP_MS = 10 * MINUTE_MS
export const GAP_SWEEP_MS = 30_000
/** Gaps that were given up, of one lane; beyond it messages are held until their turn comes. */
export const MAX_GAPS = 256
/** What may still come of a gap that was given up has expired by then. */
export const GAP_LIFETIME_MS = MAX_LIFETIME_MS + DAY_MS
/** Messages of a lane that were refused, and why: whoever asks again is told the same. */
export const MAX_REFUSED = 64
/** Messages of one sender that wait for their turn or for their handler, and one more whose turn it is. */
export const MAX_HELD = { messages: 512, bytes: 4 * 1_048_576 }
/** Of all senders; beyond it those that wait of the one with most give way. */
export const MAX_HELD_BYTES = 64 * 1_048_576
/** Lanes whose place is remembered, of one sender, and in all: those used longest ago are forgotten first. */
export const MAX_LANES_PER_SENDER = 256
export const MAX_LANES = 16_384
export const LANE_FLUSH_MS = 20

/** A message that is on its way may be answered before it has to be written. */
export const WRITE_DELAY_MS = 20
export const WRITE_RETRY_MS = 1_000
/** Payloads of messages in the datastore that are kept in memory, too. */
export const MAX_CACHED_BYTES = 16 * 1_048_576
/** Places of a lane that are reserved in the datastore at a time. */
export const RESERVED = 1_024
/** Lanes of this node that are remembered though nothing is on its way in them. */
export const MAX_IDLE_LANES = 4_096
export const OUTBOX_DEFAULTS = { perPeer: 10_000, total: 100_000, totalBytes: 268_435_456 }
/** What a message takes beside its payload. */
export const OVERHEAD_BYTES = 256
/** Expired messages are looked for this often at most. */
export const EXPIRY_STEP_MS = 100

export const DEFAULT_MIN_RETRY_MS = 1_000
export const DEFAULT_MAX_RETRY_MS = 300_000
export const DIAL_TIMEOUT_MS = 15_000
export const MAX_DIALS = 8
/** Handed to mailboxes at a time. */
export const MAX_PARCELS = 64
export const MAX_PARCEL_BYTES = 2 * 1_048_576
export const DEPOSIT_TIMEOUT_MS = MINUTE_MS
/** Left with mailboxes again after so long, until it is confirmed: they may have lost it. */
export const DEPOSIT_AGAIN_MS = DAY_MS
/** with those that have not taken it, as they were full or away, or are new on the card, */
export const DEPOSIT_MISSING_MS = 60 * MINUTE_MS

export const RECEIPTS_EVENT = '$receipts'
export const MAX_RECEIPTS = 1_024
/** Messages that a mailbox brought are answered for together. */
export const RECEIPTS_DELAY_MS = 1_000
/** Answers that are owed; beyond it they are given at once. */
export const MAX_OWED = 8_192
/** Messages of answers in the outbox, beside those of the application: the oldest give way. */
export const MAX_INTERNAL = { perPeer: 64, total: 2_048, totalBytes: 8 * 1_048_576 }
export const RECEIPTS_LIFETIME_MS = DAY_MS

export const OUTBOX_PREFIX = '/peerkeep/messaging/outbox/'
export const LANES_PREFIX = '/peerkeep/messaging/lanes/'
export const OWED_PREFIX = '/peerkeep/messaging/owed/'
