import { expect } from 'chai'
import * as fc from 'fast-check'
import { UsageError, parseArgv } from '../../src/cli/argv.ts'
import { KEYS, flagOf, isSwitch } from '../../src/config/index.ts'

const COMMANDS = ['run', 'config', 'help', 'version']

const parse = (line: string): ReturnType<typeof parseArgv> => parseArgv(line === '' ? [] : line.split(' '), COMMANDS)

describe('command line', () => {
  it('reads commands and flags in any order', () => {
    expect(parse('')).to.deep.include({ command: 'run', help: false })
    expect(parse('config --max-peers 3').command).to.equal('config')
    expect(parse('--max-peers 3 config').flags.get('maxPeers')).to.deep.equal(['3'])
    expect(parse('--max-peers=3 --no-mdns --json --quic=false --no-listen').flags).to.deep.equal(new Map<string, Array<string | null>>([
      ['maxPeers', ['3']], ['mdns', [null]], ['json', ['true']], ['quic', ['false']], ['listen', [null]]
    ]))
    expect(parse('--peer /a --peer /b').flags.get('peer')).to.deep.equal(['/a', '/b'])
    expect(parse('-v').command).to.equal('version')
    expect(parse('run -h').help).to.equal(true)
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
    'config run': /^unexpected "run" after the command "config"$/
  }
  for (const [line, message] of Object.entries(cases)) {
    it(`refuses ${line}`, () => { expect(() => parse(line)).to.throw(UsageError, message) })
  }

  it('gives every flag back what was written after it', () => {
    const some = fc.constantFrom(...KEYS.filter(key => flagOf(key) != null && !isSwitch(key)))
    fc.assert(fc.property(some, fc.string().filter(text => !text.startsWith('--')), fc.boolean(), (key, text, inline) => {
      const flag = flagOf(key) ?? ''
      expect(parseArgv(inline ? [`${flag}=${text}`] : [flag, text], COMMANDS).flags.get(key)).to.deep.equal([text])
    }))
  })
})
