import { BoundedMap } from '../util/bounded-map.ts'
import { systemClock } from '../util/clock.ts'
import type { Clock } from '../util/clock.ts'

export interface RateLimiterInit {
  /** Tokens a bucket gains a second. */
  perSecond: number
  /** Tokens a full bucket holds. */
  burst: number
  /** Buckets remembered; the one used longest ago is forgotten first, and is then full again. @default 1024 */
  maxKeys?: number
  clock?: Clock
}

interface Bucket {
  tokens: number
  updatedMs: number
}

/** Token buckets by key. An unknown key has a full bucket. */
export class RateLimiter {
  readonly #perMs: number
  readonly #burst: number
  readonly #clock: Clock
  // in order of use
  readonly #buckets: BoundedMap<string, Bucket>

  constructor ({ perSecond, burst, maxKeys = 1024, clock = systemClock }: RateLimiterInit) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#clock = clock
    this.#buckets = new BoundedMap(maxKeys)
  }

  /** Buckets remembered. */
  get size (): number {
    return this.#buckets.size
  }

  /** Takes `cost` tokens from the key's bucket if it has them; false takes none. */
  take (key: string, cost = 1): boolean {
    const bucket = this.#refilled(key)
    const enough = bucket.tokens >= cost
    if (enough) bucket.tokens -= cost
    this.#buckets.set(key, bucket)
    return enough
  }

  /** Tokens in the key's bucket now. */
  available (key: string): number {
    return this.#refilled(key).tokens
  }

  #refilled (key: string): Bucket {
    const nowMs = this.#clock.monotonic()
    const bucket = this.#buckets.get(key)
    if (bucket == null) return { tokens: this.#burst, updatedMs: nowMs }
    const tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.updatedMs) * this.#perMs)
    return { tokens, updatedMs: nowMs }
  }
}
