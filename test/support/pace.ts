import { setTimeout } from 'node:timers/promises'

/** The rhythm of a load or of a look: at most one beat every `everyMs`. What is waited for is never what happens between two. */
export class Pace {
  readonly #everyMs: number
  #dueMs = -Infinity

  constructor (everyMs: number) {
    this.#everyMs = everyMs
  }

  /** The next beat: the first is at once, a late one is not made up for. Everybody else has a turn before. */
  async beat (): Promise<void> {
    const nowMs = performance.now()
    this.#dueMs = Math.max(nowMs, this.#dueMs)
    await setTimeout(this.#dueMs - nowMs)
    this.#dueMs += this.#everyMs
  }
}
