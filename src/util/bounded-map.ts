/** A map that forgets its oldest entry when it is full. To set an entry again makes it the newest. */
export class BoundedMap<K, V> {
  // oldest first
  readonly #entries = new Map<K, V>()
  readonly #capacity: number

  constructor (capacity: number) {
    this.#capacity = capacity
  }

  get size (): number {
    return this.#entries.size
  }

  get (key: K): V | undefined {
    return this.#entries.get(key)
  }

  set (key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break
      this.#entries.delete(oldest)
    }
  }

  delete (key: K): void {
    this.#entries.delete(key)
  }

  clear (): void {
    this.#entries.clear()
  }

  /** Oldest first; entries may be deleted meanwhile. */
  [Symbol.iterator] (): IterableIterator<[K, V]> {
    return this.#entries[Symbol.iterator]()
  }
}
