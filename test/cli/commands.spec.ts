import { expect } from 'chai'
import { parseArgv } from '../../src/cli/argv.ts'
import { COMMAND_NAMES, grammarOf, loadCommands } from '../../src/cli/commands.ts'
import { EXIT_CODES } from '../../src/cli/failure.ts'
import { commandHelp, commandList, overview } from '../../src/cli/help.ts'
import { layeringOf, readValue } from '../../src/config/merge.ts'
import { flagName } from '../../src/config/option.ts'
import { PLACE_OPTIONS } from '../../src/config/place-options.ts'
import { rejection } from '../support/rejection.ts'
import type { OptionTable } from '../../src/config/option.ts'
import type { Command } from '../../src/cli/command.ts'
import type { Invocation } from '../../src/cli/argv.ts'

/** Words as a shell reads them. */
function wordsOf (line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}

async function parse (argv: string[]): Promise<Invocation> {
  return parseArgv(argv, (await grammarOf(argv)).grammar)
}

async function refusal (argv: string[]): Promise<string> {
  const err: unknown = await parse(argv).then(() => undefined, (err: unknown) => err)
  expect(err, argv.join(' ')).to.be.instanceOf(Error)
  return (err as Error).message
}

describe('commands', () => {
  let commands: Array<[name: string, command: Command]>
  before(async () => { commands = Object.entries(await loadCommands()) })

  for (const name of COMMAND_NAMES) {
    describe(name, () => {
      let command: Command
      let help: string
      before(async () => {
        command = (await loadCommands([name]))[name] as Command
        help = await commandHelp(name)
      })

      it('says how it is used, with an example, its flags, what --json prints, and exit codes', () => {
        expect(help).to.match(new RegExp(`^Usage: .* ${name}( |\n)`)).and.include(`Example:\n  node dist/node.js ${command.example}\n`).and.include('--json')
        expect(help).to.include(`With --json: ${command.json}`)
        expect(command.json).to.match(/^one (?:object|array)/)
        for (const [code, meaning] of Object.values(EXIT_CODES)) expect(help).to.match(new RegExp(`^ {2}${code} +${meaning.replaceAll(/[()']/g, '.')}$`, 'm'))
        for (const [argument, { help: text }] of Object.entries(command.arguments)) expect(help).to.include(`<${argument}>`).and.include(text)
        if (command.takes === 'place') for (const [key, { help: text }] of Object.entries(command.flags)) expect(help).to.include(`  ${flagName(key)}`).and.include(text)
      })

      it('has an example that it takes, with right values', async () => {
        const { command: named, flags, words } = await parse(wordsOf(command.example))
        expect(named).to.equal(name)
        const types = Object.values(command.arguments)
        for (const [i, word] of words.entries()) readValue({ type: (types[i] ?? types.at(-1))!.type }, word, { name: word })
        if (command.takes === 'place') layeringOf<OptionTable>({ ...PLACE_OPTIONS, ...command.flags }).valuesFromFlags(flags)
      })

      it('takes --json, and says what was meant by a wrong flag', async () => {
        const argv = wordsOf(command.example)
        expect((await parse([...argv, '--json'])).flags.get('json')?.at(-1)).to.equal('true')
        expect(await refusal([...argv, '--jsn'])).to.equal('unknown flag --jsn (did you mean --json?)')
      })

      it('is found in spite of a slip', async () => {
        const [first = '', second] = name.split(' ')
        const slip = (word: string): string => `${word.slice(0, -1)}${word.at(-1) === 'x' ? 'y' : 'x'}`
        // of a word of two letters nothing is left to know it by
        const said = await refusal(second == null ? [slip(first)] : [first, slip(second)])
        expect(said).to.match(/^unknown command /)
        if (name.length > 3) expect(said).to.match(/\(did you mean \w+\?\)$/)
      })

      it('has defaults that it would take', () => {
        if (command.takes !== 'place') return
        const { flags } = command
        for (const [key, { type, default: value, repeatable }] of Object.entries(flags)) {
          if (value == null || repeatable === true) continue
          const json = type.toJson(value)
          const text = typeof json === 'string' ? json : JSON.stringify(json)
          expect(layeringOf(flags).valuesFromFlags(new Map([[key, [text]]])).get(key)?.value, flagName(key)).to.deep.equal(value)
        }
      })

      it('has no flag that those of the place hide', () => {
        if (command.takes === 'place') expect(Object.keys(command.flags).filter(key => key in PLACE_OPTIONS)).to.deep.equal([])
      })
    })
  }

  it('are all in the overview, and in the list for programs', async () => {
    const [text, list] = [await overview(), await commandList()]
    for (const [name, { summary }] of commands) expect(text).to.include(name).and.include(summary)
    expect(list.map(({ name }) => name)).to.deep.equal([...COMMAND_NAMES])
    for (const { name, usage, example } of list) expect(usage).to.include(name).and.not.equal(example)
  })

  it('of a group are listed with it, and an alias leads to its command', async () => {
    expect(await commandHelp('shards')).to.include('shards store').and.include('Exit codes').and.include('Example')
    expect(await commandHelp('shards recover')).to.include('get a secret back')
    const err: unknown = await commandHelp('shards stor').then(() => undefined, (err: unknown) => err)
    expect(err).to.have.property('message', 'unknown command "shards stor" (did you mean shards store?)')
    for (const name of ['constructor', '__proto__']) expect((await rejection(commandHelp(name)) as Error).message).to.include(`unknown command "${name}"`)
  })
})
