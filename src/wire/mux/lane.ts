/** What can stand in one lane at a time. */
export interface LaneItem {
  lane?: Lane<LaneItem>
  before?: LaneItem
  after?: LaneItem
}

/** One lane for each level. */
export type Lanes<T extends LaneItem> = readonly [Lane<T>, Lane<T>, Lane<T>]

/** First in, first out, and out of the middle at no cost. Nothing is allocated for an item. */
export class Lane<T extends LaneItem> {
  #first?: T
  #last?: T
  #size = 0

  get size (): number {
    return this.#size
  }

  get first (): T | undefined {
    return this.#first
  }

  push (item: T): void {
    item.lane = this as unknown as Lane<LaneItem>
    item.before = this.#last
    item.after = undefined
    if (this.#last == null) this.#first = item
    else this.#last.after = item
    this.#last = item
    this.#size++
  }

  /** Whether it stood here. */
  remove (item: T): boolean {
    if (item.lane !== this as unknown) return false
    const before = item.before as T | undefined
    const after = item.after as T | undefined
    if (before == null) this.#first = after
    else before.after = after
    if (after == null) this.#last = before
    else after.before = before
    item.lane = item.before = item.after = undefined
    this.#size--
    return true
  }

  /** First to last. The item that was given last may be removed meanwhile, and pushed to another lane. */
  * [Symbol.iterator] (): IterableIterator<T> {
    for (let item = this.#first; item != null;) {
      const after = item.after as T | undefined
      yield item
      item = after
    }
  }
}

export function lanes<T extends LaneItem> (): Lanes<T> {
  return [new Lane<T>(), new Lane<T>(), new Lane<T>()]
}
