/**
 * How fast is a file sent from one process to another, and in how much memory? Beside a raw libp2p stream that carries as many
 * bytes from memory and throws them away, in turns A B A B: reading, hashing, writing and syncing to the disk are the file's
 * alone. `node bench/files.ts --help`
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRng } from 'peerkeep'
import { FilePair } from './support/file-pair.ts'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { Way } from './support/file-peer-contract.ts'

const LIMITS = { ratio: 0.85, growthMiB: 64 }
const WAYS: readonly Way[] = ['raw', 'sendFile']
const MIB = 2 ** 20

const { mib, pairs, smoke } = options({
  mib: { full: 1_024, smoke: 16, help: 'size of the file' },
  pairs: { full: 5, smoke: 2, help: 'measured rounds, after one that does not count' }
})
const bytes = Math.ceil(mib) * MIB

async function writeFile (path: string): Promise<void> {
  const rng = seededRng(1)
  const block = new Uint8Array(MIB)
  for (let at = 0; at < MIB; at += 16) block.set(rng.bytes(8), at)
  const file = await open(path, 'w')
  for (let i = 0; i < bytes / MIB; i++) {
    new DataView(block.buffer).setUint32(8, i)
    await file.write(block)
  }
  await file.sync()
  await file.close()
}

const folder = await mkdtemp(join(tmpdir(), 'peerkeep-bench-'))
const clear = async (): Promise<void> => { await rm(folder, { recursive: true, force: true }) }
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { clear().then(() => process.exit(1), () => process.exit(1)) })

const speeds: Record<Way, number[]> = { raw: [], sendFile: [] }
const growth: Record<Way, { sender: number, receiver: number }> = {} as never
try {
  const path = join(folder, 'source.bin')
  await writeFile(path)
  for (const way of WAYS) {
    // each in processes of its own: what one has left does not count for the next
    await using pair = await FilePair.start(folder)
    growth[way] = await pair.growth(way, path, bytes)
  }
  await using pair = await FilePair.start(folder)
  for (let round = -1; round < pairs; round++) {
    // who goes first changes, so that nobody always finds the machine warmer
    for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
      const speed = await pair.send(way, path, bytes)
      if (round >= 0) speeds[way].push(speed)
    }
  }
} finally {
  await clear()
}

console.log(`${mib} MiB from one process to another, ${pairs} interleaved rounds; memory in MiB over that before\n`)
console.log(table(['way', 'MiB/s', 'min', 'max', 'sender +MiB', 'receiver +MiB'], WAYS.map(way => {
  const { median, min, max } = spread(speeds[way])
  return [way, median, min, max, growth[way].sender, growth[way].receiver]
})))

const ratios = speeds.sendFile.map((speed, i) => speed / speeds.raw[i]!)
await conclude({
  bench: 'files',
  options: { mib, pairs },
  measurements: { speeds, growth, ratios },
  failures: [],
  targets: [
    { what: 'times the MiB/s of a raw stream', value: median(ratios), atLeast: LIMITS.ratio },
    { what: 'MiB of memory more, the sender', value: growth.sendFile.sender, atMost: LIMITS.growthMiB },
    { what: 'MiB of memory more, the receiver', value: growth.sendFile.receiver, atMost: LIMITS.growthMiB }
  ],
  smoke
})
