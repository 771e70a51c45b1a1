import { MessageChannel } from 'node:worker_threads'
import { systemClock } from '../util/clock.ts'

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

type StopSignal = keyof typeof EXIT_CODES

/** Ctrl-C reaches this process more than once when npm or `node.ts` passes it on: within this time it is one keypress. */
const ONE_KEYPRESS_MS = 150

/** Resolves at the first signal; a second one ends the process at once with 128 + its number. Until then, and while the node stops, the process stays. */
export async function untilSignal (): Promise<StopSignal> {
  // a node that does not listen holds nothing open
  const { port1 } = new MessageChannel()
  port1.on('message', () => {})
  return await new Promise<StopSignal>(resolve => {
    let first: { name: string, atMs: number } | undefined
    for (const [name, exitCode] of Object.entries(EXIT_CODES) as Array<[StopSignal, number]>) {
      process.on(name, () => {
        const atMs = systemClock.monotonic()
        if (first == null) {
          first = { name, atMs }
          resolve(name)
        } else if (name !== first.name || atMs - first.atMs > ONE_KEYPRESS_MS) {
          process.exit(exitCode)
        }
      })
    }
  })
}
