/** A set that is gone through in the order in which things were put into it, a step at a time, however it changes meanwhile. */
export class Rotation<T> {
  readonly #items = new Set<T>()
  // one iterator for good: a fresh one would walk over all the holes that deletions leave at the front
  #hand = this.#items.values()

  get size (): number {
    return this.#items.size
  }

  /** Puts it last, also when it is in already. */
  put (item: T): void {
    this.#items.delete(item)
    this.#items.add(item)
  }

  delete (item: T): void {
    this.#items.delete(item)
  }

  has (item: T): boolean {
    return this.#items.has(item)
  }

  /** The next one, which stays in; the first again after the last; undefined when there is none. */
  next (): T | undefined {
    const { done, value } = this.#hand.next()
    if (done !== true) return value
    this.#hand = this.#items.values()
    return this.#hand.next().value
  }

  [Symbol.iterator] (): IterableIterator<T> {
    return this.#items.values()
  }
}
