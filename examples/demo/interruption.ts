const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
/** npm passes on what the terminal has sent already: within this time it is one keypress. */
const ONE_KEYPRESS_MS = 300

/** Resolves to the exit code at the first signal; a second one calls `atOnce` and ends the process. */
export async function untilSignal (atOnce: () => void): Promise<number> {
  return await new Promise(resolve => {
    let firstMs: number | undefined
    for (const [name, exitCode] of Object.entries(EXIT_CODES)) {
      process.on(name, () => {
        if (firstMs == null) {
          firstMs = performance.now()
          resolve(exitCode)
        } else if (performance.now() - firstMs > ONE_KEYPRESS_MS) {
          atOnce()
          process.exit(exitCode)
        }
      })
    }
  })
}
