import type { Clock, Timer } from '../../util/clock.ts'

/** Timers that end together. */
export class Timers {
  readonly #clock: Clock
  readonly #pending = new Set<Timer>()

  constructor (clock: Clock) {
    this.#clock = clock
  }

  get size (): number {
    return this.#pending.size
  }

  after (ms: number, fn: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#pending.delete(timer)
      fn()
    })
    this.#pending.add(timer)
  }

  every (ms: number, fn: () => void): void {
    this.#pending.add(this.#clock.every(ms, fn))
  }

  clear (): void {
    for (const timer of this.#pending) timer.cancel()
    this.#pending.clear()
  }
}
