/** A binary heap whose values can be taken out by key. Everything but `peek` and `size` takes O(log n). */
export class KeyedHeap<V> {
  readonly #compare: (a: V, b: V) => number
  readonly #items: Array<{ key: string, value: V }> = []
  readonly #at = new Map<string, number>()

  /** @param compare - negative when `a` comes first */
  constructor (compare: (a: V, b: V) => number) {
    this.#compare = compare
  }

  get size (): number {
    return this.#items.length
  }

  peek (): V | undefined {
    return this.#items[0]?.value
  }

  set (key: string, value: V): void {
    this.delete(key)
    this.#items.push({ key, value })
    this.#settle(this.#items.length - 1)
  }

  delete (key: string): boolean {
    const at = this.#at.get(key)
    if (at == null) return false
    this.#at.delete(key)
    const last = this.#items.pop()
    if (last != null && at < this.#items.length) {
      this.#items[at] = last
      this.#settle(at)
    }
    return true
  }

  /** Moves the item at `start`, whose neighbours may be out of order with it, to where it belongs. */
  #settle (start: number): void {
    const item = this.#items[start]
    if (item == null) return
    let at = start
    for (let up = (at - 1) >> 1; at > 0 && this.#isBefore(item, up); up = (at - 1) >> 1) at = this.#put(at, up)
    for (let down = this.#child(at); down != null && !this.#isBefore(item, down); down = this.#child(at)) at = this.#put(at, down)
    this.#items[at] = item
    this.#at.set(item.key, at)
  }

  #isBefore (item: { value: V }, index: number): boolean {
    const other = this.#items[index]
    return other == null || this.#compare(item.value, other.value) < 0
  }

  /** The item at `from` goes to `to`; gives the place that is free now. */
  #put (to: number, from: number): number {
    const moved = this.#items[from]
    if (moved != null) {
      this.#items[to] = moved
      this.#at.set(moved.key, to)
    }
    return from
  }

  /** The child that comes first. */
  #child (index: number): number | undefined {
    const [left, right] = [2 * index + 1, 2 * index + 2]
    const first = this.#items[left]
    if (first == null) return undefined
    return this.#items[right] != null && this.#isBefore(this.#items[right], left) ? right : left
  }
}
