import { BoundedMap } from '../../util/bounded-map.ts'
import type { Clock } from '../../util/clock.ts'

export interface FreshCacheInit {
  clock: Clock
  /** Another number makes everything stale. */
  version (): number
  /** Milliseconds that a value is good for. @default 250 */
  maxAgeMs?: number
  /** Values kept. @default 16 */
  capacity?: number
}

/** What takes long to make, kept for a moment: however many ask, it is made a few times a second. */
export class FreshCache<V> {
  readonly #init: FreshCacheInit
  readonly #maxAgeMs: number
  readonly #kept: BoundedMap<string, { value: V, version: number, madeMs: number }>

  constructor (init: FreshCacheInit) {
    this.#init = init
    this.#maxAgeMs = init.maxAgeMs ?? 250
    this.#kept = new BoundedMap(init.capacity ?? 16)
  }

  get size (): number {
    return this.#kept.size
  }

  get (key: string, make: () => V): V {
    const nowMs = this.#init.clock.monotonic()
    const version = this.#init.version()
    const kept = this.#kept.get(key)
    if (kept?.version === version && nowMs - kept.madeMs <= this.#maxAgeMs) return kept.value
    const value = make()
    this.#kept.set(key, { value, version, madeMs: nowMs })
    return value
  }
}
