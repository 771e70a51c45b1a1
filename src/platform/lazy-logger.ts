import { enabled, logger } from '@libp2p/logger'
import type { ComponentLogger, Logger } from '@libp2p/interface'

/**
 * libp2p's own loggers, made when they have something to say: it names about thirty for every connection, each of which asks the
 * terminal twice whether it has colours. What `DEBUG` asks for is said as ever.
 */
export function lazyLogger (): ComponentLogger {
  return { forComponent: lazy }
}

function lazy (name: string): Logger {
  let made: Logger | undefined
  const line = (full: string, say: (log: Logger) => Logger['trace']): Logger['trace'] & { enabled: boolean } => {
    const write = (formatter: unknown, ...args: unknown[]): void => {
      if (enabled(full)) say(made ??= logger(name))(formatter, ...args)
    }
    // for who asks before a message that is dear to make
    return Object.assign(write, { enabled: enabled(full) })
  }
  return Object.assign(line(name, log => log), {
    error: line(`${name}:error`, log => log.error),
    trace: line(`${name}:trace`, log => log.trace),
    newScope: (scope: string) => lazy(`${name}:${scope}`)
  })
}
