import { PLACE_OPTIONS } from '../config/place-options.ts'
import { config, help, id, run, version } from './own-commands.ts'
import type { OptionTable } from '../config/option.ts'
import type { Grammar } from './argv.ts'
import type { Command } from './command.ts'

/** All about a running node: small together, and one file of the bundle. */
const client = async () => await import('./client/index.ts')
const shards = async () => (await client()).shards

/** In the order of the help; the first one is meant when none is named. A node starts faster without those for a running one. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => run,
  status: async () => (await client()).status,
  network: async () => (await client()).network,
  settings: async () => (await client()).settings,
  dashboard: async () => (await client()).dashboard,
  top: async () => (await client()).top,
  events: async () => (await client()).events,
  peers: async () => (await client()).peers,
  peer: async () => (await client()).peer,
  dial: async () => (await client()).dial,
  disconnect: async () => (await client()).disconnect,
  ping: async () => (await client()).ping,
  bans: async () => (await client()).bans,
  ban: async () => (await client()).ban,
  unban: async () => (await client()).unban,
  explain: async () => (await client()).explain,
  send: async () => (await client()).send,
  broadcast: async () => (await client()).broadcast,
  listen: async () => (await client()).listen,
  inbox: async () => (await client()).inbox,
  outbox: async () => (await client()).outbox,
  file: async () => (await client()).file,
  'shards store': async () => (await shards()).store,
  'shards open': async () => (await shards()).open,
  'shards update': async () => (await shards()).update,
  'shards list': async () => (await shards()).list,
  'shards status': async () => (await shards()).status,
  'shards audit': async () => (await shards()).audit,
  'shards refresh': async () => (await shards()).refresh,
  'shards repair': async () => (await shards()).repair,
  'shards reshare': async () => (await shards()).reshare,
  'shards rotate': async () => (await shards()).rotate,
  'shards amend': async () => (await shards()).amend,
  'shards revoke': async () => (await shards()).revoke,
  'shards log': async () => (await shards()).log,
  config: async () => config,
  id: async () => id,
  help: async () => help,
  version: async () => version
}

export type Commands = Readonly<Record<string, Command>>

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS)

export async function loadCommands (names: readonly string[] = COMMAND_NAMES): Promise<Commands> {
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await (LOADERS[name] as () => Promise<Command>)()] as const)))
}

/** What a line may say: of the commands that are named in it, or else meant. The table of all options takes long to load. */
export async function grammarOf (argv: readonly string[]): Promise<{ grammar: Grammar, commands: Commands }> {
  const words = argv.map(arg => arg === '--version' || arg === '-v' ? 'version' : arg)
  const meant = COMMAND_NAMES.filter((name, i) => i === 0 || words.includes(name.split(' ')[0] as string))
  const commands = await loadCommands(meant)
  const first = meant.find(name => name.split(' ')[0] === words[0])
  const own = first == null || commands[first]?.takes === 'options'
  const options: OptionTable = own ? (await import('../config/index.ts')).OPTIONS : PLACE_OPTIONS
  const flags = { options, nothing: { json: PLACE_OPTIONS.json } }
  return {
    commands,
    grammar: {
      names: COMMAND_NAMES,
      early: options,
      rows: Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, {
        flags: command.takes === 'place' ? { ...command.flags, ...PLACE_OPTIONS } : flags[command.takes],
        arguments: command.arguments,
        ...(command.aliases == null ? {} : { aliases: command.aliases })
      }]))
    }
  }
}
