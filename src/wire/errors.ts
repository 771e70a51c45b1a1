import { AppError } from '../errors.ts'
import type { WireFault } from './protocol.ts'

interface WireErrorOptions {
  cause?: unknown
  /** What the remote did wrong; absent when it was this side, or nobody. */
  fault?: WireFault
  /** The start of what the remote sent. */
  evidence?: Uint8Array
}

/** An exchange of messages failed. The stream it ran on is gone. */
export class WireError extends AppError {
  readonly fault?: WireFault
  readonly evidence?: Uint8Array

  constructor (code: string, message: string, { cause, fault, evidence }: WireErrorOptions = {}) {
    super(code, message, { cause, details: fault == null ? {} : { fault } })
    this.fault = fault
    this.evidence = evidence
  }
}

/** The exchange was not finished in the protocol's time. */
export class WireTimeoutError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_TIMEOUT', message, options)
  }
}

/** A message, or a repeated field of it, is over its limit. */
export class WireOversizeError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_OVERSIZE', message, options)
  }
}

/** The bytes are no message of this protocol. */
export class WireUndecodableError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_UNDECODABLE', message, options)
  }
}

/** The remote ended the stream, or the connection, before the exchange was done. */
export class WireResetError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_RESET', message, options)
  }
}

/** The remote does not speak the protocol. */
export class WireUnsupportedError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_UNSUPPORTED', message, options)
  }
}

/** The caller's signal aborted, or the service stopped. */
export class WireAbortedError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_ABORTED', message, options)
  }
}

/** Too many streams of this protocol are open on this connection. */
export class WireBusyError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_BUSY', message, options)
  }
}

/** The connection goes through a relay, and the protocol does not run there. */
export class WireLimitedError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_LIMITED', message, options)
  }
}

/** The remote asked more often than the protocol allows. */
export class WireRateLimitedError extends WireError {
  constructor (message: string, options: WireErrorOptions = {}) {
    super('WIRE_RATE_LIMITED', message, options)
  }
}

/** The remote has answered with a failure: `remoteCode` says which, the text is its own and only for a person. */
export class WireRemoteError extends WireError {
  /** `internal`, `invalid`, `busy`, ... or a word of the application's. */
  readonly remoteCode: string

  constructor (remoteCode: string, message: string, options: WireErrorOptions = {}) {
    super('WIRE_REMOTE', message, options)
    this.remoteCode = remoteCode
    this.details.remoteCode = remoteCode
  }
}

/** The program asked for what the protocol cannot do. */
export class WireUsageError extends WireError {
  constructor (message: string) {
    super('WIRE_USAGE', message)
  }
}

/** What is kept of bytes that break a contract. */
export function evidenceOf (bytes: Uint8Array, from = 0): Uint8Array {
  // a list refuses to give more than it has
  return bytes.slice(from, Math.min(bytes.byteLength, from + EVIDENCE_BYTES))
}

/** For bytes that no peer of any version sends. */
export function undecodable (message: string, bytes: Uint8Array, cause?: unknown): WireUndecodableError {
  return new WireUndecodableError(message, { cause, fault: 'undecodable', evidence: evidenceOf(bytes) })
}

const EVIDENCE_BYTES = 512
const OVERSIZE = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError', 'StreamBufferError'])

/** Puts whatever libp2p threw during an exchange with `peer` into the words above. */
export function toWireError (err: unknown, exchange: { protocol: string, peer: string, timeoutMs: number, timedOut: boolean, aborted: boolean }): WireError {
  const { protocol, peer, timeoutMs } = exchange
  if (exchange.aborted) return new WireAbortedError(`${protocol} with ${peer} was aborted by this side`, { cause: err })
  if (exchange.timedOut) {
    return new WireTimeoutError(`${protocol} with ${peer} took longer than ${timeoutMs} ms: try another peer`, { cause: err, fault: 'timeout' })
  }
  if (err instanceof WireError) return err
  const name = err instanceof Error ? err.name : ''
  if (OVERSIZE.has(name)) {
    return new WireOversizeError(`${peer} sent a message over the limit of ${protocol}`, { cause: err, fault: 'oversize' })
  }
  if (name === 'UnsupportedProtocolError') return new WireUnsupportedError(`${peer} does not speak ${protocol}`, { cause: err })
  if (name === 'LimitedConnectionError') {
    return new WireLimitedError(`${protocol} does not run over the relayed connection to ${peer}: dial it directly`, { cause: err })
  }
  if (name === 'TooManyOutboundProtocolStreamsError') {
    return new WireBusyError(`too many streams of ${protocol} to ${peer} are open: wait for one to end`, { cause: err })
  }
  // p-event rejects with the close event itself
  const cause = err instanceof Error ? err : (err as { error?: unknown } | undefined)?.error
  return new WireResetError(`${peer} ended the stream of ${protocol} before the exchange was done`, { cause, fault: 'reset' })
}
