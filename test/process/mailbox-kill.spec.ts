import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { LevelDatastore } from 'datastore-level'
import { expect } from 'chai'
import { toString } from 'uint8arrays/to-string'
import { systemClock } from '../../src/util/clock.ts'
import { seededRng } from '../../src/util/rng.ts'
import { openBox, OWNER } from '../services/messaging/mailbox/support/open-box.ts'
import { bundleProgram, spawnBundled } from '../support/bundled-program.ts'
import { peerIdOf } from '../support/signed-records.ts'
import { makeTempDir } from '../support/temp-dir.ts'

const ROUNDS = 3

/** Runs it until it has said `lines` lines, then kills it. */
async function runAndKill (args: string[], lines: number): Promise<string[]> {
  const child = spawnBundled(args)
  child.stderr.pipe(process.stderr)
  const exit = once(child, 'exit')
  const said: string[] = []
  for await (const line of createInterface(child.stdout)) {
    said.push(line)
    // it goes on while this one still reads
    if (said.length === lines) child.kill('SIGKILL')
  }
  await exit
  return said
}

describe('messaging: a mailbox and kill -9', () => {
  it(`loses nothing that it confirmed, and gives back nothing that it deleted, over ${ROUNDS} kills`, async () => {
    await using dir = await makeTempDir()
    const data = join(dir.path, 'data')
    const program = await bundleProgram('mailbox-writer', dir.path)
    const rng = seededRng(7)
    const kept = new Set<string>()
    const deleted = new Set<string>()
    for (let round = 1; round <= ROUNDS; round++) {
      const open = new Set<string>()
      for (const line of await runAndKill([program, data, String(round)], 20 + rng.int(100))) {
        const [what, token] = line.split(' ') as [string, string]
        if (what === '+') kept.add(token)
        if (what === '?') open.add(token)
        if (what !== '-') continue
        open.delete(token)
        kept.delete(token)
        deleted.add(token)
      }
      const datastore = new LevelDatastore(data)
      await datastore.open()
      const { box } = await openBox({ bytesPerOwner: 2 ** 30, messagesPerOwner: 100_000, totalBytes: 2 ** 30 }, datastore, systemClock)
      const owner = String(await peerIdOf(OWNER))
      const found = new Set<string>()
      for (let [after, more] = [new Uint8Array(0) as Uint8Array, true]; more;) {
        const page = await box.page(owner, after, 0)
        for (const { token } of page.kept) found.add(toString(token, 'base16'))
        after = page.kept.at(-1)?.token ?? after
        more = page.more
      }
      expect([...kept].filter(token => !found.has(token) && !open.has(token)), `lost in round ${round}`).to.deep.equal([])
      expect([...found].filter(token => deleted.has(token)), `back in round ${round}`).to.deep.equal([])
      for (const token of open) if (!found.has(token)) kept.delete(token)
      await datastore.close()
    }
    expect([kept.size, deleted.size].every(size => size > 10)).to.equal(true)
  }).timeout(60_000)
})
