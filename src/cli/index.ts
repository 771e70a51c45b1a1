import { parseArgv } from './argv.ts'
import { COMMANDS } from './commands.ts'
import { failureOf } from './failure.ts'
import { loadConfig } from './load.ts'
import { createReporter, survivesClosedOutput } from './reporter.ts'
import type { Terminal } from './reporter.ts'

/** The program: from what stands on the command line to the exit code. Never rejects. */
export async function main (argv: readonly string[], terminal: Terminal = { stdout: process.stdout, stderr: process.stderr, environment: process.env }): Promise<number> {
  survivesClosedOutput(terminal.stdout)
  survivesClosedOutput(terminal.stderr)
  // known before everything is read, so that a mistake is told in the form that was asked for
  const json = argv.includes('--json') || terminal.environment['PEERKEEP_JSON'] === 'true'
  const fail = (err: unknown): number => {
    const failure = failureOf(err)
    createReporter(terminal, json).fail(failure)
    return failure.exitCode
  }
  try {
    const { command: name, flags, help } = parseArgv(argv, Object.keys(COMMANDS))
    const command = COMMANDS[name]
    if (command == null || help) {
      const { commandHelp, overview } = await import('./help.ts')
      terminal.stdout.write(argv.includes(name) ? commandHelp(name) : overview())
      return 0
    }
    const merged = await loadConfig(command.configured ? flags : new Map(), command.configured ? terminal.environment : {})
    return await command.run({ terminal, merged })
  } catch (err) {
    return fail(err)
  }
}
