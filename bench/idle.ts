/**
 * What does a node with 20 connections cost while nothing happens? Memory growth after the first minute, share of a core,
 * and memory beside a stock libp2p node with the same modules and as many connections, both in one run.
 * `node bench/idle.ts --help`
 */
import { connect } from './support/crowds.ts'
import { Fleet } from './support/fleet.ts'
import { options } from './support/options.ts'
import { usage } from './support/proc.ts'
import { ours, stock } from './support/programs.ts'
import { conclude, table } from './support/report.ts'
import { median } from './support/stats.ts'
import { pause } from './support/wait.ts'
import type { Usage } from './support/proc.ts'
import type { Member } from './support/member.ts'
import type { Program } from './support/programs.ts'

const MIB = 2 ** 20
const SAMPLE_SECONDS = 2

const { minutes, peers, smoke } = options({
  minutes: { full: 10, smoke: 0.2, help: 'how long to watch' },
  peers: { full: 20, smoke: 20, help: 'connections' }
})

interface Sample extends Usage {
  seconds: number
}

async function prepare (fleet: Fleet, program: Program): Promise<Member> {
  const flags = program.name === 'peerkeep' ? ['--json', '--no-mdns'] : []
  const member = await fleet.start(program, [...flags, '--listen', '/ip4/127.0.0.1/tcp/0', '--listen', '/ip4/127.0.0.1/tcp/0/ws', '--data-dir', fleet.dataDir()]).ready
  await connect(fleet, member, peers)
  return member
}

async function watch (members: Member[]): Promise<Sample[][]> {
  const samples: Sample[][] = members.map(() => [])
  const startMs = performance.now()
  for (let next = 0; next <= minutes * 60; next += SAMPLE_SECONDS) {
    await pause(startMs + next * 1000 - performance.now())
    for (const [i, member] of members.entries()) samples[i]!.push({ seconds: (performance.now() - startMs) / 1000, ...await usage(member.pid) })
  }
  return samples
}

/** The collector makes memory a saw: the median of a stretch says more than its ends. */
function rssMiB (samples: Sample[], fromSeconds: number, toSeconds: number): number {
  return median(samples.filter(({ seconds }) => seconds >= fromSeconds && seconds <= toSeconds).map(({ rssBytes }) => rssBytes)) / MIB
}

function evaluate (member: Member, samples: Sample[]): { program: string, connections: number, startMiB: number, endMiB: number, growthMiB: number, cpuPercent: number } {
  const last = samples.at(-1)!
  // of ten minutes, the second and the last; of less, the same shares
  const window = Math.min(60, last.seconds / 4)
  const startMiB = rssMiB(samples, window, 2 * window)
  const endMiB = rssMiB(samples, last.seconds - window, last.seconds)
  const settled = samples.find(({ seconds }) => seconds >= window) ?? last
  return {
    program: member.name.split(' ')[0]!,
    connections: member.connected.size,
    startMiB,
    endMiB,
    growthMiB: endMiB - startMiB,
    cpuPercent: (last.cpuSeconds - settled.cpuSeconds) / (last.seconds - settled.seconds) * 100
  }
}

const failures: string[] = []
let series: Sample[][] = []
let rows: Array<ReturnType<typeof evaluate>> = []
{
  await using fleet = new Fleet((minutes + 5) * 60_000)
  const members = [await prepare(fleet, ours()), await prepare(fleet, await stock())]
  series = await watch(members)
  rows = members.map((member, i) => evaluate(member, series[i]!))
  for (const row of rows) if (row.connections < peers) failures.push(`${row.program} holds ${row.connections} of ${peers} connections`)
  await fleet.stop()
}

console.log(`${peers} connections, idle for ${minutes} min; memory is resident, the median of a minute\n`)
console.log(table(['program', 'connections', 'MiB, 2nd minute', 'MiB, last', 'growth MiB', 'CPU % of a core'],
  rows.map(row => [row.program, row.connections, row.startMiB, row.endMiB, row.growthMiB, row.cpuPercent])))

await conclude({
  bench: 'idle',
  options: { minutes, peers },
  measurements: { rows, series },
  failures,
  targets: [
    { what: 'MiB grown after the first minute', value: rows[0]!.growthMiB, atMost: 5 },
    { what: 'CPU, % of a core', value: rows[0]!.cpuPercent, atMost: 2 },
    { what: "times a stock node's memory", value: rows[0]!.endMiB / rows[1]!.endMiB, atMost: 1.25 }
  ],
  smoke
})
