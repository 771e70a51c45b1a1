import { nextEvent } from '../wait.ts'
import type { Sighting } from '../index.ts'

/** From events to an iteration, in bounded memory: when it is full the oldest goes. */
export class SightingQueue extends EventTarget {
  readonly #max: number
  readonly #items: Sighting[] = []
  #dropped = 0

  constructor (max: number) {
    super()
    this.#max = max
  }

  get size (): number {
    return this.#items.length
  }

  /** Thrown away because nobody took them in time. */
  get dropped (): number {
    return this.#dropped
  }

  push (sighting: Sighting): void {
    if (this.#items.length >= this.#max) {
      this.#items.shift()
      this.#dropped++
    }
    this.#items.push(sighting)
    this.dispatchEvent(new Event('push'))
  }

  /** All there is and will be; throws the signal's reason when it aborts. */
  async * take (signal: AbortSignal): AsyncGenerator<Sighting, never, void> {
    while (true) {
      signal.throwIfAborted()
      const sighting = this.#items.shift()
      if (sighting == null) await nextEvent(signal, [this, 'push'])
      else yield sighting
    }
  }
}
