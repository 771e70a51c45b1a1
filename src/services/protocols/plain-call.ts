import { WireAbortedError, WireOversizeError, WireTimeoutError } from '../../wire/errors.ts'
import { LazySignal } from './call-context.ts'
import { LINGER_MS, STALLED_MS } from './constants.ts'
import { Silence } from './silence.ts'
import type { Clock } from '../../util/clock.ts'
import type { IncomingCall } from '../../wire/mux/server.ts'
import type { PlainStream } from '../../wire/plain/plain-stream.ts'

/** A call of another peer that has a stream of its own. */
export class PlainCall implements IncomingCall {
  readonly plain: PlainStream
  payload: Uint8Array = new Uint8Array()
  /** Who notices that nothing happens: the caller is told, the handler's signal aborts. */
  readonly silence: Silence
  readonly #clock: Clock
  /** Undefined where nothing is answered but that the message was taken. */
  readonly #maxResponseBytes?: number
  readonly #signal = new LazySignal()
  #onLeft?: () => void
  #over = false
  #timedOut = false

  constructor (plain: PlainStream, maxResponseBytes: number | undefined, clock: Clock) {
    this.plain = plain
    this.#maxResponseBytes = maxResponseBytes
    this.#clock = clock
    this.silence = new Silence(clock, ms => {
      this.#timedOut = true
      this.#signal.abort(new WireTimeoutError(`nothing happened within ${ms} ms`))
      this.fail('timeout', `nothing within ${ms} ms`)
    })
  }

  get signal (): AbortSignal {
    return this.#signal.signal
  }

  /** The caller has left, or been answered, or was told of a failure. */
  get over (): boolean {
    return this.#over
  }

  /** It is over because nothing happened. */
  get timedOut (): boolean {
    return this.#timedOut
  }

  /** Called once, when it is over before it was answered. */
  set onLeft (listener: () => void) {
    this.#onLeft = listener
    if (this.#over) listener()
  }

  respond (bytes: Uint8Array): void {
    if (this.#over) return
    const maxBytes = this.#maxResponseBytes
    if (maxBytes != null) {
      if (bytes.byteLength > maxBytes) throw new WireOversizeError(`the answer is ${bytes.byteLength} bytes, ${maxBytes} are allowed`)
      this.plain.send(bytes)
    }
    this.close(LINGER_MS)
  }

  /** All was said. */
  close (graceMs: number): void {
    if (this.#over) return
    this.#end()
    this.plain.finish(this.#clock, graceMs, STALLED_MS)
  }

  fail (code: string, message: string): void {
    if (this.#over) return
    this.#end()
    this.#signal.abort(new WireAbortedError(`the call has failed: ${code}`))
    this.#onLeft?.()
    this.plain.fail(code, message, this.#clock, LINGER_MS)
  }

  /** The caller has said that it left. */
  leave (reason: Error): void {
    this.ended(reason)
    this.plain.finish(this.#clock, LINGER_MS)
  }

  /** Ends it here and now. */
  stop (reason: Error): void {
    this.ended(reason)
    this.plain.abort(reason)
  }

  /** The stream is gone. */
  ended (reason: Error): void {
    this.silence.clear()
    this.#signal.abort(reason)
    if (this.#over) return
    this.#end()
    this.#onLeft?.()
  }

  #end (): void {
    this.#over = true
    this.silence.clear()
  }
}
