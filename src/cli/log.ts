import { createRequire } from 'node:module'
import { format } from 'node:util'
import { describeError } from '../errors.ts'
import { lazyLogger } from '../platform/lazy-logger.ts'
import { hasColour } from './reporter.ts'
import type { Terminal } from './reporter.ts'
import type { ComponentLogger, Logger as Libp2pLogger } from '@libp2p/interface'
import type Pino from 'pino'
import type { Logger } from 'pino'
import type PinoPretty from 'pino-pretty'
import type { Config } from '../config/index.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn'

/** The part of a pino logger that is used. */
export interface LogSink {
  isLevelEnabled (level: LogLevel): boolean
  write (level: LogLevel, component: string, message: string): void
}

/** A sink whose lowest level can be changed. */
export interface Log extends LogSink {
  level: Config['logLevel']
}

const LEVELS: ReadonlyArray<Config['logLevel']> = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Pino on stderr: pretty for people, one JSON object a line otherwise. Loaded with the first line: most nodes never write one. */
export function openLog (level: Config['logLevel'], terminal: Terminal): Log {
  let lowest = level
  let pino: Logger | undefined
  return {
    get level () { return lowest },
    set level (name) {
      lowest = name
      if (pino != null) pino.level = name
    },
    isLevelEnabled: (name) => LEVELS.indexOf(name) >= LEVELS.indexOf(lowest),
    write: (name, component, message) => {
      pino ??= openPino(lowest, terminal)
      pino[name]({ component }, message)
    }
  }
}

function openPino (level: Config['logLevel'], { stderr, environment }: Terminal): Logger {
  // who logs does not wait
  const load = createRequire(import.meta.url)
  const { pino, destination } = load('pino') as typeof Pino
  const pretty = stderr.isTTY ? load('pino-pretty') as typeof PinoPretty : undefined
  const stream = pretty?.({ destination: 2, sync: true, colorize: hasColour(stderr, environment), ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true }) ?? destination({ dest: 2, sync: true })
  stream.on('error', (err: NodeJS.ErrnoException) => {
    if (err.code !== 'EPIPE') throw err
  })
  return pino({ level, base: null }, stream)
}

/** libp2p's loggers, into the log; `DEBUG=libp2p:*` works as ever beside it. */
export function componentLogger (sink: LogSink): ComponentLogger {
  const debug = lazyLogger()
  return { forComponent: (name) => bridge(name, debug.forComponent(name), sink) }
}

function bridge (name: string, debug: Libp2pLogger, sink: LogSink): Libp2pLogger {
  // libp2p calls every failed dial an error: news for somebody who looks closely, not for every operator
  const errorLevel = name.startsWith('peerkeep') ? 'warn' : 'info'
  const line = (level: LogLevel, also: Libp2pLogger['trace'] & { enabled?: boolean }) => {
    const write = (formatter: unknown, ...args: unknown[]): void => {
      also(formatter, ...args)
      if (sink.isLevelEnabled(level)) sink.write(level, name, formatLine(formatter, args))
    }
    const enabled = (): boolean => also.enabled === true || sink.isLevelEnabled(level)
    return Object.defineProperty(write, 'enabled', { get: enabled }) as typeof write & { enabled: boolean }
  }
  return Object.assign(line('debug', debug), {
    error: line(errorLevel, debug.error),
    trace: line('trace', debug.trace),
    newScope: (scope: string) => bridge(`${name}:${scope}`, debug.newScope(scope), sink)
  })
}

// what libp2p adds to printf: peer ids, addresses, keys, CIDs and bytes, all of which `text` turns into text
const OWN_FORMATS = /%[abckmpt]/g

/** Pure. `%e` is an error in one line, the rest as in `util.format`. */
export function formatLine (formatter: unknown, args: readonly unknown[]): string {
  if (typeof formatter !== 'string') return format(...[formatter, ...args].map(value => value instanceof Error ? describeError(value) : value))
  return format(formatter.replaceAll(OWN_FORMATS, '%s').replaceAll('%e', '%s'), ...args.map(text))
}

function text (value: unknown): unknown {
  if (value instanceof Error) return describeError(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value !== 'object' || value == null || Array.isArray(value)) return value
  // peer ids, multiaddrs, keys and CIDs know how to write themselves; plain objects do not
  const { toString } = value as { toString: () => string }
  return toString === Object.prototype.toString ? value : toString.call(value)
}
