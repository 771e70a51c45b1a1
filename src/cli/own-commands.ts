import { version as current } from '../platform/version.ts'
import { word } from './client/value-types.ts'
import { several } from './command.ts'
import type { OwnCommand, PlainCommand } from './command.ts'

export const run: OwnCommand = {
  takes: 'options',
  summary: 'run a node (this is what happens without a command)',
  about: 'Joins the network through --bootstrap, mDNS, DNS seeds or the peers it knew before, or starts one. Ctrl-C stops it.',
  arguments: {},
  example: 'run --data-dir ./data --bootstrap /ip4/127.0.0.1/tcp/4701',
  json: 'one object a line: what happens, "ready" first',
  run: async (context) => await (await import('./run.ts')).run(context)
}

export const config: OwnCommand = {
  takes: 'options',
  summary: 'show every option, its value and where that came from',
  about: 'Takes all flags of run, reads the same variables and files, and changes nothing. Secrets are not shown.',
  arguments: {},
  example: 'config --profile relay --max-peers 30',
  json: 'one object: for each option its value, the layer it is from, and where that is',
  run: async (context) => (await import('./show-config.ts')).showConfig(context)
}

export const id: OwnCommand = {
  takes: 'options',
  summary: 'show the peer id of the data directory',
  about: 'Creates nothing: exit code 3 when there is no identity yet.',
  arguments: {},
  example: 'id --data-dir ./data',
  json: 'one object: peerId, path',
  run: async (context) => await (await import('./id.ts')).showId(context)
}

export const help: PlainCommand = {
  takes: 'nothing',
  summary: 'show this, or what a command takes',
  about: 'The same as --help.',
  arguments: { command: several(word, 'the command, like ban or shards store') },
  example: 'help shards store',
  json: 'one array: each command with its usage, summary and example',
  run: async ({ terminal, words, json }) => {
    const { commandHelp, commandList, overview } = await import('./help.ts')
    terminal.stdout.write(json ? `${JSON.stringify(await commandList())}\n` : words.length === 0 ? await overview() : await commandHelp(words.join(' ')))
    return 0
  }
}

export const version: PlainCommand = {
  takes: 'nothing',
  summary: 'show the version',
  about: 'The same as --version.',
  arguments: {},
  example: 'version',
  json: 'one object: version',
  run: async ({ terminal, json }) => {
    terminal.stdout.write(json ? `${JSON.stringify({ version: current })}\n` : `${current}\n`)
    return 0
  }
}
