import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { NodeRefusal, failureOf } from '../../src/cli/failure.ts'
import { AppError } from '../../src/errors.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('failure', () => {
  const codes: Record<string, number> = {
    USAGE: 2, CONFIG_INVALID: 2, APP_NODE_OPTION_INVALID: 2, TLS_INVALID: 2, QUIC_UNAVAILABLE: 2, DISCOVERY_PORT_RANGE_INVALID: 2,
    DATA_DIR_IN_USE: 3, IDENTITY_DAMAGED: 3, DATASTORE_UNAVAILABLE: 3, LISTEN_ADDRESS_IN_USE: 4, STOP_TIMEOUT: 1, API_NOT_RUNNING: 5, API_TIMEOUT: 5, API_TOKEN_UNREADABLE: 3, NOT_DELIVERED: 1, DISCOVERY_DNS_SEEDS_FAILED: 1
  }
  for (const [code, exitCode] of Object.entries(codes)) {
    it(`${code} ends with ${exitCode}`, () => { expect(failureOf(new AppError(code, 'x'))).to.deep.equal({ exitCode, code, message: 'x' }) })
  }

  it('of what the node refused is one of its own, whatever the code', () => {
    expect(failureOf(new NodeRefusal('BANS_TARGET_INVALID', 'x'))).to.deep.equal({ exitCode: 6, code: 'BANS_TARGET_INVALID', message: 'x' })
  })

  it('is one line, with its remedy, without control characters', () => {
    expect(failureOf(new AppError('X', 'a\n  b\u001B[2J', { details: { fix: 'do\nthis' } }))).to.include({ message: 'a b?[2J', fix: 'do this' })
  })

  it('of what nobody foresaw names the place, without a stack', () => {
    const err = Object.assign(new Error('boom'), { stack: 'Error: boom\n    at f (file:///x/node_modules/y/z.js:1:2)\n    at g (file:///p/dist/services/pool/service.js:120:7)' })
    expect(failureOf(err)).to.include({ exitCode: 1, code: 'UNEXPECTED', message: 'unexpected: boom (at services/pool/service.js:120)' })
    expect(failureOf('odd').message).to.equal('unexpected: odd')
  })

  it('names the place in the source where the file is bundled', async () => {
    await using dir = await makeTempDir()
    const file = join(dir.path, 'dist', 'bundle', 'run-AAAAAAAA.js')
    await mkdir(join(dir.path, 'dist', 'bundle'), { recursive: true })
    // column 4 of the first line is line 7 of the source
    await writeFile(`${file}.map`, JSON.stringify({ version: 3, sources: ['../../src/cli/run.ts'], names: [], mappings: 'IAMA' }))
    const err = Object.assign(new Error('boom'), { stack: `Error: boom\n    at f (${pathToFileURL(file).href}:1:5)` })
    expect(failureOf(err).message).to.equal('unexpected: boom (at cli/run.ts:7)')
  })
})
