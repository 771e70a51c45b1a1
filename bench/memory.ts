/**
 * How much memory does a node hold, with nobody connected and with 100, 500 and 1,000 peers that dialled it? Resident memory
 * of the program with its default options and of the same without its admin API, beside a stock libp2p node with the same
 * modules, in turns A B C C B A: each dialled by as many light nodes in other processes, and read at the end of as long a quiet
 * time. `node bench/memory.ts --help`
 */
import { connect } from './support/crowds.ts'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { usage } from './support/proc.ts'
import { ours, stock } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import { pause } from './support/wait.ts'
import type { Member } from './support/member.ts'
import type { Program } from './support/programs.ts'
import type { Target } from './support/report.ts'

const MIB = 2 ** 20
const KIB = 2 ** 10
const MAX_RATIO = 1
const ARMS = ['peerkeep', 'peerkeep --no-api', 'stock'] as const
const LISTEN = ['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws']

const { rounds, quiet, smoke } = options({
  rounds: { full: 5, smoke: 1, help: 'measured rounds of all three' },
  quiet: { full: 30, smoke: 2, help: 'seconds that nothing happens before memory is read; it is the median of the last third' }
})
const LEVELS = smoke ? [0, 10, 20] : [0, 100, 500, 1_000]
// room for those who are counted while they come and go
const MOST = String(LEVELS.at(-1)! + 100)

type Arm = typeof ARMS[number]
type Series = Record<Arm, number[]>

const series = (): Series => Object.fromEntries(ARMS.map(arm => [arm, []])) as unknown as Series

const stockProgram = await stock()
function programOf (arm: Arm): [Program, string[]] {
  if (arm === 'stock') return [stockProgram, ['--max-connections', MOST]]
  return [ours(), ['--json', '--no-mdns', '--max-peers', MOST, '--max-inbound', MOST, ...arm === 'peerkeep' ? ['--api-listen', '127.0.0.1:0'] : ['--no-api']]]
}

/** In bytes: the collector makes memory a saw, so the median of a stretch. */
async function readQuiet ({ pid }: Member): Promise<number> {
  await pause(quiet * 2_000 / 3)
  const untilMs = performance.now() + quiet * 1_000 / 3
  const samples: number[] = []
  do {
    await pause(500)
    samples.push((await usage(pid)).rssBytes)
  } while (performance.now() < untilMs)
  return median(samples)
}

const failures: string[] = []
const rss = new Map(LEVELS.map(level => [level, series()]))
for (let round = 0; round < rounds; round++) {
  // one at a time: the pings of three thousand connections would be no quiet
  for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) {
    await using fleet = new Fleet(30 * 60_000)
    const [program, flags] = programOf(arm)
    const member = await fleet.start(program, [...flags, ...LISTEN, '--data-dir', fleet.dataDir()]).ready
    for (const [i, level] of LEVELS.entries()) {
      await connect(fleet, member, level - (LEVELS[i - 1] ?? 0))
      rss.get(level)![arm].push(await readQuiet(member))
      const { size } = member.connected
      if (size !== level) failures.push(`${arm} holds ${size} of ${level} connections`)
    }
    await fleet.stop()
  }
}

/** What one connection adds, in bytes, of each round. */
const each = (arm: Arm, level: number): number[] => rss.get(level)![arm].map((bytes, i) => (bytes - rss.get(0)![arm][i]!) / level)
/** Of each round, so that a busy moment counts for both. */
const ratios = (values: number[], others: number[]): number[] => values.map((value, i) => value / others[i]!)

const summary = (values: number[], unit = 1): string => {
  const { median, min, max } = spread(values.map(value => value / unit))
  return unit === 1 ? `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})` : `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`
}
const rows = LEVELS.map(level => ({ level, all: rss.get(level)! }))
const busy = LEVELS.filter(level => level > 0)

console.log(`resident memory in MiB after ${quiet} s of quiet, median (range) of ${rounds} rounds\n`)
console.log(table(['connections', ...ARMS], rows.map(({ level, all }) => [level, ...ARMS.map(arm => summary(all[arm], MIB))])))
console.log('\nKiB that a connection adds\n')
console.log(table(['connections', ...ARMS], busy.map(level => [level, ...ARMS.map(arm => summary(each(arm, level), KIB))])))
console.log('\ntimes stock, median (range) of the rounds\n')
const OURS = ARMS.slice(0, 2)
console.log(table(['', ...OURS], [
  ...rows.map(({ level, all }) => [`all, ${level} connections`, ...OURS.map(arm => summary(ratios(all[arm], all.stock)))]),
  ...busy.map(level => [`a connection, of ${level}`, ...OURS.map(arm => summary(ratios(each(arm, level), each('stock', level))))])
]))

function target (what: string, values: number[]): Target {
  return { what: `times the memory of stock: ${what}`, value: median(values), values, atMost: MAX_RATIO }
}

await conclude({
  bench: 'memory',
  options: { rounds, quiet },
  measurements: Object.fromEntries(rss),
  failures,
  targets: OURS.flatMap(arm => [
    target(`${arm}, nobody connected`, ratios(rss.get(0)![arm], rss.get(0)!.stock)),
    ...busy.map(level => target(`${arm}, a connection of ${level}`, ratios(each(arm, level), each('stock', level))))
  ]),
  smoke
})
