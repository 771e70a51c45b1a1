/** Collects rejections nobody handled, which otherwise end the process. `stop` throws the first of them. */
export function watchUnhandled (): { stop (): Promise<void> } {
  const seen: unknown[] = []
  const listener = (reason: unknown): void => { seen.push(reason) }
  // mocha's own listener fails whatever test happens to run
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', listener)
  return {
    async stop () {
      // they are reported once the microtasks are done
      await new Promise(resolve => setImmediate(resolve))
      process.off('unhandledRejection', listener)
      for (const other of others) process.on('unhandledRejection', other)
      if (seen.length > 0) throw new Error(`${seen.length} unhandled rejections`, { cause: seen[0] })
    }
  }
}
