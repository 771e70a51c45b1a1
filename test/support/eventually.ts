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
