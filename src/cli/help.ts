import { allowedInFiles, flagOf, isSwitch, shown, variableOf } from '../config/index.ts'
import { flagName, takesNoValue } from '../config/option.ts'
import { KEYS, OPTIONS } from '../config/options.ts'
import { PLACE_OPTIONS } from '../config/place-options.ts'
import { didYouMean } from '../config/suggest.ts'
import { UsageError } from './argv.ts'
import { loadCommands } from './commands.ts'
import { EXIT_CODES } from './failure.ts'
import type { Option, OptionTable } from '../config/option.ts'
import type { Command } from './command.ts'

const PROGRAM = 'node dist/node.js'

/** What `help` and `--help` without a command say. */
export async function overview (): Promise<string> {
  const commands = Object.entries(await loadCommands())
  return page([
    'Peerkeep: a libp2p application node',
    `Usage: ${PROGRAM} [command] [arguments] [flags]`,
    section('Commands', commands.map(([name, { summary }]) => [name, summary])),
    `Commands about a running node find it by its data directory; "help <command>" says more of each.`,
    options(),
    sources(),
    exitCodes(),
    `Example:\n  ${PROGRAM} ${commands[0]?.[1].example ?? ''}`
  ])
}

/**
 * What `<command> --help` says; of a group, what belongs to it.
 *
 * @throws UsageError
 */
export async function commandHelp (name: string): Promise<string> {
  const commands = await loadCommands()
  const command = Object.entries(commands).find(([other, { aliases }]) => other === name || aliases?.includes(name) === true)?.[1]
  if (command != null) return page(describe(name, command))
  const group = Object.entries(commands).filter(([other]) => other.startsWith(`${name} `))
  if (group.length === 0) throw new UsageError(`unknown command "${name}"${didYouMean(name, Object.keys(commands))}`, '"help" lists every command')
  return page([
    `Usage: ${PROGRAM} ${name} <command>`,
    section('Commands', group.map(([name, { summary }]) => [name, summary])),
    `Example:\n  ${PROGRAM} ${group[0]?.[1].example ?? ''}`,
    exitCodes()
  ])
}

/** Every command, for programs. */
export async function commandList (): Promise<Array<{ name: string, usage: string, summary: string, example: string }>> {
  return Object.entries(await loadCommands()).map(([name, command]) => ({ name, usage: usageOf(name, command), summary: command.summary, example: `${PROGRAM} ${command.example}` }))
}

function usageOf (name: string, command: Command): string {
  const words = Object.entries(command.arguments).map(([key, { optional, repeatable }]) => {
    const word = `<${key}>${repeatable === true ? '...' : ''}`
    return optional === true ? `[${word}]` : word
  })
  return [PROGRAM, name, ...words, '[flags]'].join(' ')
}

function describe (name: string, command: Command): string[] {
  const args = Object.entries(command.arguments)
  return [
    `Usage: ${usageOf(name, command)}`,
    `${name}: ${command.summary}. ${command.about}`,
    ...command.aliases == null ? [] : [`Also: ${command.aliases.join(', ')}`],
    ...args.length === 0 ? [] : [section('Arguments', args.map(([key, { help }]) => [`<${key}>`, help]))],
    ...flagSections(command),
    `With --json: ${command.json}.`,
    exitCodes(),
    `Example:\n  ${PROGRAM} ${command.example}`
  ]
}

function flagSections (command: Command): string[] {
  if (command.takes === 'nothing') return [section('Flags', rowsOf({ json: PLACE_OPTIONS.json }))]
  if (command.takes === 'options') return [options(), sources()]
  return [
    ...Object.keys(command.flags).length === 0 ? [] : [section('Flags', rowsOf(command.flags))],
    section('Which node, and how it is told', [...rowsOf(PLACE_OPTIONS), ['--help', 'show this']])
  ]
}

function options (): string {
  return section('Options', KEYS.map(key => [optionName(key), `${OPTIONS[key].help}${defaultOf(key)}`]))
}

function rowsOf (table: OptionTable): Array<[name: string, text: string]> {
  return Object.entries(table).map(([key, option]) => [nameOf(key, option), `${option.help}${defaultShown(option)}`])
}

function nameOf (key: string, option: Option): string {
  return takesNoValue(option) ? flagName(key) : `${flagName(key)} ${option.type.placeholder}${option.repeatable === true ? '...' : ''}`
}

function defaultShown ({ type, default: value, repeatable }: Option): string {
  if (value == null || value === false || repeatable === true) return ''
  const shown = type.toJson(value)
  return ` [${typeof shown === 'string' ? shown : JSON.stringify(shown)}]`
}

function optionName (key: typeof KEYS[number]): string {
  if (flagOf(key) == null) return variableOf(key)
  return isSwitch(key) ? `--[no-]${flagName(key).slice(2)}` : nameOf(key, OPTIONS[key])
}

function defaultOf (key: typeof KEYS[number]): string {
  const value: unknown = OPTIONS[key].default
  if (value == null || (Array.isArray(value) && value.length === 0)) return ''
  const text = isSwitch(key) ? (value === true ? 'on' : 'off') : shown(key, value)
  return ` [${text}]`
}

function sources (): string {
  const unfiled = KEYS.filter(key => !allowedInFiles(key)).map(key => flagOf(key) ?? variableOf(key)).join(', ')
  return [
    'Where options come from, weakest first: the default in [brackets], the profile, the config file, variables, flags.',
    'A stronger one replaces a weaker one, lists as a whole; --no-<flag> empties a list.',
    `  --max-peers 30 is PEERKEEP_MAX_PEERS=30 is { "maxPeers": 30 } in a file (all but ${unfiled}).`,
    '  Lists: --peer A --peer B is PEERKEEP_PEER="A,B" is { "peer": ["A", "B"] }.',
    '  Times have a unit: 500ms, 30s, 5m, 1h.'
  ].join('\n')
}

function exitCodes (): string {
  return section('Exit codes', Object.values(EXIT_CODES).map(([code, meaning]) => [String(code), meaning]))
}

const WIDTH = 28

function section (title: string, rows: ReadonlyArray<readonly [name: string, text: string]>): string {
  return [`${title}:`, ...rows.map(([name, text]) => name.length >= WIDTH - 2 ? `  ${name}\n${' '.repeat(WIDTH)}${text}` : `  ${name.padEnd(WIDTH - 2)}${text}`)].join('\n')
}

function page (parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
