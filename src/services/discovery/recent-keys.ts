import { BoundedMap } from '../../util/bounded-map.ts'
import type { Clock } from '../../util/clock.ts'

export interface RecentKeysInit {
  clock: Clock
  /** How long a key stays claimed. */
  windowMs: number
  /** Keys remembered; the oldest is forgotten first. */
  maxKeys: number
}

/** Lets every key through once per window, in bounded memory. */
export class RecentKeys {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #claimedMs: BoundedMap<string, number>

  constructor ({ clock, windowMs, maxKeys }: RecentKeysInit) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#claimedMs = new BoundedMap(maxKeys)
  }

  get size (): number {
    return this.#claimedMs.size
  }

  has (key: string): boolean {
    const claimedMs = this.#claimedMs.get(key)
    return claimedMs != null && this.#clock.monotonic() - claimedMs < this.#windowMs
  }

  /** True when the key was free: it is claimed from now on. */
  claim (key: string): boolean {
    if (this.has(key)) return false
    this.#claimedMs.set(key, this.#clock.monotonic())
    return true
  }

  /** The key is free again. */
  release (key: string): void {
    this.#claimedMs.delete(key)
  }
}
