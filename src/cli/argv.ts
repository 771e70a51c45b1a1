import { ConfigError } from '../config/merge.ts'
import { flagName, takesNoValue } from '../config/option.ts'
import { didYouMean } from '../config/suggest.ts'
import type { OptionTable } from '../config/option.ts'
import type { ArgumentTable } from './command.ts'

/** What may stand on the command line. */
export interface Grammar {
  /** Of commands; one of two words belongs to the group that the first of them names. The first one is meant when none is named. */
  names: readonly string[]
  /** Of those that may be meant. */
  rows: Readonly<Record<string, { flags: OptionTable, arguments: ArgumentTable, aliases?: readonly string[] }>>
  /** Of these a flag may stand before the command. */
  early: OptionTable
}

/** What stands on the command line. */
export interface Invocation {
  /** Or the name of a group, with `help`. */
  command: string
  /** Whether it was written there. */
  named: boolean
  /** What followed each flag, in order; null for `--no-<flag>`. */
  flags: Map<string, Array<string | null>>
  words: string[]
  help: boolean
}

/** A mistake on the command line: `USAGE`. */
export class UsageError extends ConfigError {
  override readonly code: string = 'USAGE'
}

/**
 * Pure. `--flag value`, `--flag=value`, `--switch`, `--switch=false`, `--no-switch`, `--no-list`; `-h` and `-v`; after `--` only words.
 *
 * @throws UsageError
 */
export function parseArgv (argv: readonly string[], { names, rows, early }: Grammar): Invocation {
  const tops = [...new Set(names.map(name => name.split(' ')[0] as string))]
  const invocation: Invocation = { command: '', named: false, flags: new Map(), words: [], help: false }
  const rest = [...argv]
  for (let arg = rest.shift(); arg != null; arg = rest.shift()) {
    if (arg === '--') {
      for (const word of rest.splice(0)) take(word)
    } else if (arg === '--help' || arg === '-h') invocation.help = true
    else if (!invocation.named && (arg === '--version' || arg === '-v')) take('version')
    else if (arg.startsWith('-') && arg !== '-') readFlag(arg)
    else take(arg)
  }
  finish()
  return invocation

  function take (word: string): void {
    if (!invocation.named) {
      invocation.command = commandNamed(word)
      invocation.named = true
    } else if (isOpen()) invocation.words.push(word)
    else if (word !== invocation.command) throw new UsageError(`unexpected "${word}" after the command "${invocation.command}"`, `flags begin with --; "help ${invocation.command}" shows how to write them`)
  }

  function isOpen (): boolean {
    const wanted = Object.values(rows[invocation.command]?.arguments ?? {})
    return invocation.words.length < wanted.length || wanted.at(-1)?.repeatable === true
  }

  function commandNamed (word: string): string {
    if (names.includes(word)) return word
    const parts = names.filter(name => name.startsWith(`${word} `)).map(name => name.slice(word.length + 1))
    if (parts.length === 0) throw new UsageError(`unknown command "${word}"${didYouMean(word, tops)}`, `commands are ${tops.join(', ')}`)
    const next = rest[0]
    if (next == null || next.startsWith('-')) {
      // what it can do is what one wants to know
      if (invocation.help || rest.some(arg => arg === '--help' || arg === '-h')) return word
      throw new UsageError(`"${word}" alone says too little`, `add one of ${parts.join(', ')}`)
    }
    rest.shift()
    const name = names.find(name => name === `${word} ${next}` || rows[name]?.aliases?.includes(`${word} ${next}`) === true)
    if (name == null) throw new UsageError(`unknown command "${word} ${next}"${didYouMean(next, parts)}`, `after "${word}" comes one of ${parts.join(', ')}`)
    return name
  }

  function finish (): void {
    invocation.command ||= names[0] ?? ''
    const command = rows[invocation.command]
    if (command == null || invocation.help) return
    for (const key of invocation.flags.keys()) {
      if (command.flags[key] == null) throw new UsageError(`"${invocation.command}" does not take ${flagName(key)}`, `"help ${invocation.command}" shows what it takes`)
    }
    const missing = Object.entries(command.arguments).slice(invocation.words.length).find(([, { optional }]) => optional !== true)
    if (missing != null) throw new UsageError(`"${invocation.command}" needs <${missing[0]}>: ${missing[1].help}`, `"help ${invocation.command}" has an example`)
  }

  function readFlag (arg: string): void {
    const flags = invocation.named ? rows[invocation.command]?.flags ?? {} : early
    const cut = arg.indexOf('=')
    const flag = cut < 0 ? arg : arg.slice(0, cut)
    const inline = cut < 0 ? undefined : arg.slice(cut + 1)
    const shown = Object.entries(flags).filter(([, { secret }]) => secret !== true)
    const negated = shown.find(([key, option]) => flag === `--no-${flagName(key).slice(2)}` && (takesNoValue(option) || option.repeatable === true))
    if (negated != null) {
      if (inline != null) throw new UsageError(`${flag} takes no value, not "${inline}"`)
      note(negated[0], null)
      return
    }
    const [key, option] = shown.find(([key]) => flagName(key) === flag) ?? []
    if (key == null || option == null) {
      const known = shown.flatMap(([key, option]) => [flagName(key), ...takesNoValue(option) || option.repeatable === true ? [`--no-${flagName(key).slice(2)}`] : []])
      throw new UsageError(`unknown flag ${flag}${didYouMean(flag, [...known, '--help', ...invocation.named ? [] : ['--version']])}`, invocation.named ? `"help ${invocation.command}" lists its flags` : '"help" lists every flag')
    }
    if (takesNoValue(option)) {
      note(key, inline ?? 'true')
      return
    }
    const value = inline ?? (rest[0]?.startsWith('--') === true ? undefined : rest.shift())
    if (value == null) throw new UsageError(`${flag} needs a value`, `write ${flag} ${option.type.placeholder}`)
    note(key, value)
  }

  function note (key: string, value: string | null): void {
    const given = invocation.flags.get(key) ?? []
    invocation.flags.set(key, [...given, value])
  }
}
