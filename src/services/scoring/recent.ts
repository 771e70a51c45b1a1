/** What happened within a span of time, at most so many, the oldest first. */
export class Recent<T extends { atMs: number }> {
  #items: T[] = []
  /** Those before it have passed. */
  #first = 0
  readonly #spanMs: number
  readonly #capacity: number

  constructor (spanMs: number, capacity: number) {
    this.#spanMs = spanMs
    this.#capacity = capacity
  }

  get size (): number {
    return this.#items.length - this.#first
  }

  add (item: T): void {
    this.#items.push(item)
    if (this.size > this.#capacity) this.#first++
    this.#compact()
  }

  /** Forgets what is older than the span. */
  pass (nowMs: number): void {
    for (let item = this.#items[this.#first]; item != null && nowMs - item.atMs > this.#spanMs; item = this.#items[this.#first]) this.#first++
    this.#compact()
  }

  /** All of it, once. */
  take (): T[] {
    const items = this.#items.slice(this.#first)
    this.#items = []
    this.#first = 0
    return items
  }

  /** Seldom enough to cost nothing. */
  #compact (): void {
    if (this.#first < 64 || this.#first * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#first)
    this.#first = 0
  }
}
