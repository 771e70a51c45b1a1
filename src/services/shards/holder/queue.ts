import { RefusedError } from '../model/failure.ts'

/** One after another by key; too many that wait are refused with BUSY. */
export class Queues {
  readonly #tails = new Map<string, { done: Promise<unknown>, waiting: number }>()
  readonly #perKey: number
  readonly #total: number
  #waiting = 0

  constructor (perKey: number, total: number) {
    this.#perKey = perKey
    this.#total = total
  }

  /** Of all that wait or are at work. */
  get size (): number {
    return this.#waiting
  }

  async run<T> (key: string, work: () => Promise<T>): Promise<T> {
    const tail = this.#tails.get(key) ?? { done: Promise.resolve(), waiting: 0 }
    if (tail.waiting >= this.#perKey || this.#waiting >= this.#total) throw new RefusedError('BUSY', 'too many calls wait for this holder: try again in a moment', { retryAfterMs: 1_000 })
    tail.waiting++
    this.#waiting++
    this.#tails.set(key, tail)
    const before = tail.done
    const done = (async () => {
      await before
      return await work()
    })()
    tail.done = done.catch(() => {})
    try {
      return await done
    } finally {
      tail.waiting--
      this.#waiting--
      if (tail.waiting === 0) this.#tails.delete(key)
    }
  }

  /** Resolves when nothing is left to do. */
  async settled (): Promise<void> {
    while (this.#tails.size > 0) await Promise.all([...this.#tails.values()].map(async ({ done }) => { await done }))
  }
}
