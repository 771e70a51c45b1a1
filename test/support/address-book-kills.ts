import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { LevelDatastore } from 'datastore-level'
import { seededRng } from '../../src/util/rng.ts'
import { bundleProgram, spawnBundled } from './bundled-program.ts'
import { openBook } from './open-book.ts'
import { randomPeerId } from './random-peer.ts'
import { makeTempDir } from './temp-dir.ts'
import type { Line } from './address-book-writer.ts'

/** Kills a program that fills an address book, `rounds` times; fails when the book lost something that `flush()` acknowledged. Resolves to the number of those. */
export async function killDuringBook (rounds: number): Promise<number> {
  await using dir = await makeTempDir()
  const program = await bundleProgram('address-book-writer', dir.path)
  const rng = seededRng(20)
  const data = join(dir.path, 'data')
  const safe = new Map<string, { multiaddr: string, tried: boolean }>()
  const removed = new Set<string>()
  let acknowledged = 0

  for (let round = 0; round < rounds; round++) {
    const child = spawnBundled([program, data, String(round + 1)])
    const died = once(child, 'close')
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
    const killAfter = 1 + rng.int(12)
    const killDelayMs = rng.float() * 8
    let answers = 0
    let anchors: string[] | undefined
    const removing: string[] = []
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line
      if (line.removing != null) removing.push(line.removing)
      if (line.safe == null) continue
      for (const { id, ...entry } of line.safe) safe.set(id, entry)
      anchors = line.anchors
      for (const id of removing.splice(0)) removed.add(id)
      // at a moment that has nothing to do with what the child is at
      if (++answers === killAfter) setTimeout(() => { child.kill('SIGKILL') }, killDelayMs)
    }
    const [, signal] = await died
    expect(signal, complaint).to.equal('SIGKILL')
    acknowledged += answers

    const datastore = new LevelDatastore(data)
    await datastore.open()
    const { book, stop } = await openBook({ datastore, self: randomPeerId(seededRng(0)) })
    const found = new Map([...book.entries()].map(entry => [entry.peerId.toString(), { multiaddr: String(entry.multiaddrs[0]), tried: entry.tried }]))
    expect(book.snapshot().damaged).to.equal(0)
    // asked for, but the child died before it could say that it was done: either is right
    for (const id of removing) if (!found.has(id)) removed.add(id)
    for (const id of removed) {
      expect(found.has(id), `${id} was removed`).to.equal(false)
      safe.delete(id)
    }
    for (const [id, entry] of safe) expect(found.get(id), `round ${round}: ${id}`).to.deep.equal(entry)
    if (removing.length === 0 && (anchors?.length ?? 0) > 0) expect(book.anchors()).to.have.length.greaterThan(0)
    await stop()
    await datastore.close()
  }
  expect(acknowledged).to.be.greaterThan(rounds)
  expect(safe.size).to.be.greaterThan(rounds)
  expect(removed.size).to.be.greaterThan(0)
  return acknowledged
}
