import { systemClock } from '../util/clock.ts'
import { describeEvent, palette } from './screen.ts'
import { harmlessValue, oneLine } from './text.ts'
import type { Failure } from './failure.ts'
import type { ProgramEvent } from './events.ts'
import type { Palette } from './screen.ts'

/** Where the program speaks. */
export interface Terminal {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  environment: NodeJS.ProcessEnv
}

/** Says what happens, to a person or to a program. Nothing is said before `ready`, but a failure ends the waiting. */
export interface Reporter {
  /** `onTerminal` replaces the event's line where only a person at a terminal reads it: secrets may stand in it. */
  emit (event: ProgramEvent, onTerminal?: (p: Palette) => string): void
  /** `screen` is for people. */
  ready (event: ProgramEvent & { event: 'ready' }, screen: (p: Palette) => string): void
  /** A word to people. */
  say (text: string): void
  fail (failure: Failure): void
}

export function hasColour (stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
}

export function createReporter ({ stdout, stderr, environment }: Terminal, json: boolean): Reporter {
  const colours = { stdout: palette(hasColour(stdout, environment)), stderr: palette(hasColour(stderr, environment)) }
  let waiting: Array<() => void> | undefined = []

  const time = (): string => new Date(systemClock.now()).toISOString()
  const writeJson = (event: ProgramEvent, at: string): void => { stdout.write(`${JSON.stringify({ ...event, time: at })}\n`) }
  const write = (event: ProgramEvent, at: string, onTerminal?: (p: Palette) => string): void => {
    if (json) writeJson(event, at)
    if (event.event === 'warning') stderr.write(`${colours.stderr.yellow('warning:')} ${oneLine(event.message)}\n`)
    const describe = stdout.isTTY && onTerminal != null ? onTerminal : (p: Palette) => describeEvent(harmlessValue(event), p)
    const line = json ? undefined : describe(colours.stdout)
    if (line != null) stdout.write(`${line}\n`)
  }
  const release = (): void => {
    const held = waiting ?? []
    waiting = undefined
    for (const say of held) say()
  }

  return {
    emit (event, onTerminal) {
      const at = time()
      // perhaps before it was ready
      if (event.event === 'stopped') release()
      if (waiting == null) write(event, at, onTerminal)
      else waiting.push(() => { write(event, at, onTerminal) })
    },
    ready (event, screen) {
      if (json) writeJson(event, time())
      else stdout.write(screen(colours.stdout))
      release()
    },
    say (text) {
      if (!json) stdout.write(`${colours.stdout.dim(text)}\n`)
    },
    fail ({ code, message, fix }) {
      release()
      if (json) writeJson({ event: 'error', code, message, ...(fix == null ? {} : { fix }) }, time())
      stderr.write(`${colours.stderr.red('error:')} ${message}\n${fix == null ? '' : `  fix: ${fix}\n`}`)
    }
  }
}

/** A reader that went away (`| head`) is no failure: a node goes on, a command that would tell for ever ends (`untilInterrupted`). */
export function survivesClosedOutput (stream: NodeJS.WriteStream): void {
  stream.on('error', (err: NodeJS.ErrnoException) => {
    if (err.code !== 'EPIPE' && err.code !== 'ERR_STREAM_DESTROYED' && err.code !== 'EIO') throw err
  })
}
