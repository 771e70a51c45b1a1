import { SignedManifest } from '../pb/shards.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Vouched } from '../parts.ts'

interface Introduction {
  chain: Vouched[]
  bytes: number
  untilMs: number
}

/** Vaults that this node may become a holder of, and all their manifests: more are forgotten, the oldest first, and shown again. */
const MAX_INTRODUCTIONS = 64
const MAX_BYTES = 32 * 1_048_576
/** A change that one is for takes seconds. */
const KEPT_MS = 10 * 60_000

/** Chains that are too long for one request, as far as they have been shown and hold. In memory only. */
export class Introductions {
  readonly #clock: Clock
  readonly #known = new Map<string, Introduction>()
  #bytes = 0

  constructor (clock: Clock) {
    this.#clock = clock
  }

  get gauges (): Record<string, number> {
    return { introductions: this.#known.size, introductionBytes: this.#bytes }
  }

  /** Ascending by seq; empty where nothing has been shown. */
  of (id: string): readonly Vouched[] {
    const known = this.#known.get(id)
    return known == null || known.untilMs < this.#clock.monotonic() ? [] : known.chain
  }

  set (id: string, chain: Vouched[]): void {
    this.delete(id)
    const bytes = chain.reduce((sum, { signed }) => sum + SignedManifest.encode(signed).byteLength, 0)
    this.#known.set(id, { chain, bytes, untilMs: this.#clock.monotonic() + KEPT_MS })
    this.#bytes += bytes
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_INTRODUCTIONS && this.#bytes <= MAX_BYTES) break
      this.delete(oldest)
    }
  }

  delete (id: string): void {
    this.#bytes -= this.#known.get(id)?.bytes ?? 0
    this.#known.delete(id)
  }
}
