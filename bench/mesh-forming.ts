/**
 * How fast do N programs that were all told one and the same address become one network? Measured from the last `ready`
 * until everybody knows everybody, until the graph hangs together, and until everybody has at least 5 connections;
 * beside stock libp2p with the same modules, in turns. `node bench/mesh-forming.ts --help`
 */
import { completeness, components, degrees } from '../test/support/graph.ts'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { ours, stock } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median, spread } from './support/stats.ts'
import { pause } from './support/wait.ts'
import type { Graph } from '../test/support/graph.ts'
import type { Member } from './support/member.ts'
import type { Program } from './support/programs.ts'
import type { Target } from './support/report.ts'

const MIN_DEGREE = 5
const POLL_MS = 20

const { count, runs, watch, smoke } = options({
  count: { full: 25, smoke: 6, help: 'programs' },
  runs: { full: 3, smoke: 1, help: 'runs of each' },
  watch: { full: 60, smoke: 20, help: 'seconds after which an incomplete network is given up' }
})
// the others of a small network are fewer than that
const minDegree = Math.min(MIN_DEGREE, count - 1)

interface Run {
  program: string
  /** Milliseconds since the last `ready`; absent: not within the time watched. */
  knownMs?: number
  connectedMs?: number
  degreeMs?: number
  /** How it stood when it was complete, or given up. */
  known: number
  parts: number
  minDegree: number
  medianDegree: number
  maxDegree: number
}

async function run (fleet: Fleet, program: Program): Promise<Run> {
  const args = (bootstrap: string[]): string[] => [
    ...(program.name === 'peerkeep' ? ['--json', '--no-mdns'] : []),
    '--listen', '/ip4/127.0.0.1/tcp/0', '--data-dir', fleet.dataDir(), ...bootstrap.flatMap(address => ['--bootstrap', address])
  ]
  const first = await fleet.start(program, args([])).ready
  const address = first.addresses.find(text => text.includes('/127.0.0.1/tcp/'))
  if (address == null) throw new Error(`${first.name} listens on no TCP address: ${first.addresses.join(', ')}`)
  for (let i = 1; i < count; i++) fleet.start(program, args([address]))
  const members = await fleet.ready()
  const result = await observe(program, members)
  await fleet.stop()
  return result
}

async function observe (program: Program, members: Member[]): Promise<Run> {
  const startMs = Math.max(...members.map(member => member.readyMs ?? 0))
  const found: Pick<Run, 'knownMs' | 'connectedMs' | 'degreeMs'> = {}
  for (;;) {
    const ms = performance.now() - startMs
    const links: Graph = new Map(members.map(member => [member.peerId, member.connected]))
    const knows: Graph = new Map(members.map(member => [member.peerId, member.known]))
    const parts = components(links).length
    const degree = degrees(links)
    const known = completeness(knows)
    if (known === 1) found.knownMs ??= ms
    if (parts === 1) found.connectedMs ??= ms
    if (degree[0]! >= minDegree) found.degreeMs ??= ms
    const complete = known === 1 && parts === 1 && degree[0]! >= minDegree
    if (complete || ms > watch * 1000) {
      return { program: program.name, ...found, known, parts, minDegree: degree[0]!, medianDegree: median(degree), maxDegree: degree.at(-1) ?? 0 }
    }
    await pause(POLL_MS)
  }
}

const programs = [ours(), await stock()]
const results: Run[] = []
{
  await using fleet = new Fleet(2 * runs * (watch + 180) * 1000)
  for (let i = 0; i < runs; i++) for (const program of programs) results.push(await run(fleet, program))
}

const seconds = (ms = Infinity): string => ms === Infinity ? `> ${watch}` : (ms / 1000).toFixed(2)
console.log(`${count} programs, one bootstrap address; seconds since the last "ready"\n`)
console.log(table(
  ['program', 'all known', 'one network', `degree >= ${minDegree}`, 'known %', 'parts', 'degree min', 'median', 'max'],
  results.map(r => [r.program, seconds(r.knownMs), seconds(r.connectedMs), seconds(r.degreeMs), r.known * 100, r.parts, r.minDegree, r.medianDegree, r.maxDegree])
))

const doneMs = (r: Run): number => Math.max(r.knownMs ?? Infinity, r.connectedMs ?? Infinity, r.degreeMs ?? Infinity)
const mine = results.filter(r => r.program === 'peerkeep').map(doneMs)
const theirs = results.filter(r => r.program === 'stock').map(doneMs)
const failures = mine.filter(ms => ms === Infinity).length
const { median: doneMedianMs, min, max } = spread(mine)
console.log(`\ncomplete after ${seconds(doneMedianMs)} s (${seconds(min)} to ${seconds(max)}); stock: ${theirs.map(ms => ms === Infinity ? `not within ${watch} s` : `${(ms / 1000).toFixed(2)} s`).join(', ')}`)

const targets: Target[] = [{ what: 'seconds until complete (median)', value: doneMedianMs / 1000, atMost: 10 }]
// where stock never gets there the ratio has no number, and completeness is the answer
if (theirs.every(ms => ms !== Infinity)) targets.push({ what: 'times faster than stock (medians)', value: median(theirs) / doneMedianMs, atLeast: 3 })
await conclude({
  bench: 'mesh-forming',
  options: { count, runs, watch },
  measurements: results,
  failures: failures > 0 ? [`${failures} of ${runs} networks were not complete within ${watch} s`] : [],
  targets,
  smoke
})
