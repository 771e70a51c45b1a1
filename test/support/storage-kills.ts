import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { openStorage } from '../../src/platform/storage.ts'
import { sleep, systemClock } from '../../src/util/clock.ts'
import { seededRng } from '../../src/util/rng.ts'
import { bundleProgram, spawnBundled } from './bundled-program.ts'
import { makeTempDir } from './temp-dir.ts'

/**
 * Kills programs that open the storage and write to it: in each of `folders` directories one at its birth, on a slow disk,
 * and then another; fails when something is lost, or left half made.
 */
export async function killDuringStorage (folders: number): Promise<void> {
  await using dir = await makeTempDir()
  const programs = { child: await bundleProgram('storage-child', dir.path), slowDisk: await bundleProgram('slow-disk', dir.path) }
  const rng = seededRng(9)
  const birthMs = await timeOfBirth(programs, join(dir.path, 'calibration'))
  // two lines of lives at a time
  const lines = [0, 1].map(async line => {
    let early = 0
    for (let life = line; life < folders; life += 2) {
      const folder = join(dir.path, String(life))
      const born = await liveAndDie(programs, folder, rng.float() * birthMs * 1.5, { acknowledged: 0 }, true)
      if (born.peer == null) early++
      const second = await liveAndDie(programs, folder, rng.float() * 30, born)
      await checkSurvivor(folder, { peer: born.peer ?? second.peer })
    }
    return early
  })
  const early = (await Promise.all(lines)).reduce((sum, count) => sum + count)
  expect(early, 'lives that ended before their identity was there').to.be.within(1, folders - 1)
}

/** What was acknowledged by those that lived in a directory. */
interface Known {
  peer?: string
  acknowledged: number
}

interface Programs {
  child: string
  /** Loaded before it, makes the disk slow. */
  slowDisk: string
}

function start ({ child, slowDisk }: Programs, folder: string, slowly: boolean): ReturnType<typeof spawnBundled> {
  return spawnBundled([...slowly ? ['--require', slowDisk] : [], child, folder])
}

/** How long it takes from the start to the identity. */
async function timeOfBirth (programs: Programs, folder: string): Promise<number> {
  const child = start(programs, folder, true)
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
async function liveAndDie (programs: Programs, folder: string, killAfterMs: number, known: Known, slowly = false): Promise<Known> {
  const child = start(programs, folder, slowly)
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
