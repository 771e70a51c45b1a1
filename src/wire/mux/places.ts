import { PRIORITIES } from './priority.ts'
import type { Priority } from './priority.ts'

/** 0 goes first. */
export type Level = 0 | 1 | 2

export function levelOf (priority: Priority): Level {
  return PRIORITIES.indexOf(priority) as Level
}

/**
 * A number of places, of which the lower levels can never hold all: `apart` are kept for the highest, and as many for the
 * upper two.
 */
export class Places {
  readonly #held: [number, number, number] = [0, 0, 0]
  readonly #all: number
  readonly #apart: number

  constructor (all: number, apart: number) {
    this.#all = all
    this.#apart = apart
  }

  get held (): number {
    return this.#held[0] + this.#held[1] + this.#held[2]
  }

  /** False when there is none for this level. */
  take (level: Level): boolean {
    const [, normal, low] = this.#held
    const all = this.#all
    if (this.held >= all) return false
    if (level > 0 && normal + low >= all - this.#apart) return false
    if (level > 1 && low >= all - 2 * this.#apart) return false
    this.#held[level]++
    return true
  }

  release (level: Level): void {
    this.#held[level]--
  }
}
