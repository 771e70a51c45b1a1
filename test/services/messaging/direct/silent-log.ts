import type { ComponentLogger, Logger } from '@libp2p/interface'

/** Logs nothing, and remembers the errors. */
export function silentLogger (errors: string[] = []): ComponentLogger {
  const log: Logger = Object.assign(() => {}, {
    error: (...args: unknown[]) => { errors.push(args.join(' ')) },
    trace: () => {},
    enabled: false,
    newScope: () => log
  })
  return { forComponent: () => log }
}
