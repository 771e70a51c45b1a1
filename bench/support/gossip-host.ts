/** A process with some of the nodes of a bench, of both arms; told what to do by the process that forked it. */
import { pause } from './wait.ts'
import { speaker } from './speakers.ts'
import type { ArmName, HostAnswers, HostCommand } from './speaker-contract.ts'
import type { Speaker } from './speakers.ts'

// time of saying, run, number of the message
const HEADER_BYTES = 20

interface Heard {
  run: number
  latenciesMs: number[]
  seen: Set<string>
  twice: number
}

const speakers: Record<ArmName, Speaker[]> = { messaging: [], bare: [] }
const heard: Record<ArmName, Heard> = { messaging: nothing(0), bare: nothing(0) }

function nothing (run: number): Heard {
  return { run, latenciesMs: [], seen: new Set(), twice: 0 }
}

/** The same in all processes of a machine. */
function nowMs (): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function hear (arm: ArmName, node: number, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const run = view.getUint32(8)
  if (run > heard[arm].run) heard[arm] = nothing(run)
  const { latenciesMs, seen } = heard[arm]
  // of an earlier run
  if (run !== heard[arm].run) return
  const key = `${node} ${view.getUint32(12)} ${view.getUint32(16)}`
  if (seen.has(key)) {
    heard[arm].twice++
    return
  }
  seen.add(key)
  latenciesMs.push(nowMs() - view.getFloat64(0))
}

async function say ({ arm, run, count, overMs, bytes }: HostCommand & { what: 'say' }): Promise<number> {
  const startMs = performance.now()
  let said = 0
  const all: Array<Promise<void>> = []
  for (let i = 0; i < count; i++) {
    const dueMs = startMs + overMs * i / count
    if (dueMs > performance.now()) await pause(dueMs - performance.now())
    const data = new Uint8Array(Math.max(HEADER_BYTES, bytes))
    const view = new DataView(data.buffer)
    view.setFloat64(0, nowMs())
    view.setUint32(8, run)
    view.setUint32(12, process.pid)
    view.setUint32(16, i)
    const by = speakers[arm][i % speakers[arm].length] as Speaker
    all.push(by.say(data).then(() => { said++ }, (err: unknown) => { console.error(`${arm}: not said: ${String(err)}`) }))
  }
  await Promise.all(all)
  return said
}

type Obey = { [What in HostCommand['what']]: (command: HostCommand & { what: What }) => Promise<HostAnswers[What]> }

const obey: Obey = {
  async start ({ arm, count, degree }) {
    for (let i = 0; i < count; i++) speakers[arm].push(await speaker(arm, degree, bytes => { hear(arm, i, bytes) }))
    return speakers[arm].map(node => node.address())
  },
  async dial ({ arm, links }) {
    for (const [from, address] of links) await speakers[arm][from]!.dial(address)
    return null
  },
  neighbours: async ({ arm }) => speakers[arm].map(node => node.neighbours()),
  say,
  async heard ({ arm, run: wanted }) {
    const { run, latenciesMs, twice } = heard[arm]
    return run === wanted ? { latenciesMs, twice } : { latenciesMs: [], twice: 0 }
  }
}

process.on('message', ({ id, command }: { id: number, command: HostCommand }) => {
  (obey[command.what] as (command: HostCommand) => Promise<unknown>)(command).then(answer => process.send?.({ id, answer }), (err: unknown) => process.send?.({ id, error: String(err) }))
})
// whoever forked it has gone
process.on('disconnect', () => process.exit())
