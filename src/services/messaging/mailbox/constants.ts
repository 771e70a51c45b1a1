const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const SUITE = 1

/** How long a card is good after it was signed: as long as a mailbox keeps messages. */
export const CARD_VALID_MS = 14 * DAY_MS
/** A card whose number is further ahead of the clock is not taken. */
export const MAX_SEQ_AHEAD_MS = DAY_MS
/** No message lives longer after it was sealed: `SendOptions.expiresInMs`. */
export const MAX_MESSAGE_AGE_MS = 30 * DAY_MS
/** By how much the clocks of honest peers may differ. */
export const CLOCK_SKEW_MS = HOUR_MS
export const DEFAULT_ROTATION_MS = DAY_MS
/** With it some 1,100 prekeys are kept. */
export const MIN_ROTATION_MS = HOUR_MS
/** A change that could not be written, or signed, is tried again after this. */
export const ROTATION_RETRY_MS = MINUTE_MS

/** A signed card, at most. */
export const MAX_CARD_BYTES = 4_096
export const MAX_PREKEYS = 4
/** Mailboxes of one peer. */
export const MAX_MAILBOXES = 3
export const MAX_MAILBOX_ADDRESSES = 8
/** Cards of others that are remembered. */
export const MAX_CARDS = 1_024

export const MESSAGE_ID_BYTES = 16
export const KEY_ID_BYTES = 16
/** A sealed message: 1 MiB of data, what is around it, padding, and a signature. */
export const MAX_SEALED_BYTES = 1_200_000
export const MAX_DEPOSIT_BYTES = 2 * 1024 * 1024
export const MAX_DEPOSIT_MESSAGES = 64
export const MAX_PAGE_BYTES = 2 * 1024 * 1024
export const MAX_PAGE_MESSAGES = 256
export const MAX_TOKEN_BYTES = 32

export const MAILBOX_DEFAULTS = { owners: 256, bytesPerOwner: 4_194_304, messagesPerOwner: 1_000, maxAgeMs: 14 * DAY_MS, totalBytes: 268_435_456 }
/** Of an owner's box, one sender, or one public host, has at most one part of so many. */
export const SENDER_PARTS = 4
/** Of the owners, one public host has at most one of so many, but `MIN_OWNERS_PER_HOST`. */
export const HOST_PARTS = 16
export const MIN_OWNERS_PER_HOST = 4
export const SWEEP_MS = HOUR_MS
/** That an owner was there is written this often at most. */
export const CONTACT_WRITE_MS = HOUR_MS
/** An owner is told of arrivals this often at most. */
export const ARRIVED_RATE = { perSecond: 1, burst: 5 }

export const MIN_RETRY_MS = 1_000
export const MAX_RETRY_MS = 5 * MINUTE_MS
/** A mailbox is asked for what it has this often, even if it says nothing. */
export const FETCH_INTERVAL_MS = 10 * MINUTE_MS
/** Messages that could not be taken yet are fetched again after this. */
export const LATER_RETRY_MS = 30_000
/** Deletions that are remembered, to notice a mailbox that hands out again what it was told to delete. */
export const MAX_DELETED = 8_192
/** Messages taken that are recognized when another mailbox has them, too. */
export const MAX_TAKEN = 8_192
/** Peers this node has written to; those that have asked for its card; connected mailboxes; peers nobody has a card of. */
export const MAX_KNOWN_PEERS = 1_024
/** The card of one peer is asked for this often at most. */
export const ASK_CARD_MS = 10 * MINUTE_MS
/** Connected mailboxes that are asked for the card of one peer. */
export const MAX_ASKED_MAILBOXES = 3
export const CARD_FLUSH_MS = 1_000
/** One call of a deposit that consists of many. */
export const CALL_TIMEOUT_MS = 15_000
/** Messages of one deposit by this node: sealing one takes a few milliseconds, and nothing else runs meanwhile. */
export const SEND_MESSAGES = 16
/** Deposits with one mailbox, below what it takes. */
export const SEND_DEPOSIT_RATE = { perSecond: 1.5, burst: 50 }
/** A former mailbox is left at the latest so long after its time is over. */
export const LEAVE_WITHIN_MS = DAY_MS
/** Mailboxes that this node used before, and that still may have something. */
export const MAX_FORMER_MAILBOXES = 8
/** Pages fetched from one mailbox, below what it gives; each is followed by a deletion, */
export const COLLECT_RATE = { perSecond: 1.5, burst: 80 }
/** which has its own rate, below what it takes. */
export const DELETE_RATE = { perSecond: 1.8, burst: 98 }
/** Deleted early, so that they are not fetched again should this node end in the middle of a page: when so many are taken, */
export const DELETE_MESSAGES = 32
/** or it took so long. */
export const DELETE_AFTER_MS = 1_000
/** A card is told to one peer this often at most, be it a contact or a mailbox: below what they take. */
export const TELL_CARD_RATE = { perSecond: 0.15, burst: 15 }
/** Whoever could not be told for that is tried again after this. */
export const TELL_CARD_RETRY_MS = 10_000
/** A mailbox that had agreed and then refuses is not asked, nor told to others, for so long. */
export const BROKEN_WORD_MS = 10 * MINUTE_MS
/** Pages fetched in one round: a mailbox that always has more waits for the next. */
export const MAX_PAGES = 64
