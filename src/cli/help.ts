import { KEYS, OPTIONS, allowedInFiles, flagOf, isList, isSwitch, shown, variableOf } from '../config/index.ts'
import { COMMANDS } from './commands.ts'
import { EXIT_CODES } from './failure.ts'
import type { Key } from '../config/index.ts'

/** What `help` and `--help` without a command say. */
export function overview (): string {
  const [first] = Object.keys(COMMANDS)
  return page([
    'Peerkeep: a libp2p application node',
    'Usage: node dist/node.js [command] [flags]',
    section('Commands', Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary])),
    options(),
    sources(),
    section('Exit codes', Object.values(EXIT_CODES).map(([code, meaning]) => [String(code), meaning])),
    `Example:\n  ${first == null ? '' : COMMANDS[first]?.example ?? ''}`
  ])
}

/** What `<command> --help` says. */
export function commandHelp (name: string): string {
  const command = COMMANDS[name]
  if (command == null) return overview()
  return page([
    `node dist/node.js ${name}${command.configured ? ' [flags]' : ''}: ${command.summary}`,
    command.about,
    `Example:\n  ${command.example}`,
    ...(command.configured ? [options(), sources()] : []),
    section('Exit codes', Object.values(EXIT_CODES).map(([code, meaning]) => [String(code), meaning]))
  ])
}

function options (): string {
  return section('Options', KEYS.map(key => [nameOf(key), `${OPTIONS[key].help}${defaultOf(key)}`]))
}

function nameOf (key: Key): string {
  const flag = flagOf(key)
  if (flag == null) return variableOf(key)
  return isSwitch(key) ? `--[no-]${flag.slice(2)}` : `${flag} ${OPTIONS[key].type.placeholder}${isList(key) ? '...' : ''}`
}

function defaultOf (key: Key): string {
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

const WIDTH = 28

function section (title: string, rows: ReadonlyArray<readonly [name: string, text: string]>): string {
  return [`${title}:`, ...rows.map(([name, text]) => name.length >= WIDTH - 2 ? `  ${name}\n${' '.repeat(WIDTH)}${text}` : `  ${name.padEnd(WIDTH - 2)}${text}`)].join('\n')
}

function page (parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
