import { expect } from 'chai'
import * as fc from 'fast-check'
import { UsageError, parseArgv } from '../../src/cli/argv.ts'
import { grammarOf } from '../../src/cli/commands.ts'
import { KEYS, flagOf, isSwitch } from '../../src/config/index.ts'
import type { Invocation } from '../../src/cli/argv.ts'

async function parse (line: string): Promise<Invocation> {
  const argv = line === '' ? [] : line.split(' ')
  return parseArgv(argv, (await grammarOf(argv)).grammar)
}

describe('command line', () => {
  it('reads commands and flags in any order', async () => {
    expect(await parse('')).to.deep.include({ command: 'run', named: false, help: false })
    expect((await parse('config --max-peers 3')).command).to.equal('config')
    expect((await parse('--max-peers 3 config')).flags.get('maxPeers')).to.deep.equal(['3'])
    expect((await parse('--max-peers=3 --no-mdns --json --quic=false --no-listen')).flags).to.deep.equal(new Map<string, Array<string | null>>([
      ['maxPeers', ['3']], ['mdns', [null]], ['json', ['true']], ['quic', ['false']], ['listen', [null]]
    ]))
    expect((await parse('--peer /a --peer /b')).flags.get('peer')).to.deep.equal(['/a', '/b'])
    expect((await parse('-v')).command).to.equal('version')
    expect((await parse('run -h')).help).to.equal(true)
    expect(await parse('--data-dir d peers --limit 3')).to.deep.include({ command: 'peers', flags: new Map([['dataDir', ['d']], ['limit', ['3']]]) })
  })

  it('reads what belongs to a command, one of two words too', async () => {
    expect(await parse('ban 192.0.2.7 --for 1h')).to.deep.include({ command: 'ban', words: ['192.0.2.7'], flags: new Map([['for', ['1h']]]) })
    expect(await parse('shards store - --threshold 3')).to.deep.include({ command: 'shards store', words: ['-'] })
    expect((await parse('shards recover 3f9a01c2')).command).to.equal('shards open')
    expect(await parse('send abcdefgh one two -- --three')).to.deep.include({ words: ['abcdefgh', 'one', 'two', '--three'] })
    expect(await parse('shards --help')).to.include({ command: 'shards', help: true })
    // a value that is the name of a command is none
    expect(await parse('--network peers')).to.deep.include({ command: 'run', flags: new Map([['network', ['peers']]]) })
  })

  const cases: Record<string, RegExp> = {
    '--max-pers 3': /^unknown flag --max-pers \(did you mean --max-peers\?\)$/,
    '--data_dir x': /did you mean --data-dir\?/,
    '--no-mdsn': /did you mean --no-mdns\?/,
    '--xyzzy': /^unknown flag --xyzzy$/,
    '--passphrase x': /^unknown flag --passphrase \(did you mean --passphrase-file\?\)$/,
    '--max-peers': /^--max-peers needs a value$/,
    '--bootstrap --json': /^--bootstrap needs a value$/,
    '--no-mdns=1': /^--no-mdns takes no value/,
    '--no-max-peers': /^unknown flag --no-max-peers/,
    confg: /^unknown command "confg" \(did you mean config\?\)$/,
    'config run': /^unexpected "run" after the command "config"$/,
    'peers --serch x': /^unknown flag --serch \(did you mean --search\?\)$/,
    'peers --max-peers 3': /^unknown flag --max-peers$/,
    '--max-peers 3 peers': /^"peers" does not take --max-peers$/,
    'peers --version': /^unknown flag --version$/,
    ping: /^"ping" needs <peer>: a peer id/,
    'ping a b': /^unexpected "b" after the command "ping"$/,
    shards: /^"shards" alone says too little$/,
    'shards stor x': /^unknown command "shards stor" \(did you mean store\?\)$/,
    shrads: /^unknown command "shrads" \(did you mean shards\?\)$/
  }
  for (const [line, message] of Object.entries(cases)) {
    it(`refuses ${line}`, async () => {
      const err: unknown = await parse(line).then(() => undefined, (err: unknown) => err)
      expect(err).to.be.instanceOf(UsageError).and.have.property('message').that.matches(message)
    })
  }

  it('gives every flag back what was written after it', async () => {
    const { grammar } = await grammarOf([])
    const some = fc.constantFrom(...KEYS.filter(key => flagOf(key) != null && !isSwitch(key)))
    fc.assert(fc.property(some, fc.string().filter(text => !text.startsWith('--')), fc.boolean(), (key, text, inline) => {
      const flag = flagOf(key) ?? ''
      expect(parseArgv(inline ? [`${flag}=${text}`] : [flag, text], grammar).flags.get(key)).to.deep.equal([text])
    }))
  })
})
