/**
 * A program for tests to kill: keeps an address book in `<dir>`, notes events from `<seed>`, and says on stdout, a line
 * of JSON each, what it is about to remove and, after `flush`, everything that is safe by then.
 */
import { writeSync } from 'node:fs'
import { start } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { LevelDatastore } from 'datastore-level'
import { addressBook } from '../../src/services/address-book/index.ts'
import { seededRng } from '../../src/util/rng.ts'
import { randomPeerId, randomPublicAddress } from './random-peer.ts'

export interface Line {
  /** About to be removed. */
  removing?: string
  /** In the datastore: peers by id with their address and table; the anchors. */
  safe?: Array<{ id: string, multiaddr: string, tried: boolean }>
  anchors?: string[]
}

/** Peers a run adds before it waits to be killed: the book is to stay small. */
const MAX_ROUNDS = 200

async function main (dir: string, seed: number): Promise<void> {
  const rng = seededRng(seed)
  const datastore = new LevelDatastore(dir)
  await datastore.open()
  // the default rhythm would rarely write on its own in a life this short
  const book = addressBook({ flushIntervalMs: 2 })({ peerId: randomPeerId(seededRng(0)), datastore, logger: defaultLogger() })
  await start(book)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const changed = Array.from({ length: 1 + rng.int(4) }, () => {
      const peer = { peerId: randomPeerId(rng), multiaddrs: [randomPublicAddress(rng)], source: 'pex' as const, record: rng.bytes(300), seq: 1n }
      book.add(peer)
      if (rng.int(4) === 0) book.succeeded(peer.peerId, peer.multiaddrs[0] as (typeof peer.multiaddrs)[number])
      return peer.peerId
    })
    book.setAnchors(changed)
    const [victim] = rng.int(3) === 0 ? book.select(1) : []
    if (victim != null) {
      say({ removing: victim.peerId.toString() })
      book.remove(victim.peerId)
    }
    await book.flush()
    say({
      safe: changed.map(peerId => book.get(peerId)).filter(entry => entry != null)
        .map(entry => ({ id: entry.peerId.toString(), multiaddr: String(entry.multiaddrs[0]), tried: entry.tried })),
      anchors: book.anchors().map(String)
    })
  }
  setInterval(() => {}, 1000)
}

function say (line: Line): void {
  // synchronous: a line that was said is in the pipe before anything else happens
  writeSync(1, `${JSON.stringify(line)}\n`)
}

main(process.argv[2] as string, Number(process.argv[3])).catch((err: unknown) => {
  writeSync(2, `${err instanceof Error ? err.stack : String(err)}\n`)
  process.exitCode = 1
})
