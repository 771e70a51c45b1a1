import { backoffMs } from '../../util/backoff.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { ISOLATED_MAX_RETRY_MS, MAX_REMEMBERED } from './constants.ts'
import type { BackoffLimits } from '../../util/backoff.ts'
import type { Rng } from '../../util/rng.ts'

/** A node without a working link does not wait as long. */
export function retryLimits (limits: BackoffLimits, lone: boolean): BackoffLimits {
  return lone ? { ...limits, maxMs: Math.min(limits.maxMs, ISOLATED_MAX_RETRY_MS) } : limits
}

interface Remembered {
  /** In a row, for the backoff. */
  failures: number
  /** Those of them that were the peer's own. */
  blamed: number
  /** Of the last one. */
  failedMs: number
  dueMs: number
}

/** When each peer that failed, or sent us away, may be dialled again. Times are monotonic milliseconds. */
export class Retries {
  readonly #peers = new BoundedMap<string, Remembered>(MAX_REMEMBERED)
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

  lastFailureMs (id: string): number | undefined {
    return this.#peers.get(id)?.failedMs
  }

  /** `excused`: it is rather this node that cannot reach anybody; then the wait is a minute at most. Returns the failures in a row that are not. */
  failed (id: string, nowMs: number, excused: boolean): number {
    const before = this.#peers.get(id)
    const failures = (before?.failures ?? 0) + 1
    const after = {
      failures,
      blamed: (before?.blamed ?? 0) + (excused ? 0 : 1),
      failedMs: nowMs,
      dueMs: nowMs + backoffMs(failures, retryLimits(this.#limits, excused), this.#rng)
    }
    this.#peers.set(id, after)
    return after.blamed
  }

  /** It said not to come back for so long; some jitter keeps the crowd apart. */
  coolDown (id: string, nowMs: number, waitMs: number): void {
    const { failures = 0, blamed = 0 } = this.#peers.get(id) ?? {}
    this.#peers.set(id, { failures, blamed, failedMs: nowMs, dueMs: nowMs + waitMs * (1 + this.#rng.float() / 4) })
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
