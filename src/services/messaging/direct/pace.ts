import { PACE, SLOW_MS, SLOW_PACE } from './constants.ts'

/** How fast messages go to one peer: below the rate that it takes, and below a quarter of it for a while after it said that it is too much. */
export class Pace {
  #rate = PACE
  #tokens = PACE.burst
  #updatedMs = -Infinity
  #slowUntilMs = -Infinity

  /** False when it has to wait. */
  take (nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  /** Until one may go. */
  get waitMs (): number {
    return Math.max(0, 1 - this.#tokens) * 1_000 / this.#rate.perSecond
  }

  slowDown (nowMs: number): void {
    this.#refill(nowMs)
    this.#slowUntilMs = nowMs + SLOW_MS
    this.#rate = SLOW_PACE
    this.#tokens = 0
  }

  #refill (nowMs: number): void {
    if (this.#rate === SLOW_PACE && nowMs >= this.#slowUntilMs) this.#rate = PACE
    const { perSecond, burst } = this.#rate
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#updatedMs) * perSecond / 1_000)
    this.#updatedMs = nowMs
  }
}
