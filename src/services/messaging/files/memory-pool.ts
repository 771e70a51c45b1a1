/** Things that cost much to make, to be used again; at most so many. */
export class MemoryPool<T> {
  readonly #free: T[] = []
  readonly #make: () => T
  readonly #capacity: number

  constructor (capacity: number, make: () => T) {
    this.#capacity = capacity
    this.#make = make
  }

  take (): T {
    return this.#free.pop() ?? this.#make()
  }

  give (item: T): void {
    if (this.#free.length < this.#capacity) this.#free.push(item)
  }
}
