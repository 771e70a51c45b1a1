import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

const module = new URL('../../src/crypto/sealing.ts', import.meta.url).href

/** Which of the libraries a new process has loaded, before and after it seals. */
const PROGRAM = `
  import { registerHooks } from 'node:module'
  const seen = new Set()
  registerHooks({ resolve (specifier, context, next) { if (/hpke/.test(specifier)) seen.add(specifier); return next(specifier, context) } })
  const { deriveKeyPair } = await import('${module}')
  const before = seen.size
  await deriveKeyPair(new Uint8Array(32))
  console.log(JSON.stringify([before, seen.size > 0]))
`

describe('crypto: sealing', () => {
  it('loads its libraries when something is sealed, not before', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM])
    expect(JSON.parse(stdout)).to.deep.equal([0, true])
  })
})
