/**
 * How fast do broadcasts reach everybody, beside libp2p's gossipsub alone with the same links, in turns A B B A: at the rate
 * asked for, at one that both can carry, and as many as possible. All nodes of both arms share this machine.
 * `node bench/broadcast.ts --help`
 */
import { GossipNet } from './support/gossip-net.ts'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median } from './support/stats.ts'
import type { ArmName } from './support/speaker-contract.ts'
import type { Run } from './support/gossip-net.ts'

const ARMS: ArmName[] = ['messaging', 'bare']
const LIMITS = { delivered: 1, p95: 1.2 }
/** Of what the slower arm carries when everybody says all at once: queues stay short. */
const EASY = 0.5
/** Whoever takes so long to hear something hears it from a queue that grows. */
const QUEUING_MS = 1_000

const { nodes, degree, processes, rate, seconds, bytes, turns, burst, smoke } = options({
  nodes: { full: 50, smoke: 8, help: 'of each arm' },
  degree: { full: 8, smoke: 4, help: 'neighbours of each' },
  processes: { full: 4, smoke: 2, help: 'that the nodes are in' },
  rate: { full: 100, smoke: 20, help: 'messages a second, in the whole network' },
  seconds: { full: 10, smoke: 1, help: 'of each turn' },
  bytes: { full: 1_024, smoke: 1_024, help: 'of each message' },
  turns: { full: 6, smoke: 2, help: 'of each arm at each rate, after one that does not count' },
  burst: { full: 200, smoke: 20, help: 'messages said at once, to see what can be carried' }
})

const results: Record<string, Record<ArmName, Run[]>> = {}

const startMs = performance.now()
const tell = (what: string): void => { console.log(`${((performance.now() - startMs) / 1_000).toFixed(0).padStart(5)} s  ${what}`) }

using net = await GossipNet.start(ARMS, { size: nodes, degree, processes })
tell('all are connected, and in the mesh')

/** Who goes first changes, so that neither always finds the machine warmer. */
async function interleaved (name: string, many: number, turn: { count: number, overMs: number }): Promise<Record<ArmName, Run[]>> {
  const runs: Record<ArmName, Run[]> = { messaging: [], bare: [] }
  for (let i = -1; i < many; i++) {
    for (const arm of i % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const run = await net.run(arm, { ...turn, bytes })
      tell(`${name}: ${arm} ${(100 * run.delivered).toFixed(2)} % delivered, p95 ${run.p95Ms.toFixed(0)} ms${i < 0 ? ', not counted' : ''}`)
      if (i >= 0) runs[arm].push(run)
    }
  }
  results[name] = runs
  return runs
}

const of = (runs: Run[], what: keyof Run): number => median(runs.map(run => run[what]))

const most = await interleaved('all at once', Math.max(1, Math.ceil(turns / 2)), { count: burst, overMs: 0 })
const capacity = Math.min(of(most.messaging, 'heardPerSecond'), of(most.bare, 'heardPerSecond'))
const easy = Math.min(rate, EASY * capacity)
// where it is too much for the machine, it takes many times as long to be heard as to be said
const asked = await interleaved(`${rate}/s, as asked`, Math.ceil(turns / 3), { count: Math.ceil(rate * seconds / 2), overMs: seconds * 500 })
const carried = await interleaved(`${easy.toFixed(1)}/s, which both carry`, turns, { count: Math.max(1, Math.ceil(easy * seconds)), overMs: seconds * 1_000 })

console.log(`\n${nodes} nodes of each arm in ${processes} processes, ${degree} neighbours each, ${bytes} bytes, ${turns} turns of ${seconds} s; medians\n`)
console.log(table(['', 'arm', 'said/s', 'heard/s', 'delivered %', 'p50 ms', 'p95 ms', 'twice'], Object.entries(results).flatMap(([name, runs]) =>
  ARMS.map(arm => [name, arm, of(runs[arm], 'perSecond'), of(runs[arm], 'heardPerSecond'), 100 * of(runs[arm], 'delivered'), of(runs[arm], 'p50Ms'), of(runs[arm], 'p95Ms'), of(runs[arm], 'twice')]))))

const ratio = (runs: Record<ArmName, Run[]>, what: keyof Run): number => median(runs.messaging.map((run, i) => run[what] / runs.bare[i]![what]))
const reached = of(asked.bare, 'delivered') === 1 && of(asked.bare, 'p95Ms') < QUEUING_MS
console.log(reached
  ? `\n${rate} messages a second are carried by gossipsub alone on this machine.`
  : `\n${rate} messages a second to ${nodes} nodes are more than gossipsub alone carries on this machine (${of(most.bare, 'heardPerSecond').toFixed(1)} a second when all are said at once): at that rate both only queue, and what counts is the other.`)
console.log(`ratio of messaging to bare gossipsub, median of the pairs: p95 ${ratio(carried, 'p95Ms').toFixed(3)} at ${easy.toFixed(1)}/s, ${ratio(asked, 'p95Ms').toFixed(3)} at ${rate}/s; carried at most ${ratio(most, 'heardPerSecond').toFixed(3)}`)

const judged = reached ? asked : carried
await conclude({
  bench: 'broadcast',
  options: { nodes, degree, processes, rate, easy, seconds, bytes, turns, burst },
  measurements: results,
  failures: ARMS.flatMap(arm => carried[arm].some(({ twice }) => twice > 0) ? [`${arm}: something was heard twice`] : []),
  targets: [
    { what: `share delivered at ${reached ? rate : easy.toFixed(1)}/s`, value: Math.min(...judged.messaging.map(({ delivered }) => delivered)), atLeast: LIMITS.delivered },
    { what: `times the p95 of bare gossipsub at ${reached ? rate : easy.toFixed(1)}/s`, value: ratio(judged, 'p95Ms'), atMost: LIMITS.p95 }
  ],
  smoke
})
