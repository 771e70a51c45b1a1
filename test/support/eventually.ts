/** Asks every 5 ms until `check` returns something true, and returns it; after `timeoutMs` it throws, naming `what`. */
export async function eventually<T> (what: string, check: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** Asks every 5 ms until `assertion` no longer throws; after `timeoutMs` it throws the last failure. */
export async function passes (assertion: () => unknown, timeoutMs = 10_000): Promise<void> {
  let failure: unknown
  await eventually('the assertion passes', async () => {
    try {
      await assertion()
      return true
    } catch (err) {
      failure = err
      return false
    }
  }, timeoutMs).catch(() => { throw failure })
}

/** What `count` is once it has been the same for ten looks, 5 ms apart. */
export async function standstill (count: () => number): Promise<number> {
  let [before, looks] = [NaN, 0]
  await eventually('it stands still', () => {
    looks = count() === before ? looks + 1 : 0
    before = count()
    return looks === 10
  })
  return before
}
