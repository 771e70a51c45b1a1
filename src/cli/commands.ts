import { PLACE_OPTIONS } from '../config/place-options.ts'
import { config, help, id, run, version } from './own-commands.ts'
import type { OptionTable } from '../config/option.ts'
import type { Grammar } from './argv.ts'
import type { Command } from './command.ts'

const node = async () => await import('./client/commands/node.ts')
const peers = async () => await import('./client/commands/peers.ts')
const bans = async () => await import('./client/commands/bans.ts')
const messages = async () => await import('./client/commands/messages.ts')
const shards = async () => (await import('./client/commands/shards.ts')).shards

/** In the order of the help; the first one is meant when none is named. Each loads its row by itself, so that the others start fast. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => run,
  status: async () => (await node()).status,
  network: async () => (await node()).network,
  settings: async () => (await node()).settings,
  dashboard: async () => (await node()).dashboard,
  top: async () => (await import('./client/commands/top.ts')).top,
  events: async () => (await import('./client/commands/events.ts')).events,
  peers: async () => (await peers()).peers,
  peer: async () => (await peers()).peer,
  dial: async () => (await peers()).dial,
  disconnect: async () => (await peers()).disconnect,
  ping: async () => (await peers()).ping,
  bans: async () => (await bans()).bans,
  ban: async () => (await bans()).ban,
  unban: async () => (await bans()).unban,
  explain: async () => (await bans()).explain,
  send: async () => (await messages()).send,
  broadcast: async () => (await messages()).broadcast,
  listen: async () => (await messages()).listen,
  inbox: async () => (await messages()).inbox,
  outbox: async () => (await messages()).outbox,
  file: async () => (await import('./client/commands/file.ts')).file,
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
  const meant = COMMAND_NAMES.filter((name, i) => i === 0 || argv.includes(name.split(' ')[0] as string))
  const commands = await loadCommands(meant)
  const first = meant.find(name => name.split(' ')[0] === argv[0])
  const own = first == null || commands[first]?.takes === 'options'
  const options: OptionTable = own ? (await import('../config/options.ts')).OPTIONS : PLACE_OPTIONS
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
