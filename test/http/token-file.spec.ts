import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readOrCreateToken, readToken } from '../../src/http/token-file.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const GOOD = 'a-token-of-somebody-who-chose-it-himself'

describe('token file', () => {
  let dir: Awaited<ReturnType<typeof makeTempDir>>
  let path: string
  beforeEach(async () => {
    dir = await makeTempDir()
    path = join(dir.path, 'api-token')
  })
  afterEach(async () => { await dir[Symbol.asyncDispose]() })

  it('is made, for its owner only', async () => {
    const token = await readOrCreateToken(path)
    expect(token).to.match(/^[\w-]{43}$/)
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect(await readFile(path, 'utf8')).to.equal(`${token}\n`)
    expect(await readdir(dir.path)).to.deep.equal(['api-token'])
  })

  it('is kept', async () => {
    const token = await readOrCreateToken(path)
    expect(await readOrCreateToken(path)).to.equal(token)
    expect(await readToken(path)).to.equal(token)
  })

  it('has another token each time it is made', async () => {
    expect(await readOrCreateToken(path)).to.not.equal(await readOrCreateToken(`${path}-2`))
  })

  it('is the same for all who make it at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, async () => await readOrCreateToken(path)))
    expect(new Set(tokens).size).to.equal(1)
  })

  it('may be written by hand', async () => {
    await writeFile(path, `  ${GOOD}\r\n`, { mode: 0o600 })
    expect(await readOrCreateToken(path)).to.equal(GOOD)
    await chmod(path, 0o400)
    expect(await readOrCreateToken(path)).to.equal(GOOD)
  })

  for (const mode of [0o644, 0o640, 0o604, 0o660, 0o620]) {
    it(`is refused with mode 0${mode.toString(8)}`, async () => {
      await writeFile(path, GOOD)
      await chmod(path, mode)
      const error = await rejection(readOrCreateToken(path))
      expect(error.code).to.equal('API_TOKEN_EXPOSED')
      expect(error.message).to.include(path).and.not.include(GOOD)
      expect(error.details.fix).to.include(`chmod 600 ${path}`)
      expect(await readFile(path, 'utf8')).to.equal(GOOD)
    })
  }

  it('is looked at where a link leads', async () => {
    await writeFile(`${path}-there`, GOOD, { mode: 0o644 })
    await symlink(`${path}-there`, path)
    expect((await rejection(readOrCreateToken(path))).code).to.equal('API_TOKEN_EXPOSED')
  })

  for (const [what, text] of [['empty', ''], ['short', 'secret'], ['two lines', `${GOOD}\n${GOOD}`], ['not text', '\0'.repeat(64)], ['huge', 'x'.repeat(100_000)]] as const) {
    it(`is refused when it is ${what}, without being shown`, async () => {
      await writeFile(path, text, { mode: 0o600 })
      const error = await rejection(readOrCreateToken(path))
      expect(error.code).to.equal('API_TOKEN_INVALID')
      if (text !== '') expect(error.message).to.not.include(text)
    })
  }

  it('tells when it cannot be read or made', async () => {
    await mkdir(path)
    expect((await rejection(readOrCreateToken(path))).code).to.equal('API_TOKEN_UNREADABLE')
    const error = await rejection(readOrCreateToken(join(dir.path, 'no-such-folder', 'token')))
    expect(error.code).to.equal('API_TOKEN_UNWRITABLE')
    expect(error.details.fix).to.include('--api-token-file')
  })

  it('is not made by who only reads', async () => {
    expect(await readToken(path)).to.equal(undefined)
    expect(await readdir(dir.path)).to.deep.equal([])
  })
})
