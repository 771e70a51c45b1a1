import type { Clock, Timer } from '../../util/clock.ts'

/** Notices when nothing happens for too long. To say that something did costs no timer. */
export class Silence {
  readonly #clock: Clock
  readonly #onSilent: (ms: number) => void
  #timer?: Timer
  #firesMs = Infinity
  #dueMs = Infinity
  #limitMs = 0

  constructor (clock: Clock, onSilent: (ms: number) => void) {
    this.#clock = clock
    this.#onSilent = onSilent
  }

  /** From now on, something has to happen within `ms`. */
  expect (ms: number): void {
    this.#limitMs = ms
    const nowMs = this.#clock.monotonic()
    this.#dueMs = nowMs + ms
    if (this.#firesMs > this.#dueMs) this.#set(nowMs)
  }

  /** Something has happened, and more is expected if it was before. */
  heard (): void {
    if (this.#dueMs !== Infinity) this.#dueMs = this.#clock.monotonic() + this.#limitMs
  }

  /** Nothing is expected for now. */
  ease (): void {
    this.#dueMs = Infinity
  }

  clear (): void {
    this.ease()
    this.#timer?.cancel()
    this.#firesMs = Infinity
  }

  #set (nowMs: number): void {
    this.#timer?.cancel()
    this.#firesMs = this.#dueMs
    this.#timer = this.#clock.after(this.#dueMs - nowMs, () => {
      this.#firesMs = Infinity
      if (this.#dueMs === Infinity) return
      const laterMs = this.#clock.monotonic()
      if (laterMs < this.#dueMs) this.#set(laterMs)
      else {
        this.#dueMs = Infinity
        this.#onSilent(this.#limitMs)
      }
    })
  }
}
