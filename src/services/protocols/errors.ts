import { AppError, describeError } from '../../errors.ts'
import { SchemaMismatchError, SchemaUnusableError } from '../../wire/json-codec.ts'
import {
  WireAbortedError, WireBusyError, WireError, WireLimitedError, WireOversizeError, WireRateLimitedError, WireRemoteError, WireTimeoutError,
  WireUndecodableError, WireUnsupportedError
} from '../../wire/errors.ts'
import type { ProtocolFault } from './definition.ts'

/**
 * `PROTOCOL_DEFINITION_INVALID`, `PROTOCOL_ALREADY_HANDLED`: mistakes of the program, also a schema that breaks.
 * `PROTOCOL_PEER_INVALID`: the target is no peer id, multiaddr or connection, or is this node. `PROTOCOL_UNREACHABLE`: nobody was there in time.
 * `PROTOCOL_DENIED`: this node has banned the peer. `PROTOCOL_RELAYED`: there is only a relayed connection.
 * `PROTOCOL_UNSUPPORTED`: the peer does not serve it. `PROTOCOL_INVALID`: the message does not fit, here or, by its word,
 * there. `PROTOCOL_TOO_LARGE`. `PROTOCOL_TIMEOUT`: no answer in time. `PROTOCOL_ABORTED`: by the caller's signal.
 * `PROTOCOL_STOPPED`: this node is not running. `PROTOCOL_RESET`: the peer or the connection gave up; the call may have been
 * seen. `PROTOCOL_BUSY`: too many calls at once. `PROTOCOL_RATE_LIMITED`: too many in a short time,
 * by the peer's word or by the protocol's own rate. `PROTOCOL_BAD_RESPONSE`:
 * the peer broke the protocol, and was charged. `PROTOCOL_FAILED`: its handler failed; `details.remoteCode` says how.
 */
export type ProtocolErrorCode =
  | 'PROTOCOL_DEFINITION_INVALID' | 'PROTOCOL_ALREADY_HANDLED' | 'PROTOCOL_PEER_INVALID' | 'PROTOCOL_UNREACHABLE' | 'PROTOCOL_DENIED'
  | 'PROTOCOL_RELAYED' | 'PROTOCOL_UNSUPPORTED' | 'PROTOCOL_INVALID' | 'PROTOCOL_TOO_LARGE' | 'PROTOCOL_TIMEOUT' | 'PROTOCOL_ABORTED'
  | 'PROTOCOL_STOPPED' | 'PROTOCOL_RESET' | 'PROTOCOL_BUSY' | 'PROTOCOL_RATE_LIMITED' | 'PROTOCOL_BAD_RESPONSE' | 'PROTOCOL_FAILED'

/** What calls reject with; the code says what, the message what to do. Where the peer has said why, `details.remoteCode` is its word. */
export class ProtocolError extends AppError {
  declare readonly code: ProtocolErrorCode

  constructor (code: ProtocolErrorCode, message: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super(code, message, options)
  }
}

/**
 * What a handler throws to tell the caller why: `new ProtocolFailure('sold-out', 'no tea before Monday')`. The code is of
 * lower case letters, digits and dashes, at most 64; of the message 256 bytes travel. The caller sees `PROTOCOL_FAILED`
 * with `details.remoteCode`. Anything else that a handler throws reaches the caller as `internal`, without its text.
 */
export class ProtocolFailure extends Error {
  readonly code: string

  constructor (code: string, message = '') {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code) || code.length > 64) {
      throw new ProtocolError('PROTOCOL_DEFINITION_INVALID', `a failure's code is of lower case letters, digits and single dashes, at most 64: "${code}"`)
    }
    super(message)
    this.name = 'ProtocolFailure'
    this.code = code
  }
}

/** What both sides of a call are called in messages. */
export interface CallFacts {
  protocol: string
  peer: string
  timeoutMs: number
}

const REMOTE: Record<string, ProtocolErrorCode> = {
  undecodable: 'PROTOCOL_INVALID',
  invalid: 'PROTOCOL_INVALID',
  oversize: 'PROTOCOL_TOO_LARGE',
  timeout: 'PROTOCOL_TIMEOUT',
  'rate-limited': 'PROTOCOL_RATE_LIMITED',
  busy: 'PROTOCOL_BUSY',
  unsupported: 'PROTOCOL_UNSUPPORTED',
  cancelled: 'PROTOCOL_RESET',
  stopped: 'PROTOCOL_RESET'
}

/** Puts what went wrong with a call into the words above. */
export function toProtocolError (err: unknown, { protocol, peer, timeoutMs }: CallFacts): ProtocolError {
  if (err instanceof ProtocolError) return err
  // why this side aborted
  if (err instanceof WireAbortedError && err.cause instanceof ProtocolError) return err.cause
  const make = (code: ProtocolErrorCode, message: string, details: Record<string, unknown> = {}): ProtocolError =>
    new ProtocolError(code, message, { cause: err, details: { protocol, peer, ...details } })
  if (err instanceof WireRemoteError) {
    const { remoteCode } = err
    return make(Object.hasOwn(REMOTE, remoteCode) ? REMOTE[remoteCode] as ProtocolErrorCode : 'PROTOCOL_FAILED', `${protocol} at ${peer}: ${err.message}`, { remoteCode })
  }
  if (err instanceof SchemaUnusableError) return make('PROTOCOL_DEFINITION_INVALID', `this side's own definition of ${protocol} cannot be used: ${err.message}`)
  const fault = faultOf(err)
  if (fault === 'undecodable' || fault === 'invalid' || fault === 'oversize') return make('PROTOCOL_BAD_RESPONSE', `${peer} broke ${protocol}: ${describeError(err)}`, { fault })
  if (err instanceof WireTimeoutError) return make('PROTOCOL_TIMEOUT', `${peer} did not answer ${protocol} within ${timeoutMs} ms: try again later, or another peer`)
  if (err instanceof WireAbortedError) return make('PROTOCOL_ABORTED', `the call of ${protocol} to ${peer} was aborted by this side`)
  if (err instanceof WireUnsupportedError) return make('PROTOCOL_UNSUPPORTED', `${peer} does not serve ${protocol}`)
  if (err instanceof WireBusyError) return make('PROTOCOL_BUSY', `too many calls of ${protocol} to ${peer} are under way: wait for one to end`)
  if (err instanceof WireRateLimitedError) return make('PROTOCOL_RATE_LIMITED', `${peer} takes no more calls of ${protocol} for now`)
  if (err instanceof WireLimitedError) return make('PROTOCOL_RELAYED', `${protocol} does not run over the relayed connection to ${peer}: dial it directly, or set runOnLimitedConnection`)
  const unsent = err instanceof WireError && err.details.unsent === true
  return make('PROTOCOL_RESET', `${peer} gave up the call of ${protocol}, ${unsent ? 'before it was sent' : 'which it may have seen'}: ${describeError(err)}`)
}

/** What the remote did wrong, if it did. */
export function faultOf (err: unknown): ProtocolFault | undefined {
  if (err instanceof SchemaMismatchError) return 'invalid'
  if (err instanceof WireOversizeError && err.fault != null) return 'oversize'
  if (err instanceof WireUndecodableError) return 'undecodable'
  return undefined
}

export function evidenceOf (err: unknown): Uint8Array | undefined {
  return err instanceof WireError ? err.evidence : undefined
}
