/**
 * How long from the start of the process to `ready`? Beside stock libp2p with the same modules, in turns A B A B, with an
 * empty data directory and with one that exists. `node bench/cold-start.ts --help`
 */
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { ours, stock } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { Program } from './support/programs.ts'

const MAX_RATIO = 1.3

const { pairs, smoke } = options({ pairs: { full: 9, smoke: 2, help: 'measured pairs of each kind, after one that does not count' } })

async function startMs (fleet: Fleet, program: Program, dataDir: string): Promise<number> {
  const flags = program.name === 'peerkeep' ? ['--json', '--no-mdns'] : []
  const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws']
  const member = fleet.start(program, [...flags, ...listen, '--data-dir', dataDir])
  await fleet.ready([member])
  await fleet.stop([member])
  return (member.readyMs ?? Number.NaN) - member.startedMs
}

const programs = [ours(), await stock()]
const results: Array<{ directory: 'new' | 'existing', program: string, ms: number[] }> = []
{
  await using fleet = new Fleet(10 * 60_000)
  for (const directory of ['new', 'existing'] as const) {
    const rows = programs.map(program => ({ directory, program: program.name, ms: [] as number[] }))
    const kept = [fleet.dataDir(), fleet.dataDir()]
    // the first pair fills the caches of the disk, and the directories that exist from then on
    for (let pair = -1; pair < pairs; pair++) {
      for (const [i, program] of programs.entries()) {
        const ms = await startMs(fleet, program, directory === 'existing' ? kept[i]! : fleet.dataDir())
        if (pair >= 0) rows[i]!.ms.push(ms)
      }
    }
    results.push(...rows)
  }
}

console.log(`milliseconds from the start of the process to "ready", ${pairs} interleaved pairs\n`)
console.log(table(['data directory', 'program', 'median', 'min', 'max', 'middle half', 'ratio'], results.map(({ directory, program, ms }, i) => {
  const { median: middle, min, max, iqr } = spread(ms)
  return [directory, program, Math.round(middle), Math.round(min), Math.round(max), Math.round(iqr), i % 2 === 0 ? middle / median(results[i + 1]!.ms) : undefined]
})))

await conclude({
  bench: 'cold-start',
  options: { pairs },
  measurements: results,
  failures: [],
  targets: [0, 2].map(i => ({
    what: `times stock's start, ${results[i]!.directory} data directory`,
    value: median(results[i]!.ms) / median(results[i + 1]!.ms),
    atMost: MAX_RATIO
  })),
  smoke
})
