import { systemClock } from '../../util/clock.ts'
import { hasColour } from '../reporter.ts'
import { palette, shortTime } from '../screen.ts'
import { oneLine } from '../text.ts'
import { table } from './table.ts'
import type { Terminal } from '../reporter.ts'
import type { Palette } from '../screen.ts'
import type { Column } from './table.ts'

export type Facts = Readonly<Record<string, string | number | undefined | ((p: Palette) => string)>>

/** What a command says: JSON for programs, words and tables for people. */
export class Output {
  readonly terminal: Terminal
  readonly json: boolean
  readonly palette: Palette
  /** Somebody reads it as it comes. */
  readonly live: boolean

  constructor (terminal: Terminal, json: boolean) {
    this.terminal = terminal
    this.json = json
    this.live = terminal.stdout.isTTY
    this.palette = palette(hasColour(terminal.stdout, terminal.environment) && !json)
  }

  /** The answer, or one of those that follow each other; `lines` is for people. */
  answer (value: unknown, lines: (p: Palette) => string | readonly string[]): void {
    if (this.json) this.#write(JSON.stringify(value))
    else for (const line of [lines(this.palette)].flat()) this.#write(line)
  }

  table<R> (rows: readonly R[], columns: ReadonlyArray<Column<R>>): string[] {
    return table(rows, columns, this.palette, this.live ? columnsOf(this.terminal.stdout) : undefined)
  }

  /** Names and what they are, below each other. What is absent is left out; a function colours, and takes care that its text is harmless. */
  facts (facts: Facts): string[] {
    const rows = Object.entries(facts).filter(([, value]) => value != null)
    const width = Math.max(...rows.map(([name]) => name.length)) + 2
    return rows.map(([name, value]) => `${this.palette.dim(name.padEnd(width))}${typeof value === 'function' ? value(this.palette) : oneLine(String(value))}`)
  }

  /** A word beside the answer, to people. */
  note (text: string): void {
    if (!this.json) this.terminal.stderr.write(`${text}\n`)
  }

  /** As it is, wherever it goes. */
  bytes (bytes: Uint8Array): void {
    this.terminal.stdout.write(bytes)
  }

  #write (line: string): void {
    this.terminal.stdout.write(`${line}\n`)
  }
}

/** Some terminals do not know how wide they are. */
export function columnsOf (stream: NodeJS.WriteStream): number {
  return stream.columns > 0 ? stream.columns : 80
}

/** `3 min ago` */
export function ago (timeMs: number | undefined): string | undefined {
  if (timeMs == null) return undefined
  const ms = systemClock.now() - timeMs
  return ms < 1_000 ? 'now' : `${shortTime(ms)} ago`
}

/** `in 3 min` */
export function ahead (timeMs: number | undefined): string | undefined {
  return timeMs == null ? undefined : `in ${shortTime(Math.max(0, timeMs - systemClock.now()))}`
}

/** `3 peers` */
export function count (number: number, what: string): string {
  return `${number} ${number === 1 ? what : `${what}s`}`
}
