/**
 * What does a new connection cost? Processor time of both sides for each, from the dial until both have identified the other,
 * and for closing it; between two processes, over TCP and Noise, a few nodes dialling at a time. Bare libp2p with Peerkeep's
 * options beside stock, the AppNode beside stock with the same modules; mutual TLS as what Node itself can do, and hyperdht.
 * `node bench/dial.ts --help`
 */
import { ARMS as ALL } from './support/dial-contract.ts'
import { DialPair } from './support/dial-pair.ts'
import { peersInstalled, SKIPPED } from './support/optional-peer.ts'
import { options } from './support/options.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { ArmName } from './support/dial-contract.ts'
import type { Dials } from './support/dial-pair.ts'

/** With fewer, each would come back sooner than an AppNode answers it, and be refused. */
const DIALLERS = 8
/** Whole nodes have more to say to each other, after which they are let go. */
const HOLD_MS: Record<ArmName, number> = { stock: 1, ours: 1, 'stock, all modules': 100, AppNode: 100, TLS: 1, hyperdht: 1 }
/** Bare libp2p, and whole nodes; the AppNode's own services exchange peers, roles and keys over the same connection. */
const PAIRS = [['ours', 'stock'], ['AppNode', 'stock, all modules']] as const
const MAX_RATIO = 0.7

const { rounds, connections, smoke } = options({
  rounds: { full: 9, smoke: 1, help: 'measured rounds of all arms, after two that do not count' },
  connections: { full: 100, smoke: 8, help: 'of each arm in a round' }
})

const ARMS = ALL.filter(arm => arm !== 'hyperdht' || peersInstalled())
const results = Object.fromEntries(ARMS.map(arm => [arm, [] as Dials[]])) as Record<ArmName, Dials[]>
{
  using pairs = new DisposableStack()
  const ends = new Map<ArmName, DialPair>()
  for (const arm of ARMS) ends.set(arm, pairs.use(await DialPair.start(arm, DIALLERS)))
  for (let round = smoke ? 0 : -2; round < rounds; round++) {
    // A B B A: nobody always finds the machine warmer
    for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const dials = await ends.get(arm)!.dial(connections, HOLD_MS[arm])
      if (round >= 0) results[arm].push(dials)
    }
  }
}

const each = (arm: ArmName, what: keyof Dials): number[] => results[arm].map(dials => dials[what] / connections)
/** Of each round, so that a busy moment counts for both. */
const ratios = (one: ArmName, other: ArmName): number[] => each(one, 'cpuMs').map((ms, i) => ms / each(other, 'cpuMs')[i]!)

console.log(`milliseconds of processor time for a connection, both sides, medians of ${rounds} rounds of ${connections} connections, ${DIALLERS} nodes dialling\n`)
console.log(table(['', 'both sides', 'min', 'max', 'dialler', 'listener'], ARMS.map(arm => {
  const { median: both, min, max } = spread(each(arm, 'cpuMs'))
  const dialler = median(each(arm, 'dialCpuMs'))
  return [arm, both, min, max, dialler, both - dialler]
})))
if (!peersInstalled()) console.log(`\nhyperdht: ${SKIPPED}`)
console.log('\n' + table(['ratio of each round', 'median', 'min', 'max'], PAIRS.map(([one, other]) => {
  const { median: middle, min, max } = spread(ratios(one, other))
  return [`${one} / ${other}`, middle, min, max]
})))

await conclude({
  bench: 'dial',
  options: { rounds, connections },
  measurements: results,
  failures: [],
  targets: PAIRS.map(([one, other]) => ({ what: `processor time of ${one}, times that of ${other}`, value: median(ratios(one, other)), values: ratios(one, other), atMost: MAX_RATIO })),
  smoke
})
