/**
 * A program for tests to kill: takes messages into the mailbox in `<dir>` and deletes some, and says on stdout, a line each,
 * what is kept (`+ <token>`), what it is about to delete (`? <token>`), and what is deleted (`- <token>`).
 */
import { writeSync } from 'node:fs'
import { LevelDatastore } from 'datastore-level'
import { toString } from 'uint8arrays/to-string'
import { systemClock } from '../../src/util/clock.ts'
import { seededRng } from '../../src/util/rng.ts'
import { messageFrom, openBox, OWNER } from '../services/messaging/mailbox/support/open-box.ts'
import { peerIdOf } from './signed-records.ts'

const MAX_STEPS = 400

const say = (line: string): void => { writeSync(1, `${line}\n`) }

async function main (dir: string, seed: number): Promise<void> {
  const rng = seededRng(seed)
  const datastore = new LevelDatastore(dir)
  await datastore.open()
  const { box, register } = await openBox({ bytesPerOwner: 2 ** 30, messagesPerOwner: 100_000, totalBytes: 2 ** 30 }, datastore, systemClock)
  await register(OWNER)
  const owner = String(await peerIdOf(OWNER))
  let after: Uint8Array = new Uint8Array(0)
  for (let step = 0; step < MAX_STEPS; step++) {
    const messages = await Promise.all(Array.from({ length: 1 + rng.int(4) }, async () => await messageFrom(seed, { bytes: rng.int(5_000), expiresMs: systemClock.now() + 86_400_000, seed: rng.int(2 ** 31) })))
    const statuses = await box.deposit(messages, String(await peerIdOf(seed)), '')
    if (statuses.some(status => status !== 'ok')) throw new Error(`it took nothing: ${statuses.join(', ')}`)
    const { kept } = await box.page(owner, after, 0)
    for (const { token } of kept) say(`+ ${toString(token, 'base16')}`)
    after = kept.at(-1)?.token ?? after
    const victim = kept[rng.int(3)]?.token
    if (victim == null) continue
    say(`? ${toString(victim, 'base16')}`)
    await box.delete(owner, [victim])
    say(`- ${toString(victim, 'base16')}`)
  }
  // the test has seen enough by now
  setInterval(() => {}, 1_000)
}

const [, , dir = '', seed = '1'] = process.argv
main(dir, Number(seed)).catch((err: unknown) => {
  process.stderr.write(`${String(err)}\n`)
  process.exit(1)
})
