import { CLOCK_JUMP_MS } from './constants.ts'
import type { Clock } from '../../util/clock.ts'

/** Tells from beat to beat whether the machine slept or its clock was set. */
export class ClockWatch {
  readonly #clock: Clock
  readonly #intervalMs: number
  #wallMs = 0
  #monotonicMs = 0

  constructor (clock: Clock, intervalMs: number) {
    this.#clock = clock
    this.#intervalMs = intervalMs
  }

  start (): void {
    this.#wallMs = this.#clock.now()
    this.#monotonicMs = this.#clock.monotonic()
  }

  /** Call once a beat; returns the gap in milliseconds when there was one. A monotonic clock stands still in sleep on some systems and runs on in others: both are seen. */
  beat (): number | undefined {
    const wall = this.#clock.now() - this.#wallMs
    const monotonic = this.#clock.monotonic() - this.#monotonicMs
    this.start()
    const gap = Math.max(Math.abs(wall - monotonic), wall - this.#intervalMs, monotonic - this.#intervalMs)
    return gap >= CLOCK_JUMP_MS ? gap : undefined
  }
}
