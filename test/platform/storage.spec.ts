import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { Key } from 'interface-datastore'
import { openStorage as openInBrowser } from '../../src/platform/storage.browser.ts'
import { openStorage } from '../../src/platform/storage.ts'
import { sleep, systemClock } from '../../src/util/clock.ts'
import { seededRng } from '../../src/util/rng.ts'
import { rejection } from '../support/rejection.ts'
import { makeTempDir } from '../support/temp-dir.ts'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'

const CHILD = join(import.meta.dirname, '../support/storage-child.ts')
const SLOWLY = ['--import', join(import.meta.dirname, '../support/slow-disk.ts')]

describe('platform/storage', () => {
  it('is nothing without a directory', async () => {
    const storage = await openStorage({})
    expect(storage).to.not.have.any.keys('privateKey', 'datastore')
    await storage.close()
  })

  it('holds only what is asked of it', async () => {
    await using dir = await makeTempDir()
    const storage = await openStorage({ dataDir: dir.path, identity: false, datastore: false })
    expect((await readdir(dir.path)).sort()).to.deep.equal(['lock', 'node.pid'])
    await storage.close()
  })

  it('lets go of the directory when the identity is refused', async () => {
    await using dir = await makeTempDir()
    await (await openStorage({ dataDir: dir.path, passphrase: 'secret' })).close()
    expect((await rejection(openStorage({ dataDir: dir.path }))).code).to.equal('IDENTITY_PASSPHRASE_MISSING')
    await (await openStorage({ dataDir: dir.path, passphrase: 'secret' })).close()
  })

  it('can be closed and opened again', async () => {
    await using dir = await makeTempDir()
    const storage = await openStorage({ dataDir: dir.path })
    await storage.datastore?.put(new Key('/a'), Uint8Array.of(1))
    await storage.close()
    await storage.close()
    await storage.open()
    expect(await storage.datastore?.get(new Key('/a'))).to.deep.equal(Uint8Array.of(1))
    expect((await rejection(openStorage({ dataDir: dir.path }))).code).to.equal('DATA_DIR_IN_USE')
    await storage.close()
  })

  it('refuses a directory in a browser', async () => {
    expect((await rejection(openInBrowser({ dataDir: '/data' }))).code).to.equal('DATA_DIR_UNSUPPORTED')
    expect(await openInBrowser({})).to.not.have.any.keys('privateKey', 'datastore')
  })

  it('survives kill -9 at any moment: 40 times', async function () {
    this.timeout(240_000)
    await using dir = await makeTempDir()
    const rng = seededRng(9)
    const birthMs = await timeOfBirth(join(dir.path, 'calibration'))
    // two lines of lives at a time; a directory sees a birth, on a slow disk, and then another life
    const lines = [0, 1].map(async line => {
      let early = 0
      for (let life = 0; life < 10; life++) {
        const folder = join(dir.path, `${line}-${life}`)
        const born = await liveAndDie(folder, rng.float() * birthMs * 1.5, { acknowledged: 0 }, SLOWLY)
        if (born.peer == null) early++
        const second = await liveAndDie(folder, rng.float() * 30, born)
        await checkSurvivor(folder, { peer: born.peer ?? second.peer })
      }
      return early
    })
    const early = (await Promise.all(lines)).reduce((sum, count) => sum + count)
    expect(early, 'lives that ended before their identity was there').to.be.within(1, 19)
  })
})

/** What was acknowledged by those that lived in a directory. */
interface Known {
  peer?: string
  acknowledged: number
}

function start (folder: string, flags: string[] = []): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--no-warnings', '--experimental-strip-types', ...flags, CHILD, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** How long it takes from the start to the identity. */
async function timeOfBirth (folder: string): Promise<number> {
  const child = start(folder, SLOWLY)
  const exited = once(child, 'exit')
  let readyMs = 0
  let bornMs = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') readyMs = systemClock.monotonic()
    if (!line.startsWith('peer ')) continue
    bornMs = systemClock.monotonic()
    child.kill('SIGKILL')
    break
  }
  await exited
  return bornMs - readyMs
}

/** One process, killed `killAfterMs` after it began; fails when it lost something of what was known. */
async function liveAndDie (folder: string, killAfterMs: number, known: Known, flags: string[] = []): Promise<Known> {
  const child = start(folder, flags)
  const exited = once(child, 'exit')
  let peer: string | undefined
  let acknowledged = 0
  let killing: Promise<void> | undefined
  let complaint = ''
  child.stderr.on('data', (bytes: Buffer) => { complaint += bytes.toString() })
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, value = ''] = line.split(' ')
    if (word === 'ready') killing = sleep(systemClock, killAfterMs).then(() => { child.kill('SIGKILL') })
    if (word === 'peer') peer = value
    if (word === 'stored') acknowledged = Number(value)
    if (word === 'warning') complaint += line
    if (word === 'found') expect(Number(value), `entries in ${folder}`).to.be.at.least(known.acknowledged)
  }
  await Promise.all([exited, killing])
  expect(complaint).to.equal('')
  if (peer != null && known.peer != null) expect(peer, `identity in ${folder}`).to.equal(known.peer)
  return { peer, acknowledged }
}

async function checkSurvivor (folder: string, known: Pick<Known, 'peer'>): Promise<void> {
  const storage = await openStorage({ dataDir: folder })
  expect(storage.warnings).to.be.empty
  if (known.peer != null) expect(storage.privateKey?.publicKey.toString()).to.equal(known.peer)
  expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).to.be.empty
  await storage.close()
}
