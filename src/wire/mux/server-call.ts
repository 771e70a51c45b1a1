import { levelOf } from './places.ts'
import type { Assembly } from './assembly.ts'
import type { Level } from './places.ts'
import type { Priority } from './priority.ts'
import type { OutgoingFrames } from './writer.ts'

/** A call of the remote, whole. To answer it twice, or after the caller has left, does nothing. */
export interface IncomingCall {
  /** Mostly a view of a larger buffer: copy what is kept for long. */
  readonly payload: Uint8Array
  /** Aborts when the caller leaves, at the deadline, and when the stream ends. Costs nothing until it is asked for. */
  readonly signal: AbortSignal
  /** Throws `WireOversizeError` when it is over the limit: the call is open then, and may be failed. @param priority - among the answers on this stream. @default 'normal' */
  respond (bytes: Uint8Array, priority?: Priority): void
  /** `code`: lower case words with dashes, else `internal` is said; of `message` 256 bytes at most are sent. */
  fail (code: string, message: string): void
}

/** An answer or a failure on its way. */
export interface Answer extends OutgoingFrames {
  /** Absent for a failure of a call that was never taken. */
  readonly call?: ServerCall
}

export interface ServerCallHost {
  respond (call: ServerCall, bytes: Uint8Array, level: Level): void
  fail (call: ServerCall, code: string, message: string): void
}

export class ServerCall implements IncomingCall {
  readonly id: number
  payload: Uint8Array
  deadlineMs: number
  /** What has come of a request in pieces; absent when it is whole. */
  request?: Assembly
  /** Queued, and not sent whole. */
  answer?: Answer
  /** It was not answered, or the answer not sent, in time: the remote is told, and is given as much time again to read that. */
  late = false
  readonly #host: ServerCallHost
  #controller?: AbortController
  #reason?: Error

  constructor (host: ServerCallHost, id: number, payload: Uint8Array, deadlineMs: number) {
    this.#host = host
    this.id = id
    this.payload = payload
    this.deadlineMs = deadlineMs
  }

  get signal (): AbortSignal {
    if (this.#controller == null) {
      this.#controller = new AbortController()
      if (this.#reason != null) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  respond (bytes: Uint8Array, priority: Priority = 'normal'): void {
    this.#host.respond(this, bytes, levelOf(priority))
  }

  fail (code: string, message: string): void {
    this.#host.fail(this, code, message)
  }

  /** Nobody waits for the answer any more. */
  abort (reason: Error): void {
    this.#reason ??= reason
    this.#controller?.abort(reason)
  }
}

