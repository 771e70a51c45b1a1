/**
 * How long from the start of the process to `ready`, and how much memory does it hold then? Beside stock libp2p with the same
 * modules and a compile cache of its own, in turns A B B A, with an empty data directory and with one that exists. As the
 * program runs, and without its admin API, which stock has not: it is loaded after `ready`, so the time to `api:listening` is
 * told beside. And how long does `peerkeep id` take? `node bench/cold-start.ts --help`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { usage } from './support/proc.ts'
import { ours, stock } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import type { Member } from './support/member.ts'
import type { Program } from './support/programs.ts'
import type { Target } from './support/report.ts'

const MAX_TIME_RATIO = 0.5
const MAX_MEMORY_RATIO = 0.85
const MAX_ID_MS = 150
const MIB = 1024 * 1024

const { pairs, smoke } = options({ pairs: { full: 9, smoke: 1, help: 'measured turns of each kind, after two that do not count' } })

interface Start {
  ms: number
  rssMib: number
  cpuMs: number
  /** Of a program that has an admin API. */
  apiMs?: number
}

interface Arm {
  name: string
  program: Program
  flags: string[]
}

const QUIET = ['--json', '--no-mdns']
const LISTEN = ['--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws']

async function start (fleet: Fleet, { program, flags }: Arm, dataDir: string): Promise<Start> {
  let apiMs: number | undefined
  const api = Promise.withResolvers<void>()
  const member = fleet.start(program, [...flags, ...LISTEN, '--data-dir', dataDir], ({ startedMs }: Member, { event }) => {
    if (event !== 'api:listening') return
    apiMs = performance.now() - startedMs
    api.resolve()
  })
  await fleet.ready([member])
  const { rssBytes, cpuSeconds } = await usage(member.pid)
  // the caches of both are written at the end of a start
  if (program.name === 'peerkeep' && !flags.includes('--no-api')) await Promise.race([api.promise, member.exited])
  await fleet.stop([member])
  return { ms: (member.readyMs ?? Number.NaN) - member.startedMs, rssMib: rssBytes / MIB, cpuMs: cpuSeconds * 1_000, apiMs }
}

/** The identity that a start has left. */
async function idMs (program: Program, dataDir: string): Promise<number> {
  const began = performance.now()
  const child = spawn(process.execPath, [...program.command, 'id', '--data-dir', dataDir], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit') as [number | null]
  if (code !== 0) throw new Error(`peerkeep id ended with ${code}`)
  return performance.now() - began
}

const arms: Arm[] = [
  { name: 'peerkeep', program: ours(), flags: QUIET },
  { name: 'peerkeep --no-api', program: ours(), flags: [...QUIET, '--no-api'] },
  { name: 'stock', program: await stock(), flags: [] }
]
const results: Array<{ directory: 'new' | 'existing', program: string, starts: Start[] }> = []
const ids: number[] = []
{
  await using fleet = new Fleet(10 * 60_000)
  const kept = arms.map(() => fleet.dataDir())
  for (const directory of ['new', 'existing'] as const) {
    const rows = arms.map(({ name }) => ({ directory, program: name, starts: [] as Start[] }))
    // the first turns fill the caches, and the directories that exist from then on
    for (let turn = -2; turn < pairs; turn++) {
      for (const i of turn % 2 === 0 ? arms.keys() : [...arms.keys()].toReversed()) {
        const measured = await start(fleet, arms[i]!, directory === 'existing' ? kept[i]! : fleet.dataDir())
        if (turn >= 0) rows[i]!.starts.push(measured)
      }
    }
    results.push(...rows)
  }
  for (let run = -1; run < pairs; run++) {
    const ms = await idMs(arms[0]!.program, kept[0]!)
    if (run >= 0) ids.push(ms)
  }
}

/** Of each turn, the program's figure over stock's in the same turn. */
function ratios (row: number, of: (start: Start) => number): number[] {
  const peer = results[row - row % arms.length + arms.length - 1]!
  return results[row]!.starts.map((start, i) => of(start) / of(peer.starts[i]!))
}

const range = (values: number[], digits = 0): string => {
  const { min, max } = spread(values)
  return `${min.toFixed(digits)}-${max.toFixed(digits)}`
}

function target (what: string, values: number[], atMost: number): Target {
  return { what, value: median(values), values, atMost }
}

console.log(`from the start of the process to "ready", medians of ${pairs} interleaved turns (least-most); ratios to stock of the same turn\n`)
console.log(table(['data directory', 'program', 'ms', '', 'x stock', '', 'RSS MiB', 'x stock', 'CPU ms', 'x stock', 'API ms'], results.map(({ directory, program, starts }, row) => {
  const peer = program === 'stock'
  const [ms, rss, cpu] = [starts.map(({ ms }) => ms), starts.map(({ rssMib }) => rssMib), starts.map(({ cpuMs }) => cpuMs)]
  const apiMs = starts.flatMap(({ apiMs }) => apiMs ?? [])
  const ratioOf = (of: (start: Start) => number): number | undefined => peer ? undefined : median(ratios(row, of))
  return [
    directory, program, Math.round(median(ms)), range(ms), ratioOf(({ ms }) => ms), peer ? undefined : range(ratios(row, ({ ms }) => ms), 2),
    Math.round(median(rss)), ratioOf(({ rssMib }) => rssMib), Math.round(median(cpu)), ratioOf(({ cpuMs }) => cpuMs),
    apiMs.length === 0 ? undefined : Math.round(median(apiMs))
  ]
})))
console.log(`\npeerkeep id: ${Math.round(median(ids))} ms (${range(ids)})`)

await conclude({
  bench: 'cold-start',
  options: { pairs },
  measurements: { starts: results, ids },
  failures: [],
  targets: [
    ...[0, arms.length].flatMap(row => [
      target(`times stock's start, ${results[row]!.directory} data directory`, ratios(row, ({ ms }) => ms), MAX_TIME_RATIO),
      target(`times stock's memory at ready, ${results[row]!.directory} data directory`, ratios(row, ({ rssMib }) => rssMib), MAX_MEMORY_RATIO)
    ]),
    target('milliseconds of "peerkeep id"', ids, MAX_ID_MS)
  ],
  smoke
})
