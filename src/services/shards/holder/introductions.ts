import { SignedManifest } from '../pb/shards.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Vouched } from '../parts.ts'

interface Introduction {
  by: string
  chain: Vouched[]
  bytes: number
  untilMs: number
}

/** Vaults that this node may become a holder of, and all their manifests: more are forgotten, the oldest first, and shown again. */
const MAX_INTRODUCTIONS = 64
const MAX_BYTES = 32 * 1_048_576
/** Of one peer's, whoever it is. */
const MAX_PER_PEER = 4
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

  /** Ascending by seq; empty where that peer has shown nothing. */
  of (by: string, id: string): readonly Vouched[] {
    const known = this.#known.get(keyOf(by, id))
    return known == null || known.untilMs < this.#clock.monotonic() ? [] : known.chain
  }

  /** Each peer has its own: nobody else's is replaced, and its first go before those of others. */
  set (by: string, id: string, chain: Vouched[]): void {
    const key = keyOf(by, id)
    this.#delete(key)
    const bytes = chain.reduce((sum, { signed }) => sum + SignedManifest.encode(signed).byteLength, 0)
    this.#known.set(key, { by, chain, bytes, untilMs: this.#clock.monotonic() + KEPT_MS })
    this.#bytes += bytes
    const own = [...this.#known].filter(([, known]) => known.by === by).map(([key]) => key)
    for (const oldest of own.slice(0, Math.max(0, own.length - MAX_PER_PEER))) this.#delete(oldest)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_INTRODUCTIONS && this.#bytes <= MAX_BYTES) break
      this.#delete(oldest)
    }
  }

  #delete (key: string): void {
    this.#bytes -= this.#known.get(key)?.bytes ?? 0
    this.#known.delete(key)
  }
}

function keyOf (by: string, id: string): string {
  return `${by}/${id}`
}
