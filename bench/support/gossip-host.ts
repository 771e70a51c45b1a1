/** A process with some of the nodes of an arm of a bench; told what to do by the process that forked it. */
import { pause } from './wait.ts'
import { speaker } from './speakers.ts'
import type { HostAnswers, HostCommand } from './speaker-contract.ts'
import type { Speaker } from './speakers.ts'

// time of saying, run, process, number of the message
const HEADER_BYTES = 20

interface Heard {
  run: number
  latenciesMs: number[]
  lastMs: number
  seen: Set<string>
  twice: number
}

const speakers: Speaker[] = []
let heard: Heard = nothing(0)

function nothing (run: number): Heard {
  return { run, latenciesMs: [], lastMs: 0, seen: new Set(), twice: 0 }
}

/** The same in all processes of a machine. */
function nowMs (): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function hear (node: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const run = view.getUint32(8)
  if (run > heard.run) heard = nothing(run)
  // of an earlier run
  if (run !== heard.run) return
  const key = `${node} ${view.getUint32(12)} ${view.getUint32(16)}`
  if (heard.seen.has(key)) {
    heard.twice++
    return
  }
  heard.seen.add(key)
  heard.lastMs = nowMs()
  heard.latenciesMs.push(heard.lastMs - view.getFloat64(0))
}

async function say ({ run, count, overMs, bytes }: HostCommand & { what: 'say' }): Promise<HostAnswers['say']> {
  const startMs = nowMs()
  let said = 0
  const all: Array<Promise<void>> = []
  for (let i = 0; i < count; i++) {
    const dueMs = startMs + overMs * i / count
    if (dueMs > nowMs()) await pause(dueMs - nowMs())
    const data = new Uint8Array(Math.max(HEADER_BYTES, bytes))
    const view = new DataView(data.buffer)
    view.setFloat64(0, nowMs())
    view.setUint32(8, run)
    view.setUint32(12, process.pid)
    view.setUint32(16, i)
    const by = speakers[i % speakers.length] as Speaker
    all.push(by.say(data).then(() => { said++ }, (err: unknown) => { console.error(`not said: ${String(err)}`) }))
  }
  await Promise.all(all)
  return { said, startMs }
}

type Obey = { [What in HostCommand['what']]: (command: HostCommand & { what: What }) => Promise<HostAnswers[What]> }

const obey: Obey = {
  async start ({ arm, count, degree }) {
    for (let i = 0; i < count; i++) speakers.push(await speaker(arm, degree, bytes => { hear(i, bytes) }))
    return speakers.map(node => node.address())
  },
  async dial ({ links }) {
    for (const [from, address] of links) await speakers[from]!.dial(address)
    return null
  },
  neighbours: async () => speakers.map(node => node.neighbours()),
  say,
  async heard ({ run }) {
    const { latenciesMs, twice, lastMs } = heard.run === run ? heard : nothing(run)
    const { user, system } = process.cpuUsage()
    return { count: latenciesMs.length, twice, lastMs, cpuMs: (user + system) / 1_000 }
  },
  latencies: async ({ run }) => heard.run === run ? heard.latenciesMs : []
}

process.on('message', ({ id, command }: { id: number, command: HostCommand }) => {
  (obey[command.what] as (command: HostCommand) => Promise<unknown>)(command).then(answer => process.send?.({ id, answer }), (err: unknown) => process.send?.({ id, error: String(err) }))
})
// whoever forked it has gone; an exit of its own lets a profile be written
process.on('disconnect', () => process.exit())
