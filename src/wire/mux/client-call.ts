import { END } from './frame.ts'
import type { Assembly } from './assembly.ts'
import type { Kind } from './frame.ts'
import type { Lane, LaneItem } from './lane.ts'
import type { Level } from './places.ts'
import type { OutgoingFrames } from './writer.ts'
import type { WireError } from '../errors.ts'

const NOT_BEGUN = -1

/** A call of this side: its request as it is sent, and whoever waits for the answer. */
export class ClientCall implements OutgoingFrames {
  readonly level: Level
  readonly payload: Uint8Array
  readonly kind: Kind = END
  readonly timeoutMs: number
  readonly deadlineMs: number
  /** Given when its first frame goes out, so that ids appear on the stream in order. */
  id = NOT_BEGUN
  sent = 0
  lane?: Lane<LaneItem>
  before?: LaneItem
  after?: LaneItem
  /** It holds one of the places of calls in flight. */
  inFlight = false
  /** What has come of an answer in pieces. */
  answer?: Assembly
  readonly #resolve: (answer: Uint8Array) => void
  readonly #reject: (error: WireError) => void
  #unbind?: () => void

  constructor (payload: Uint8Array, level: Level, timeoutMs: number, nowMs: number, resolve: (answer: Uint8Array) => void, reject: (error: WireError) => void) {
    this.payload = payload
    this.level = level
    this.timeoutMs = timeoutMs
    this.deadlineMs = nowMs + timeoutMs
    this.#resolve = resolve
    this.#reject = reject
  }

  get begun (): boolean {
    return this.id !== NOT_BEGUN
  }

  bind (signal: AbortSignal, onAbort: () => void): void {
    signal.addEventListener('abort', onAbort, { once: true })
    this.#unbind = () => { signal.removeEventListener('abort', onAbort) }
  }

  settle (result: Uint8Array | WireError): void {
    this.#unbind?.()
    this.answer = undefined
    if (result instanceof Uint8Array) this.#resolve(result)
    else this.#reject(result)
  }
}
