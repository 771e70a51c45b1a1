import { ConfigError, KEYS, OPTIONS, didYouMean, flagOf, isList, isSwitch } from '../config/index.ts'
import type { Key } from '../config/index.ts'

/** What stands on the command line. */
export interface Invocation {
  command: string
  /** What followed each flag, in order; null for `--no-<flag>`. */
  flags: Map<Key, Array<string | null>>
  help: boolean
}

/** A mistake on the command line: `USAGE`. */
export class UsageError extends ConfigError {
  override readonly code: string = 'USAGE'
}

/**
 * Pure. `--flag value`, `--flag=value`, `--switch`, `--switch=false`, `--no-switch`, `--no-list`; `-h` and `-v`.
 *
 * @param commands the names that may come first; the first of them is meant when none does
 * @throws UsageError
 */
export function parseArgv (argv: readonly string[], commands: readonly string[]): Invocation {
  const byFlag = new Map(KEYS.flatMap(key => flagOf(key) == null ? [] : [[flagOf(key) as string, key] as const]))
  const negatable = new Map([...byFlag].filter(([, key]) => isSwitch(key) || isList(key)).map(([flag, key]) => [`--no-${flag.slice(2)}`, key]))
  const names = [...byFlag.keys(), ...negatable.keys(), '--help', '--version']

  const invocation: Invocation = { command: '', flags: new Map(), help: false }
  const rest = [...argv]
  for (let arg = rest.shift(); arg != null; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') invocation.help = true
    else if (arg === '--version' || arg === '-v') setCommand('version')
    else if (arg.startsWith('-')) readFlag(arg)
    else setCommand(arg)
  }
  invocation.command ||= commands[0] ?? ''
  return invocation

  function setCommand (name: string): void {
    if (invocation.command !== '' && invocation.command !== name) {
      throw new UsageError(`unexpected "${name}" after the command "${invocation.command}"`, 'flags begin with --; "help" shows how to write them')
    }
    if (!commands.includes(name)) throw new UsageError(`unknown command "${name}"${didYouMean(name, commands)}`, `commands are ${commands.join(', ')}`)
    invocation.command = name
  }

  function readFlag (arg: string): void {
    const cut = arg.indexOf('=')
    const flag = cut < 0 ? arg : arg.slice(0, cut)
    const inline = cut < 0 ? undefined : arg.slice(cut + 1)
    const negated = negatable.get(flag)
    if (negated != null) {
      if (inline != null) throw new UsageError(`${flag} takes no value, not "${inline}"`)
      note(negated, null)
      return
    }
    const key = byFlag.get(flag)
    if (key == null) throw new UsageError(`unknown flag ${flag}${didYouMean(flag, names)}`, '"help" lists every flag')
    if (isSwitch(key)) {
      note(key, inline ?? 'true')
      return
    }
    const value = inline ?? (rest[0]?.startsWith('--') === true ? undefined : rest.shift())
    if (value == null) throw new UsageError(`${flag} needs a value`, `write ${flag} ${OPTIONS[key].type.placeholder}`)
    note(key, value)
  }

  function note (key: Key, value: string | null): void {
    const given = invocation.flags.get(key) ?? []
    invocation.flags.set(key, [...given, value])
  }
}