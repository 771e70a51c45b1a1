import { ShardsError } from '../errors.ts'
import type { Ballot, Failure, SignedManifest } from '../pb/shards.ts'

/**
 * Why a holder did not do what it was asked.
 *
 * - `UNKNOWN_VAULT`: not here; `NOT_HOLDER`: not of that manifest; `NO_SHARE`, `NO_PAYLOAD`: a holder that has none
 * - `FORBIDDEN`: not by this signer; `RATE_LIMITED`, `BUSY`: later, see `retryAfterMs`; `QUOTA`, `NO_SPACE`: more than it keeps
 * - `STALE`: there is a newer manifest; `CONFLICT`: another ballot, or another change of this seq; `newer` or `ballot` has it where there is one
 * - `EXPIRED`: the vault, the request or a delegation; `INVALID`: breaks this contract; `BAD_SUB_SHARE`: of the dealer `index`
 * - `UNAVAILABLE`: a fault of the holder's; also whatever this version does not know
 */
export const FAILURE_CODES = [
  'UNKNOWN_VAULT', 'NOT_HOLDER', 'FORBIDDEN', 'STALE', 'RATE_LIMITED', 'QUOTA', 'NO_SPACE', 'EXPIRED', 'CONFLICT', 'INVALID', 'BAD_SUB_SHARE',
  'NO_SHARE', 'NO_PAYLOAD', 'BUSY', 'UNAVAILABLE'
] as const

export type FailureCode = typeof FAILURE_CODES[number]

const MAX_MESSAGE_LENGTH = 256

/** A refusal of one request: what a holder answers with, and what its caller gets. */
export class RefusedError extends ShardsError {
  readonly failure: Failure & { code: FailureCode }

  constructor (code: FailureCode, message: string, { cause, details, ...more }: { retryAfterMs?: number, index?: number, newer?: SignedManifest, ballot?: Ballot, cause?: unknown, details?: Record<string, unknown> } = {}) {
    super('SHARDS_REFUSED', message, { cause, details: { failure: code, ...more.index == null ? {} : { indices: [more.index] }, ...details } })
    this.failure = { code, message, retryAfterMs: 0, index: 0, ...more }
  }
}

/** What a holder said, as an error: codes of later versions as UNAVAILABLE, its text made harmless. */
export function refusalOf ({ code, message, retryAfterMs, index, newer, ballot }: Failure, by: string): RefusedError {
  const known = FAILURE_CODES.find(each => each === code) ?? 'UNAVAILABLE'
  // eslint-disable-next-line no-control-regex
  const text = message.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ').slice(0, MAX_MESSAGE_LENGTH)
  return new RefusedError(known, `${by} refused with ${known}: ${text}`, { retryAfterMs, ...index === 0 ? {} : { index }, ...newer == null ? {} : { newer }, ...ballot == null ? {} : { ballot } })
}

/** As it is sent. */
export function failureOf ({ failure }: RefusedError): Failure {
  return { ...failure, message: failure.message.slice(0, MAX_MESSAGE_LENGTH) }
}
