import { BoundedMap } from '../../util/bounded-map.ts'
import { MAX_DECISIONS, MAX_EXPLAINED } from './constants.ts'
import type { Decision } from './index.ts'

/** The last decisions about a peer or an address, for those asked about most recently, and how many refusals there were. */
export class DecisionLog {
  readonly #refusals: Record<string, number> = {}
  readonly #decisions = new BoundedMap<string, Decision[]>(MAX_EXPLAINED)

  get size (): number {
    return this.#decisions.size
  }

  note (key: string, decision: Decision): void {
    const known = this.#decisions.get(key) ?? []
    known.push(decision)
    if (known.length > MAX_DECISIONS) known.shift()
    this.#decisions.set(key, known)
  }

  /** By where. */
  get refusals (): Record<string, number> {
    return { ...this.#refusals }
  }

  /** A refusal. */
  count (where: string): void {
    this.#refusals[where] = (this.#refusals[where] ?? 0) + 1
  }

  /** Latest first. */
  get (key: string): Decision[] {
    return (this.#decisions.get(key) ?? []).toReversed()
  }
}
