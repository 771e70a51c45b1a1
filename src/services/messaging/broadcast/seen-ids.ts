import { BoundedMap } from '../../../util/bounded-map.ts'

interface Seen {
  author: string
  sentMs: number
  expiresMs: number
}

const MAX_AUTHORS = 4_096

/**
 * Which broadcasts have been here, until they expire: gossipsub forgets them after two minutes, and would take whoever sends
 * one again for its first bearer. When there are too many, the oldest are forgotten, and with each all that its author said
 * before it is of no use any more: so nothing is taken twice.
 */
export class SeenIds {
  readonly #capacity: number
  // oldest first
  readonly #seen = new Map<string, Seen>()
  /** What an author sent up to then is not taken. */
  readonly #floors = new BoundedMap<string, number>(MAX_AUTHORS)

  constructor (capacity: number) {
    this.#capacity = capacity
  }

  get size (): number {
    return this.#seen.size
  }

  get floors (): number {
    return this.#floors.size
  }

  /** False when it has been here before. */
  claim (author: string, id: string, { sentMs, expiresMs }: { sentMs: number, expiresMs: number }): boolean {
    const key = `${author} ${id}`
    if (this.#seen.has(key) || sentMs <= (this.#floors.get(author) ?? -Infinity)) return false
    this.#seen.set(key, { author, sentMs, expiresMs })
    for (const [oldest, seen] of this.#seen) {
      if (this.#seen.size <= this.#capacity) break
      this.#seen.delete(oldest)
      this.#floors.set(seen.author, Math.max(seen.sentMs, this.#floors.get(seen.author) ?? -Infinity))
    }
    return true
  }

  /** Forgets what has expired; `maxLifetimeMs` after what was sent last of it, an author's floor, too. */
  sweep (nowMs: number, maxLifetimeMs: number): void {
    for (const [key, { expiresMs }] of this.#seen) {
      if (expiresMs <= nowMs) this.#seen.delete(key)
    }
    for (const [author, floorMs] of this.#floors) {
      if (floorMs + maxLifetimeMs <= nowMs) this.#floors.delete(author)
    }
  }
}
