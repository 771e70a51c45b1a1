/**
 * How many signed messages can everybody hear, and how soon, in a network whose nodes all share this machine: Peerkeep's
 * gossip and its broadcasts, beside js-libp2p's gossipsub as it is and with what its options can do. Each arm has processes
 * of its own and the same links, and they speak in turns A B C D D C B A: as much as can be carried, and at the rate asked for.
 * Then ten nodes, in one process, beside ten of peerpigeon with the neighbours that it finds for itself, where that is installed.
 * `node bench/gossip.ts --help`
 */
import { GossipNet } from './support/gossip-net.ts'
import { peersInstalled, SKIPPED } from './support/optional-peer.ts'
import { options } from './support/options.ts'
import { pigeonRun } from './support/pigeon-net.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { Target } from './support/report.ts'
import type { ArmName } from './support/speaker-contract.ts'
import type { Run } from './support/gossip-net.ts'

const ARMS = ['stock', 'options', 'gossip', 'broadcast'] as const satisfies ArmName[]
const LIMITS = { heard: 2.5, p95: 0.4 }

const { nodes, degree, processes, rate, seconds, bytes, turns, burst, smoke } = options({
  nodes: { full: 30, smoke: 5, help: 'of each arm' },
  degree: { full: 8, smoke: 4, help: 'neighbours of each' },
  processes: { full: 2, smoke: 1, help: 'of each arm' },
  rate: { full: 100, smoke: 20, help: 'messages a second, in the whole network' },
  seconds: { full: 3, smoke: 1, help: 'of each turn at that rate' },
  bytes: { full: 1_024, smoke: 1_024, help: 'of each message' },
  turns: { full: 5, smoke: 1, help: 'of each arm, of each kind, after one that does not count' },
  burst: { full: 200, smoke: 10, help: 'messages said at once, to see how many can be carried' }
})

const startMs = performance.now()
const tell = (what: string): void => { console.log(`${((performance.now() - startMs) / 1_000).toFixed(0).padStart(5)} s  ${what}`) }

using nets = new DisposableStack()
const net = {} as Record<ArmName, GossipNet>
for (const arm of ARMS) net[arm] = nets.use(await GossipNet.start(arm, { size: nodes, degree, processes }))
tell('all are connected, and in the mesh')

type Runs = Record<ArmName, Run[]>

/** Who goes first changes, so that nobody always finds the machine warmer. */
async function interleaved (name: string, turn: { count: number, overMs: number }): Promise<Runs> {
  const runs: Runs = { stock: [], options: [], gossip: [], broadcast: [] }
  for (let i = -1; i < turns; i++) {
    for (const arm of i % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const run = await net[arm].run({ ...turn, bytes })
      tell(`${name}: ${arm} ${run.heardPerSecond.toFixed(1)}/s heard, ${(100 * run.delivered).toFixed(2)} % delivered, p95 ${run.p95Ms.toFixed(0)} ms, CPU ${run.cpuMs.toFixed(1)} ms${i < 0 ? ', not counted' : ''}`)
      if (i >= 0) runs[arm].push(run)
    }
  }
  return runs
}

const results: Record<'all at once' | 'at the rate', Runs> = {
  'all at once': await interleaved('all at once', { count: burst, overMs: 0 }),
  'at the rate': await interleaved(`${rate}/s`, { count: rate * seconds, overMs: seconds * 1_000 })
}
const { 'all at once': most, 'at the rate': steady } = results

const cell = (runs: Run[], what: keyof Run, factor = 1): string => {
  const { median, min, max } = spread(runs.map(run => run[what] * factor))
  const digits = max < 10 ? 1 : 0
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`
}
console.log(`\n${nodes} nodes of each arm in ${processes} processes, ${degree} neighbours each, ${bytes} bytes, ${turns} turns; medians (lowest-highest)\n`)
console.log(table(['', 'arm', 'heard/s', 'delivered %', 'p50 ms', 'p95 ms', 'CPU ms/message'], Object.entries(results).flatMap(([name, runs]) =>
  ARMS.map(arm => [name, arm, cell(runs[arm], 'heardPerSecond'), cell(runs[arm], 'delivered', 100), cell(runs[arm], 'p50Ms'), cell(runs[arm], 'p95Ms'), cell(runs[arm], 'cpuMs')]))))

/** Of each pair. */
const ratios = (runs: Runs, what: keyof Run, arm: ArmName): number[] => runs[arm].map((run, i) => run[what] / runs.stock[i]![what])
for (const arm of ARMS.slice(1)) {
  console.log(`${arm} beside stock: ${median(ratios(most, 'heardPerSecond', arm)).toFixed(2)} x as many heard, ${median(ratios(steady, 'p95Ms', arm)).toFixed(3)} x the p95 at ${rate}/s, ${median(ratios(most, 'cpuMs', arm)).toFixed(2)} x the CPU of a message`)
}

const SMALL = { nodes: 10, degree: 8, perSecond: 20, messages: 100 }

type Small = Pick<Run, 'delivered' | 'p50Ms' | 'p95Ms' | 'cpuMs'>

/** Both once: the one takes most of its time to form a mesh. */
async function besidePigeons (): Promise<Record<string, Small | undefined>> {
  const peerpigeon = await pigeonRun({ ...SMALL, bytes }).catch((err: unknown) => {
    // its native part ends the process now and then
    console.log(`peerpigeon: ${String(err)}`)
    return undefined
  })
  using small = await GossipNet.start('gossip', { size: SMALL.nodes, degree: SMALL.degree, processes: 1 })
  return { gossip: await small.run({ count: SMALL.messages, overMs: SMALL.messages * 1_000 / SMALL.perSecond, bytes }), peerpigeon }
}

nets.dispose()
const beside = smoke || !peersInstalled() ? undefined : await besidePigeons()
console.log(`\n${SMALL.nodes} nodes of each, ${SMALL.perSecond} messages a second\n`)
console.log(beside == null
  ? smoke ? 'skipped: their mesh takes its time to form' : SKIPPED
  : table(['arm', 'delivered %', 'p50 ms', 'p95 ms', 'CPU ms/message'], Object.entries(beside).map(([arm, run]) => [arm, run && 100 * run.delivered, run?.p50Ms, run?.p95Ms, run?.cpuMs])))

const lost = [...most.gossip, ...steady.gossip].filter(({ delivered }) => delivered < 1).length
const target = (what: string, values: number[], limit: Pick<Target, 'atLeast' | 'atMost'>): Target => ({ what, value: median(values), values, ...limit })
await conclude({
  bench: 'gossip',
  options: { nodes, degree, processes, rate, seconds, bytes, turns, burst },
  measurements: { ...results, beside },
  failures: ARMS.flatMap(arm => [...most[arm], ...steady[arm]].some(({ twice }) => twice > 0) ? [`${arm}: something was heard twice`] : []),
  targets: [
    target('gossip: times the messages/s of stock, all at once', ratios(most, 'heardPerSecond', 'gossip'), { atLeast: LIMITS.heard }),
    target(`gossip: times the p95 of stock at ${rate}/s`, ratios(steady, 'p95Ms', 'gossip'), { atMost: LIMITS.p95 }),
    { what: 'gossip: turns in which something was not delivered', value: lost, atMost: 0 },
    target(`broadcast: times the p95 of stock at ${rate}/s`, ratios(steady, 'p95Ms', 'broadcast'), { atMost: LIMITS.p95 })
  ],
  smoke
})
