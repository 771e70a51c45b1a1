import { BoundedMap } from '../../../util/bounded-map.ts'
import type { Clock } from '../../../util/clock.ts'

const HOUR_MS = 3_600_000

interface Bucket {
  tokens: number
  updatedMs: number
}

/** Token buckets whose rate is each caller's own. The one used longest ago is forgotten first, and is full again then. */
export class Budgets {
  readonly #clock: Clock
  readonly #buckets: BoundedMap<string, Bucket>

  constructor (clock: Clock, maxKeys: number) {
    this.#clock = clock
    this.#buckets = new BoundedMap(maxKeys)
  }

  get size (): number {
    return this.#buckets.size
  }

  /** Takes `cost` tokens and gives 0; or takes none and gives the milliseconds until they are there. A bucket holds `burst`. */
  take (key: string, perHour: number, burst: number, cost = 1): number {
    const nowMs = this.#clock.monotonic()
    const { tokens, updatedMs } = this.#buckets.get(key) ?? { tokens: burst, updatedMs: nowMs }
    const refilled = Math.min(burst, tokens + (nowMs - updatedMs) * perHour / HOUR_MS)
    const left = refilled - cost
    this.#buckets.set(key, { tokens: left < 0 ? refilled : left, updatedMs: nowMs })
    return left < 0 ? Math.ceil(-left * HOUR_MS / perHour) : 0
  }
}
