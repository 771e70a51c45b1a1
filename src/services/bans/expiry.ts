import { MAX_EXPIRY_WAIT_MS } from './constants.ts'
import type { Clock, Timer } from '../../util/clock.ts'

export interface ExpiryInit {
  clock: Clock
  /** When the next ban ends, of those that do; milliseconds since 1970. */
  next (): number | undefined
  onDue (): void
}

/** One timer for all bans: for the one that ends next. */
export class Expiry {
  readonly #init: ExpiryInit
  #running = false
  #set: { timer: Timer, untilMs: number } | undefined

  constructor (init: ExpiryInit) {
    this.#init = init
  }

  start (): void {
    this.#running = true
    this.arm()
  }

  stop (): void {
    this.#running = false
    this.#set?.timer.cancel()
    this.#set = undefined
  }

  /** Another one may be next now. */
  arm (): void {
    const { clock, next, onDue } = this.#init
    const untilMs = next()
    if (!this.#running || untilMs === this.#set?.untilMs) return
    this.#set?.timer.cancel()
    this.#set = undefined
    if (untilMs == null) return
    const timer = clock.after(Math.min(Math.max(0, untilMs - clock.now()), MAX_EXPIRY_WAIT_MS), () => {
      this.#set = undefined
      onDue()
      this.arm()
    })
    this.#set = { timer, untilMs }
  }
}
