import { AppError } from '../errors.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Thrown by a value type; callers add where the value came from. The message is a reason beside what is allowed, or empty. */
export class Refused extends Error {
  /** The message says what was wrong and what is allowed. */
  readonly whole: boolean

  constructor (message = '', { whole = false } = {}) {
    super(message)
    this.whole = whole
  }
}

/** How one kind of value is read from text (flags, variables) and from JSON (files), and written back. */
export interface ValueType<T> {
  /** For help: `<duration>`. Empty for a switch. */
  placeholder: string
  /** What is allowed, to complete "must be ...". */
  allowed: string
  /** @throws Refused, whose message is a more precise reason, or empty. */
  fromText (text: string): T
  /** @throws Refused */
  fromJson (value: Json): T
  toJson (value: T): Json
}

/** A type that is text in JSON too. */
export function textual<T> (placeholder: string, allowed: string, fromText: (text: string) => T, format: (value: T) => string): ValueType<T> {
  return {
    placeholder,
    allowed,
    fromText: (text) => {
      if (text.trim() === '') throw new Refused()
      return fromText(text.trim())
    },
    fromJson (value) {
      if (typeof value !== 'string') throw new Refused()
      return this.fromText(value)
    },
    toJson: format
  }
}

export const same = <T>(value: T): T => value

/** Text that a pattern or a function accepts. */
export function matching (placeholder: string, pattern: RegExp | ((value: string) => boolean), allowed: string): ValueType<string> {
  const accepts = typeof pattern === 'function' ? pattern : (value: string) => pattern.test(value)
  return textual(placeholder, allowed, (value) => {
    if (!accepts(value)) throw new Refused()
    return value
  }, same)
}

/** Taken as it is, spaces too. */
export const passphrase: ValueType<string> = {
  placeholder: '<text>',
  allowed: 'a text of at least one character',
  fromText (value) {
    if (value === '') throw new Refused()
    return value
  },
  fromJson () { throw new Refused() },
  toJson: () => null
}

/** A file or folder. The program resolves it: a path in a file is relative to that file, any other to the current folder. */
export const path: ValueType<string> = textual('<path>', 'a path', same, same)

export function oneOf<const T extends string> (placeholder: string, choices: readonly T[]): ValueType<T> {
  return textual(placeholder, choices.slice(0, -1).join(', ') + ' or ' + choices.at(-1), (value) => {
    const found = choices.find(choice => choice === value.toLowerCase())
    if (found == null) throw new Refused()
    return found
  }, same)
}

export const boolean: ValueType<boolean> = {
  placeholder: '',
  allowed: 'true or false',
  fromText (value) {
    if (/^(true|yes|on|1)$/i.test(value.trim())) return true
    if (/^(false|no|off|0)$/i.test(value.trim())) return false
    throw new Refused()
  },
  fromJson (value) {
    if (typeof value !== 'boolean') throw new Refused()
    return value
  },
  toJson: same
}

export function integer (min: number, max: number): ValueType<number> {
  const check = (value: number): number => {
    if (!Number.isInteger(value) || value < min || value > max) throw new Refused()
    return value
  }
  return {
    placeholder: '<number>',
    allowed: `a whole number from ${min} to ${max}`,
    fromText (value) {
      if (!/^-?\d+$/.test(value.trim())) throw new Refused()
      return check(Number(value))
    },
    fromJson (value) {
      if (typeof value !== 'number') throw new Refused()
      return check(value)
    },
    toJson: same
  }
}

const UNITS: ReadonlyArray<readonly [name: string, ms: number]> = [['h', 3_600_000], ['m', 60_000], ['s', 1_000], ['ms', 1]]

/** Milliseconds, written with a unit: `500ms`, `30s`, `5m`, `1h`; `0` needs none. */
export function duration (minMs: number, maxMs: number): ValueType<number> {
  return textual('<duration>', `a time from ${formatDuration(minMs)} to ${formatDuration(maxMs)} with a unit, like 500ms, 30s, 5m or 1h`, (value) => {
    const match = /^(\d+)(ms|s|m|h)$/.exec(value === '0' ? '0s' : value)
    const unit = UNITS.find(([name]) => name === match?.[2])
    if (match == null || unit == null) throw new Refused()
    const ms = Number(match[1]) * unit[1]
    if (ms < minMs || ms > maxMs) throw new Refused()
    return ms
  }, formatDuration)
}

/** The shortest exact form: 90,000 is `90s`, 300,000 is `5m`. */
export function formatDuration (ms: number): string {
  const [name, size] = (ms === 0 ? UNITS[2] : UNITS.find(([, size]) => ms % size === 0)) ?? ['ms', 1] as const
  return `${ms / size}${name}`
}

/** Text that the code which uses it can read: `check` throws what it says about wrong text. */
export function checkedBy (placeholder: string, allowed: string, check: (text: string) => unknown): ValueType<string> {
  return textual(placeholder, allowed, (value) => {
    try {
      check(value)
    } catch (err) {
      if (err instanceof AppError) throw new Refused(err.message, { whole: true })
      throw new Refused()
    }
    return value
  }, same)
}
