import { backoffMs } from '../../util/backoff.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { ISOLATED_MAX_RETRY_MS, MAX_REMEMBERED } from './constants.ts'
import type { BackoffLimits } from '../../util/backoff.ts'
import type { Rng } from '../../util/rng.ts'

/** A node without any connection does not wait as long. */
export function retryLimits (limits: BackoffLimits, isolated: boolean): BackoffLimits {
  return isolated ? { ...limits, maxMs: Math.min(limits.maxMs, ISOLATED_MAX_RETRY_MS) } : limits
}

/** When each peer that failed, or sent us away, may be dialled again. Times are monotonic milliseconds. */
export class Retries {
  readonly #peers = new BoundedMap<string, { failures: number, dueMs: number }>(MAX_REMEMBERED)
  readonly #limits: BackoffLimits
  readonly #rng: Rng

  constructor (limits: BackoffLimits, rng: Rng) {
    this.#limits = limits
    this.#rng = rng
  }

  get size (): number {
    return this.#peers.size
  }

  isDue (id: string, nowMs: number): boolean {
    return (this.#peers.get(id)?.dueMs ?? 0) <= nowMs
  }

  /** Returns the number of failures in a row. */
  failed (id: string, nowMs: number, isolated: boolean): number {
    const failures = (this.#peers.get(id)?.failures ?? 0) + 1
    this.#peers.set(id, { failures, dueMs: nowMs + backoffMs(failures, retryLimits(this.#limits, isolated), this.#rng) })
    return failures
  }

  /** It said not to come back for so long; some jitter keeps the crowd apart. */
  coolDown (id: string, nowMs: number, waitMs: number): void {
    const failures = this.#peers.get(id)?.failures ?? 0
    this.#peers.set(id, { failures, dueMs: nowMs + waitMs * (1 + this.#rng.float() / 4) })
  }

  /** A connection that held for a while ended: the count begins anew. */
  forget (id: string): void {
    this.#peers.delete(id)
  }

  /** After a sleep, or alone: everybody may be tried again at once. */
  reset (): void {
    this.#peers.clear()
  }
}
