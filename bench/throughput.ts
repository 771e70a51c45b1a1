/**
 * How many bytes a second does one stream carry? 256 MiB in one direction between two processes, over TCP and over
 * WebSockets, from whoever dialled, Noise and yamux between: bare libp2p with Peerkeep's options beside stock, and raw TCP,
 * TLS and WebSockets (`ws`) as what the machine can do. Also the processor time of both sides. `node bench/throughput.ts --help`
 */
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import { STREAM_ARMS } from './support/stream-contract.ts'
import { StreamPair } from './support/stream-pair.ts'
import type { StreamArm } from './support/stream-contract.ts'
import type { Transfer } from './support/stream-pair.ts'

const PAIRS = [['ours, TCP', 'stock, TCP'], ['ours, WebSocket', 'stock, WebSocket']] as const
const MIN_RATIO = 1.8

const { rounds, mebibytes, smoke } = options({
  rounds: { full: 7, smoke: 1, help: 'measured rounds of all arms, after one that does not count' },
  mebibytes: { full: 256, smoke: 8, help: 'in a round, over each' }
})

const results = Object.fromEntries(STREAM_ARMS.map(arm => [arm, [] as Transfer[]])) as Record<StreamArm, Transfer[]>
{
  using pairs = new DisposableStack()
  const ends = new Map<StreamArm, StreamPair>()
  for (const arm of STREAM_ARMS) ends.set(arm, pairs.use(await StreamPair.start(arm)))
  for (let round = -1; round < rounds; round++) {
    // A B B A: nobody always finds the machine warmer
    for (const arm of round % 2 === 0 ? STREAM_ARMS : STREAM_ARMS.toReversed()) {
      const transfer = await ends.get(arm)!.transfer(mebibytes)
      if (round >= 0) results[arm].push(transfer)
    }
  }
}

const speeds = (arm: StreamArm): number[] => results[arm].map(({ elapsedMs }) => mebibytes * 1_000 / elapsedMs)
const cpu = (arm: StreamArm, which: 'sendCpuMs' | 'receiveCpuMs'): number => median(results[arm].map(transfer => transfer[which])) / mebibytes
/** Of each round, so that a busy moment counts for both. */
const ratios = (one: StreamArm, other: StreamArm): number[] => speeds(one).map((speed, i) => speed / speeds(other)[i]!)

console.log(`one stream, ${mebibytes} MiB in one direction between two processes, medians of ${rounds} rounds\n`)
console.log(table(['', 'MiB/s', 'min', 'max', 'sender ms CPU/MiB', 'receiver'], STREAM_ARMS.map(arm => {
  const { median: middle, min, max } = spread(speeds(arm))
  return [arm, middle, min, max, cpu(arm, 'sendCpuMs'), cpu(arm, 'receiveCpuMs')]
})))
console.log('\n' + table(['ratio of each round', 'median', 'min', 'max'], PAIRS.map(([one, other]) => {
  const { median: middle, min, max } = spread(ratios(one, other))
  return [`${one} / ${other}`, middle, min, max]
})))

await conclude({
  bench: 'throughput',
  options: { rounds, mebibytes },
  measurements: results,
  failures: [],
  targets: PAIRS.map(([one, other]) => ({ what: `bytes a second of ${one}, times those of ${other}`, value: median(ratios(one, other)), values: ratios(one, other), atLeast: MIN_RATIO })),
  smoke
})
