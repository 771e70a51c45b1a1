import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pause, within } from './wait.ts'
import { quantile } from './stats.ts'
import type { ChildProcess } from 'node:child_process'
import type { ArmName, HostAnswers, HostCommand } from './speaker-contract.ts'

const START_LIMIT_MS = 180_000
const CALL_LIMIT_MS = 300_000
const POLL_MS = 100
/** Nothing more comes when nothing has come for so long. */
const QUIET_MS = 3_000

export interface Run {
  /** Messages a second that were said. */
  perSecond: number
  /** The share of what should have been heard that was. */
  delivered: number
  /** Messages a second that everybody had heard when the last came. */
  heardPerSecond: number
  p50Ms: number
  p95Ms: number
  twice: number
  /** Of all nodes together, for each message. */
  cpuMs: number
}

/** Nodes of one arm in several processes. */
export class GossipNet implements Disposable {
  readonly #hosts: Host[]
  readonly #size: number
  #run = 0

  private constructor (hosts: Host[], size: number) {
    this.#hosts = hosts
    this.#size = size
  }

  /** `size` nodes in so many processes, each with about `degree` neighbours. */
  static async start (arm: ArmName, { size, degree, processes }: { size: number, degree: number, processes: number }): Promise<GossipNet> {
    const net = new GossipNet(Array.from({ length: processes }, () => new Host()), size)
    try {
      await within(START_LIMIT_MS, `the nodes of ${arm}`, net.#connect(arm, degree))
      return net
    } catch (err) {
      net[Symbol.dispose]()
      throw err
    }
  }

  async #connect (arm: ArmName, degree: number): Promise<void> {
    const counts = this.#hosts.map((_, i) => Math.floor((this.#size + i) / this.#hosts.length))
    const addresses = await Promise.all(this.#hosts.map(async (host, i) => host.call({ what: 'start', arm, count: counts[i]!, degree })))
    // in turns, so that neighbours are mostly in other processes
    const nodes: Array<{ host: number, index: number, address: string }> = []
    for (let index = 0; nodes.length < this.#size; index++) {
      for (const [host, { [index]: address }] of addresses.entries()) {
        if (address != null) nodes.push({ host, index, address })
      }
    }
    const links: Array<Array<[number, string]>> = this.#hosts.map(() => [])
    for (const [a, b] of circulant(this.#size, degree)) links[nodes[a]!.host]!.push([nodes[a]!.index, nodes[b]!.address])
    await Promise.all(this.#hosts.map(async (host, i) => host.call({ what: 'dial', links: links[i]! })))
    const wanted = Math.min(degree, this.#size - 1)
    for (;;) {
      const neighbours = (await this.#all({ what: 'neighbours' })).flat()
      if (neighbours.every(count => count >= wanted)) return
      await pause(POLL_MS)
    }
  }

  /** All speak in turns: `count` messages in `overMs`, 0 for as fast as they can. Resolves when all is heard, or nothing more comes. */
  async run ({ count, overMs, bytes }: { count: number, overMs: number, bytes: number }): Promise<Run> {
    const run = ++this.#run
    const before = await this.#all({ what: 'heard', run })
    const startMs = performance.now()
    const shares = this.#hosts.map((_, i) => Math.floor((count + i) / this.#hosts.length))
    const answers = await Promise.all(this.#hosts.map(async (host, i) => host.call({ what: 'say', run, count: shares[i]!, overMs, bytes })))
    const saidMs = performance.now() - startMs
    const said = sum(answers, answer => answer.said)
    const expected = said * (this.#size - 1)
    let heard = before
    for (let changedMs = performance.now(); ;) {
      const now = await this.#all({ what: 'heard', run })
      if (sum(now, ({ count }) => count) > sum(heard, ({ count }) => count)) changedMs = performance.now()
      heard = now
      if (sum(heard, ({ count }) => count) >= expected || performance.now() - changedMs > QUIET_MS) break
      await pause(POLL_MS)
    }
    const latenciesMs = (await this.#all({ what: 'latencies', run })).flat()
    const tookMs = Math.max(...heard.map(({ lastMs }) => lastMs)) - Math.min(...answers.map(answer => answer.startMs))
    return {
      perSecond: said * 1_000 / Math.max(overMs, saidMs),
      delivered: expected === 0 ? 0 : latenciesMs.length / expected,
      heardPerSecond: latenciesMs.length / (this.#size - 1) * 1_000 / tookMs,
      p50Ms: quantile(latenciesMs, 0.5),
      p95Ms: quantile(latenciesMs, 0.95),
      twice: sum(heard, ({ twice }) => twice),
      cpuMs: (sum(heard, ({ cpuMs }) => cpuMs) - sum(before, ({ cpuMs }) => cpuMs)) / said
    }
  }

  async #all<C extends HostCommand> (command: C): Promise<Array<HostAnswers[C['what']]>> {
    return Promise.all(this.#hosts.map(async host => host.call(command)))
  }

  [Symbol.dispose] (): void {
    for (const host of this.#hosts) host.release()
  }
}

function sum<T> (values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}

/** Everybody is linked with those 1, 2, 4 ... places on: few steps from anybody to anybody. */
export function circulant (size: number, degree: number): Array<[number, number]> {
  const steps = new Set<number>()
  for (let i = 0; steps.size < Math.min(degree, size - 1) / 2; i++) steps.add(i === 0 ? 1 : Math.max(i + 1, Math.round((size / 2) ** (i / (degree / 2)))))
  const links = new Map<string, [number, number]>()
  for (let a = 0; a < size; a++) {
    for (const step of steps) {
      const b = (a + step) % size
      if (a !== b) links.set([Math.min(a, b), Math.max(a, b)].join(), [a, b])
    }
  }
  return [...links.values()]
}

/** One process. */
class Host {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #calls = 0

  constructor () {
    this.#child = fork(fileURLToPath(new URL('gossip-host.ts', import.meta.url)), { serialization: 'advanced', env: { ...process.env, NODE_ENV: 'production' } })
    this.#child.on('message', ({ id, answer, error }: { id: number, answer?: unknown, error?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error == null) waiting?.resolve(answer)
      else waiting?.reject(new Error(error))
    })
    this.#child.on('exit', code => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a process with nodes ended with ${code}`))
    })
  }

  async call<C extends HostCommand> (command: C): Promise<HostAnswers[C['what']]> {
    const id = ++this.#calls
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#child.send({ id, command })
    return within(CALL_LIMIT_MS, `an answer to "${command.what}"`, waiting.promise) as Promise<HostAnswers[C['what']]>
  }

  /** It ends by itself, so that a profile of it is written. */
  release (): void {
    if (this.#child.connected) this.#child.disconnect()
  }
}
