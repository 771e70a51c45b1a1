import { WireBusyError, WireRateLimitedError, WireTimeoutError } from '../../wire/errors.ts'
import { lanes } from '../../wire/mux/lane.ts'
import { levelOf } from '../../wire/mux/places.ts'
import { MAX_WAITING } from './constants.ts'
import { within } from './within.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { LaneItem } from '../../wire/mux/lane.ts'
import type { Priority } from '../../wire/mux/priority.ts'

/** Less than the rate: what leaves in time may arrive closer together. */
const RATE_SHARE = 0.95
const BURST_SHARE = 0.9
/** Once the other side says that it is too much: a peer that is discouraged has a quarter, and is not told so. */
const FIRST_CUT = 0.25
/** If that is still too much: the other side may have another rate. */
const CUT = 0.5
const MIN_SHARE = 1 / 64
/** What is refused at once was sent at once, and is one cut. */
const CUT_EVERY_MS = 1_000
/** Without a refusal for so long, twice as much is tried. */
const MEND_MS = 60_000

interface Turn extends LaneItem { resolve: () => void, reject: (err: Error) => void }

/** How often one peer is called by one protocol: calls over its rate wait here, so that nobody is charged for a burst. */
export class Pace {
  readonly #rate: { perSecond: number, burst: number }
  readonly #clock: Clock
  readonly #turns = lanes<Turn>()
  #waiting = 0
  #share = 1
  #cutMs = -Infinity
  #perMs: number
  #most: number
  #tokens: number
  #filledMs: number
  #timer?: Timer

  constructor (rate: { perSecond: number, burst: number }, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
    this.#filledMs = clock.monotonic()
    this.#perMs = rate.perSecond * RATE_SHARE / 1_000
    this.#tokens = this.#most = Math.max(1, rate.burst * BURST_SHARE)
  }

  /** Calls that wait. */
  get waiting (): number {
    return this.#waiting
  }

  /** True when a call may be made at once; it counts then. */
  take (nowMs: number): boolean {
    if (this.#waiting > 0) return false
    this.#fill(nowMs)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /**
   * Resolves when a call may be made, which counts then. Rejects with `WireRateLimitedError` when that is not in time, and at once
   * when it cannot be, with `WireBusyError` when too many wait, and with `WireAbortedError`.
   */
  async turn (timeoutMs: number, signal?: AbortSignal, priority: Priority = 'normal'): Promise<void> {
    if (this.take(this.#clock.monotonic())) return
    if (this.#waiting >= MAX_WAITING) throw new WireBusyError(`${this.#waiting} calls wait to be made: wait for some to end`)
    if ((this.#waiting + 1 - this.#tokens) / this.#perMs > timeoutMs) throw late(timeoutMs)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const turn: Turn = { resolve, reject }
    this.#turns[levelOf(priority)].push(turn)
    this.#waiting++
    this.#timer ??= this.#clock.after(this.#dueInMs, this.#onTimer)
    try {
      await within(promise, this.#clock, timeoutMs, signal)
    } catch (err) {
      for (const lane of this.#turns) if (lane.remove(turn)) this.#left()
      throw err instanceof WireTimeoutError ? late(timeoutMs) : err
    }
  }

  /** The other side says that it was too much. */
  slow (): void {
    const nowMs = this.#clock.monotonic()
    this.#fill(nowMs)
    this.#tokens = 0
    if (nowMs - this.#cutMs < CUT_EVERY_MS) return
    this.#cutMs = nowMs
    this.#setShare(this.#share === 1 ? FIRST_CUT : this.#share * CUT)
  }

  /** Whoever waits is told. */
  stop (reason: Error): void {
    for (const lane of this.#turns) {
      for (const turn of lane) {
        lane.remove(turn)
        this.#left()
        turn.reject(reason)
      }
    }
  }

  get #dueInMs (): number {
    return Math.max(1, (1 - this.#tokens) / this.#perMs)
  }

  #fill (nowMs: number): void {
    if (this.#share < 1 && nowMs - this.#cutMs >= MEND_MS) {
      this.#cutMs = nowMs
      this.#setShare(this.#share * 2)
    }
    this.#tokens = Math.min(this.#most, this.#tokens + (nowMs - this.#filledMs) * this.#perMs)
    this.#filledMs = nowMs
  }

  #setShare (share: number): void {
    const { perSecond, burst } = this.#rate
    this.#share = Math.min(1, Math.max(MIN_SHARE, share))
    this.#perMs = perSecond * RATE_SHARE * this.#share / 1_000
    this.#most = Math.max(1, burst * BURST_SHARE * this.#share)
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.#fill(this.#clock.monotonic())
    for (const lane of this.#turns) {
      for (let turn = lane.first; turn != null && this.#tokens >= 1; turn = lane.first) {
        lane.remove(turn)
        this.#left()
        this.#tokens--
        turn.resolve()
      }
    }
    if (this.#waiting > 0) this.#timer = this.#clock.after(this.#dueInMs, this.#onTimer)
  }

  #left (): void {
    this.#waiting--
    if (this.#waiting > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

function late (timeoutMs: number): WireRateLimitedError {
  return new WireRateLimitedError(`more calls than the rate allows wait already: this one could not be made within ${timeoutMs} ms`)
}
