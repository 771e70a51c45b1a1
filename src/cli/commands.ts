import type { Merged } from '../config/index.ts'
import type { Terminal } from './reporter.ts'

export interface CommandContext {
  terminal: Terminal
  merged: Merged
}

/** One row for each command. */
export interface Command {
  summary: string
  /** More, for its own help. */
  about: string
  example: string
  /** Without it the configuration is not even read. */
  configured: boolean
  /** Resolves to the exit code; imports what it needs by itself, so that the others start fast. */
  run (context: CommandContext): Promise<number>
}

/** The first one is meant when none is named. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: 'run a node (this is what happens without a command)',
    about: 'Joins the network through --bootstrap, mDNS, DNS seeds or the peers it knew before, or starts one. Ctrl-C stops it.',
    example: 'node dist/node.js --data-dir ./data --bootstrap /ip4/127.0.0.1/tcp/4701',
    configured: true,
    run: async (context) => await (await import('./run.ts')).run(context)
  },
  config: {
    summary: 'show every option, its value and where that came from',
    about: 'Takes all flags of run, reads the same variables and files, and changes nothing. Secrets are not shown.',
    example: 'PEERKEEP_MAX_PEERS=30 node dist/node.js config --profile relay',
    configured: true,
    run: async (context) => (await import('./show-config.ts')).showConfig(context)
  },
  id: {
    summary: 'show the peer id of the data directory',
    about: 'Creates nothing: exit code 3 when there is no identity yet.',
    example: 'node dist/node.js id --data-dir ./data',
    configured: true,
    run: async (context) => await (await import('./id.ts')).showId(context)
  },
  help: {
    summary: 'show this',
    about: 'The same as --help.',
    example: 'node dist/node.js help',
    configured: false,
    run: async ({ terminal }) => {
      const { overview } = await import('./help.ts')
      terminal.stdout.write(overview())
      return 0
    }
  },
  version: {
    summary: 'show the version',
    about: 'The same as --version.',
    example: 'node dist/node.js version',
    configured: false,
    run: async ({ terminal }) => {
      const { readVersion } = await import('./files.ts')
      terminal.stdout.write(`${await readVersion()}\n`)
      return 0
    }
  }
}
