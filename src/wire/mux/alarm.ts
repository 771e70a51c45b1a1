import type { Clock, Timer } from '../../util/clock.ts'

/** One timer for many deadlines: to set a later one than the next costs a comparison. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: (nowMs: number) => void
  #timer?: Timer
  #dueMs = Infinity

  /** @param ring - looks for what is due, and sets the alarm for what comes after it */
  constructor (clock: Clock, ring: (nowMs: number) => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at this moment of the monotonic clock, or before. */
  set (dueMs: number): void {
    if (dueMs >= this.#dueMs) return
    this.#timer?.cancel()
    this.#dueMs = dueMs
    this.#timer = this.#clock.after(Math.max(1, dueMs - this.#clock.monotonic()), () => {
      this.#dueMs = Infinity
      this.#ring(this.#clock.monotonic())
    })
  }

  clear (): void {
    this.#timer?.cancel()
    this.#dueMs = Infinity
  }
}
