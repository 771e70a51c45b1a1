/** One piece of work at a time under each key; the others wait in the order they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Rejects with the reason of the signal when it aborts before the work has begun. */
  async take<T> (key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const { promise: done, resolve: end } = Promise.withResolvers<void>()
    // who no longer waits does not let the next one pass those before
    const last = before.then(async () => done)
    this.#last.set(key, last)
    const forget = (): void => { if (this.#last.get(key) === last) this.#last.delete(key) }
    last.then(forget, forget)
    try {
      await unlessAborted(before, signal)
      return await work()
    } finally {
      end()
    }
  }
}

async function unlessAborted (turn: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => { reject(signal.reason as Error) }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([turn, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
