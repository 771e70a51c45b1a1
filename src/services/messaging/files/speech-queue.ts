/** What is said to the other side, until `end`; the other side takes it as fast as it can. Nothing is lost that was pushed before the end. */
export class SpeechQueue<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = []
  #waiting?: (result: IteratorResult<T>) => void
  #ended = false

  get ended (): boolean {
    return this.#ended
  }

  push (item: T): void {
    if (this.#ended) return
    if (this.#waiting == null) this.#items.push(item)
    else this.#answer({ done: false, value: item })
  }

  end (): void {
    this.#ended = true
    if (this.#waiting != null) this.#answer({ done: true, value: undefined })
  }

  [Symbol.asyncIterator] (): this {
    return this
  }

  async next (): Promise<IteratorResult<T>> {
    const [item] = this.#items.splice(0, 1)
    if (item !== undefined) return { done: false, value: item }
    if (this.#ended) return { done: true, value: undefined }
    return await new Promise(resolve => { this.#waiting = resolve })
  }

  async return (): Promise<IteratorResult<T>> {
    this.#items.length = 0
    this.end()
    return { done: true, value: undefined }
  }

  #answer (result: IteratorResult<T>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(result)
  }
}
