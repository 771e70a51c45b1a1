import { AppError } from '../../errors.ts'

/**
 * What goes wrong with a vault. Where holders are to blame `details` has their `indices` or `peers`.
 *
 * - `SHARDS_INVALID`: an argument, e.g. a threshold of 1 or above the number of holders, an empty secret
 * - `SHARDS_TOO_LARGE`: the secret; `SHARDS_TOO_FEW_PEERS`: how many are missing is in `details.missing`
 * - `SHARDS_NO_OWNER_KEY`: nothing to sign with; `SHARDS_KEY_FILE`, `SHARDS_PASSPHRASE`: the key file cannot be read
 * - `SHARDS_UNKNOWN_VAULT`: nobody who was asked knows it; `SHARDS_ROLLED_BACK`: what holders show is older than what this node saw
 * - `SHARDS_FORBIDDEN`: rights or policy; `SHARDS_RATE_LIMITED`; `SHARDS_EXPIRED`: the vault, or what was signed
 * - `SHARDS_TOO_FEW_SHARES`: fewer than the threshold answered well; `SHARDS_CORRUPT`: enough did, and what they gave does not open it
 * - `SHARDS_NOT_STORED`: too few holders took it, and those that did forgot it again; `SHARDS_CONFLICT`: another change is under way or was first
 * - `SHARDS_UNREACHABLE`, `SHARDS_REFUSED`: one holder; `SHARDS_ANSWER_INVALID`: what it said is not an answer to what it was asked
 * - `SHARDS_NO_SPACE`, `SHARDS_QUOTA`: a holder, or this node as one; `SHARDS_LOAD_FAILED`, `SHARDS_WRITE_FAILED`: this node's disk
 * - `SHARDS_UNSUPPORTED`: made by a later version; `SHARDS_STOPPED`: the node is not running
 */
export type ShardsErrorCode =
  | 'SHARDS_INVALID' | 'SHARDS_TOO_LARGE' | 'SHARDS_TOO_FEW_PEERS' | 'SHARDS_NO_OWNER_KEY' | 'SHARDS_KEY_FILE' | 'SHARDS_PASSPHRASE'
  | 'SHARDS_UNKNOWN_VAULT' | 'SHARDS_ROLLED_BACK' | 'SHARDS_FORBIDDEN' | 'SHARDS_RATE_LIMITED' | 'SHARDS_EXPIRED' | 'SHARDS_TOO_FEW_SHARES'
  | 'SHARDS_CORRUPT' | 'SHARDS_NOT_STORED' | 'SHARDS_CONFLICT' | 'SHARDS_UNREACHABLE' | 'SHARDS_REFUSED' | 'SHARDS_ANSWER_INVALID'
  | 'SHARDS_NO_SPACE' | 'SHARDS_QUOTA' | 'SHARDS_LOAD_FAILED' | 'SHARDS_WRITE_FAILED' | 'SHARDS_UNSUPPORTED' | 'SHARDS_STOPPED'

/** What shards throws and rejects with; the code says what, the message what to do. */
export class ShardsError extends AppError {
  declare readonly code: ShardsErrorCode

  constructor (code: ShardsErrorCode, message: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super(code, message, options)
  }
}
