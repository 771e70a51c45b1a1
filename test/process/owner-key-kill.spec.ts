import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { build } from 'esbuild'
import { createOwnerKeyFile, readOwnerKeyFile } from '../../src/platform/owner-key-file.ts'
import { seededRng } from '../../src/util/rng.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const ROUNDS = 10
const ROOT = join(import.meta.dirname, '../..')

describe('owner key file: kill -9', () => {
  it(`is there whole or not at all, and nothing else stays, over ${ROUNDS} kills`, async () => {
    await using dir = await makeTempDir()
    const program = join(dir.path, 'writer.cjs')
    await build({
      entryPoints: [join(ROOT, 'test/support/owner-key-writer.ts')], outfile: program, bundle: true, platform: 'node', format: 'cjs', external: ['classic-level'], logLevel: 'error'
    })
    const rng = seededRng(21)
    for (let round = 0; round < ROUNDS; round++) {
      const data = join(dir.path, `data-${round}`)
      await mkdir(data)
      const made = await makeUntilKilled(program, data, 1 + rng.int(4), rng.float() * 12)

      for (const { path, publicKey } of made) expect((await readOwnerKeyFile(path))?.publicKey.toString(), path).to.equal(publicKey)
      // the one it was at: there whole, and no line about it came, or not there, and it can be made
      const next = join(data, `${made.length}.json`)
      const key = await readOwnerKeyFile(next) ?? await createOwnerKeyFile(next)
      expect((await readOwnerKeyFile(next))?.equals(key)).to.equal(true)
      expect((await readdir(data)).toSorted()).to.deep.equal([...made.map((_, i) => `${i}.json`), `${made.length}.json`].toSorted())
    }
  }).timeout(120_000)
})

/** The files it said it had made when it was killed, a little after so many of them. */
async function makeUntilKilled (program: string, data: string, killAfter: number, killDelayMs: number): Promise<Array<{ path: string, publicKey: string }>> {
  const child = spawn(process.execPath, [program, data], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') } })
  const died = once(child, 'close')
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
  const made: Array<{ path: string, publicKey: string }> = []
  for await (const line of createInterface({ input: child.stdout })) {
    made.push(JSON.parse(line) as { path: string, publicKey: string })
    // at a moment that has nothing to do with what the child is at
    if (made.length === killAfter) setTimeout(() => { child.kill('SIGKILL') }, killDelayMs)
  }
  const [, signal] = await died
  expect(signal, complaint).to.equal('SIGKILL')
  return made
}
