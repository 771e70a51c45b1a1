/** At most so many at a time, in all and for one key; who waits goes in order, but nobody waits for another key's turn. */
export class Slots {
  readonly #perKey: number
  readonly #total: number
  readonly #held = new Map<string, number>()
  readonly #waiting = new Set<{ key: string, go: () => void }>()
  #taken = 0

  constructor (perKey: number, total: number) {
    this.#perKey = perKey
    this.#total = total
  }

  get taken (): number {
    return this.#taken
  }

  /** Resolves to what gives it back. Rejects with the signal's reason. */
  async take (key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (!this.#free(key)) {
      await new Promise<void>((resolve, reject) => {
        const waiter = { key, go: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        } }
        const leave = (): void => {
          this.#waiting.delete(waiter)
          reject(signal.reason as Error)
        }
        this.#waiting.add(waiter)
        signal.addEventListener('abort', leave, { once: true })
      })
    } else {
      this.#hold(key)
    }
    let given = false
    return () => {
      if (given) return
      given = true
      this.#release(key)
    }
  }

  #free (key: string): boolean {
    return this.#taken < this.#total && (this.#held.get(key) ?? 0) < this.#perKey
  }

  #hold (key: string): void {
    this.#taken++
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1)
  }

  #release (key: string): void {
    this.#taken--
    const left = (this.#held.get(key) ?? 1) - 1
    if (left === 0) this.#held.delete(key)
    else this.#held.set(key, left)
    for (const waiter of this.#waiting) {
      if (!this.#free(waiter.key)) continue
      this.#waiting.delete(waiter)
      this.#hold(waiter.key)
      waiter.go()
      return
    }
  }
}
