import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildDist } from '../support/build-dist.ts'
import { Program, killPrograms, quietly } from '../support/program.ts'
import { makeTempDir } from '../support/temp-dir.ts'

describe('program: its data directory', function () {
  this.timeout(60_000)
  before(buildDist)
  afterEach(killPrograms)

  /** A folder that a node has used, and its peer id. */
  async function used (dir: string, env: Record<string, string> = {}): Promise<string> {
    const program = new Program({ args: quietly(dir), env })
    const { peerId } = await program.waitFor('ready')
    expect((await program.stop()).code).to.equal(0)
    return peerId
  }

  it('held by another node: refused with its pid, and that one goes on', async () => {
    await using dir = await makeTempDir()
    const first = new Program({ args: quietly(dir.path) })
    await first.waitFor('ready')
    const second = new Program({ args: quietly(dir.path) })
    expect((await second.exited).code).to.equal(3)
    expect(second.stderr).to.match(/^error: data directory .* is in use by the process with pid /).and.include(`pid ${first.pid}`)
    expect(second.events.map(({ event }) => event)).to.deep.equal(['error'])
    expect((await first.stop()).code).to.equal(0)
  })

  it('a damaged identity: refused, and left as it is', async () => {
    await using dir = await makeTempDir()
    const path = join(dir.path, 'identity.json')
    const damaged = '{ "version": 1, "peerId": '
    await writeFile(path, damaged, { mode: 0o600 })
    const program = new Program({ args: quietly(dir.path) })
    expect((await program.exited).code).to.equal(3)
    expect(program.events[0]).to.include({ event: 'error', code: 'IDENTITY_DAMAGED' })
    expect(program.stderr.trim().split('\n')).to.have.length(1)
    expect(await readFile(path, 'utf8')).to.equal(damaged)
    const id = new Program({ args: ['id', '--data-dir', dir.path] })
    expect((await id.exited).code).to.equal(3)
  })

  it('a damaged datastore: starts with a warning, and nothing is thrown away', async () => {
    await using dir = await makeTempDir()
    const peerId = await used(dir.path)
    const store = join(dir.path, 'datastore')
    for (const name of (await readdir(store)).filter(name => /^(MANIFEST|CURRENT)/.test(name))) await writeFile(join(store, name), 'not a database')
    const program = new Program({ args: quietly(dir.path) })
    expect((await program.waitFor('ready')).peerId).to.equal(peerId)
    const { code, message } = await program.waitFor('warning', ({ code }) => code.startsWith('DATASTORE_'))
    expect(program.events[0]?.event).to.equal('ready')
    await program.until(() => program.stderr.includes(`warning: ${message}`), 'warning on stderr')
    const kept = code === 'DATASTORE_REPLACED' ? (await readdir(dir.path)).some(name => name.startsWith('datastore.damaged-')) : (await readdir(store)).includes('lost')
    expect(kept, code).to.equal(true)
    expect((await program.stop()).code).to.equal(0)
  })

  it('a wrong or missing passphrase: refused; the right one opens it, from a variable or a file', async () => {
    await using dir = await makeTempDir()
    const data = join(dir.path, 'data')
    const peerId = await used(data, { PEERKEEP_PASSPHRASE: 'open sesame' })
    const before = await readFile(join(data, 'identity.json'), 'utf8')
    expect(before).not.to.include('open sesame')

    for (const [env, code] of [[{ PEERKEEP_PASSPHRASE: 'open barley' }, 'IDENTITY_PASSPHRASE_WRONG'], [{}, 'IDENTITY_PASSPHRASE_MISSING']] as const) {
      const program = new Program({ args: quietly(data), env })
      expect((await program.exited).code).to.equal(3)
      expect(program.events[0]).to.include({ event: 'error', code })
      expect(program.stderr).not.to.include('barley')
    }
    expect(await readFile(join(data, 'identity.json'), 'utf8')).to.equal(before)

    const file = join(dir.path, 'passphrase')
    await writeFile(file, 'open sesame\n')
    const program = new Program({ args: quietly(data, '--passphrase-file', file) })
    expect((await program.waitFor('ready', () => true, 30_000)).peerId).to.equal(peerId)
    expect((await program.stop()).code).to.equal(0)
    const id = new Program({ args: ['id', '--data-dir', data], json: false })
    expect((await id.exited).code).to.equal(0)
    expect(id.lines).to.deep.equal([peerId])
  })
})
