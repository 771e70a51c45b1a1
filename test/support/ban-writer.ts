/**
 * A program for tests to kill: bans and lifts bans in `<dir>`, by `<seed>`, and says on stdout, a line of JSON each, what it
 * is about to lift and what has been banned, lifted or imported.
 */
import { writeSync } from 'node:fs'
import { LevelDatastore } from 'datastore-level'
import { seededRng } from '../../src/util/rng.ts'
import { loneBans } from './lone-bans.ts'
import { randomGroup, randomPeerId } from './random-peer.ts'
import type { Ban } from '../../src/services/bans/index.ts'
import type { Rng } from '../../src/util/rng.ts'

export interface BanLine {
  /** It resolved. */
  banned?: Ban[]
  /** About to be lifted, or banned anew for longer. */
  changing?: string
  lifted?: string
}

/** Steps of a run before it waits to be killed: the ban list is to stay small. */
const MAX_STEPS = 300

async function main (dir: string, seed: number): Promise<void> {
  const rng = seededRng(seed)
  const datastore = new LevelDatastore(dir)
  await datastore.open()
  const { bans } = await loneBans(datastore)
  const own: string[] = []
  for (let step = 0; step < MAX_STEPS; step++) {
    const choice = rng.int(10)
    const victim = own.length === 0 ? undefined : own[rng.int(own.length)]
    if (choice === 0 && victim != null) {
      say({ changing: victim })
      await bans.unban(victim)
      say({ lifted: victim })
    } else if (choice === 1 && victim != null) {
      say({ changing: victim })
      say({ banned: [await bans.ban(victim, { durationMs: 'forever', reason: `again ${step}` })] })
    } else if (choice === 2) {
      const keys = Array.from({ length: 1 + rng.int(40) }, () => randomTarget(rng))
      await bans.import(keys.map(key => JSON.stringify({ key })))
      say({ banned: keys.map(key => bans.get(key)).filter(ban => ban != null) })
    } else {
      // several at once share a batch
      await Promise.all(Array.from({ length: 1 + rng.int(4) }, async () => {
        const key = randomTarget(rng)
        own.push(key)
        say({ banned: [await bans.ban(key, { durationMs: rng.int(2) === 0 ? 'forever' : 86_400_000, reason: `step ${step}` })] })
      }))
    }
  }
  setInterval(() => {}, 1_000)
}

function randomTarget (rng: Rng): string {
  if (rng.int(2) === 0) return randomPeerId(rng).toString()
  const network = `${randomGroup(rng)}.${rng.int(256)}`
  // few: over their bound bans displace each other, as they should
  return rng.int(8) > 0 ? `${network}.${rng.int(256)}` : `${network}.0/24`
}

function say (line: BanLine): void {
  // synchronous: a line that was said is in the pipe before anything else happens
  writeSync(1, `${JSON.stringify(line)}\n`)
}

main(process.argv[2] as string, Number(process.argv[3])).catch((err: unknown) => {
  writeSync(2, `${err instanceof Error ? err.stack : String(err)}\n`)
  process.exitCode = 1
})
