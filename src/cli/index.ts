import { parseArgv } from './argv.ts'
import { grammarOf } from './commands.ts'
import { failureOf } from './failure.ts'
import { loadConfig } from './load.ts'
import { createReporter, survivesClosedOutput } from './reporter.ts'
import type { Terminal } from './reporter.ts'

/** The program: from what stands on the command line to the exit code. `keepCode` stores what was compiled, for the next start. Never rejects. */
export async function main (argv: readonly string[], terminal: Terminal = { stdout: process.stdout, stderr: process.stderr, environment: process.env }, keepCode = async () => {}): Promise<number> {
  survivesClosedOutput(terminal.stdout)
  survivesClosedOutput(terminal.stderr)
  // known before everything is read, so that a mistake is told in the form that was asked for
  const json = argv.includes('--json') || terminal.environment['PEERKEEP_JSON'] === 'true'
  try {
    const { grammar, commands } = await grammarOf(argv)
    const { command: name, named, flags, words, help } = parseArgv(argv, grammar)
    const command = commands[name]
    if (command == null || help) {
      const { commandHelp, overview } = await import('./help.ts')
      terminal.stdout.write(named ? await commandHelp(name) : await overview())
      return 0
    }
    if (command.takes === 'nothing') return await command.run({ terminal, words, json })
    if (command.takes === 'options') return await command.run({ terminal, merged: await loadConfig(flags, terminal.environment), keepCode })
    return await (await import('./client/index.ts')).ask(command, { flags, words }, terminal)
  } catch (err) {
    const failure = failureOf(err)
    createReporter(terminal, json).fail(failure)
    return failure.exitCode
  }
}
