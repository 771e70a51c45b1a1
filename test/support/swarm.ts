import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from './free-ports.ts'
import { Program, runtime } from './program.ts'
import type { Graph } from './graph.ts'
import type { TimedEvent } from './program.ts'

const DIST = fileURLToPath(new URL('../../dist/node.js', import.meta.url))
const READY_LIMIT_MS = 120_000

export interface SwarmInit {
  /** What runs the program elsewhere, like in a network namespace. @default here */
  within?: string[]
  /** The address that everybody listens on. @default 127.0.0.1 */
  ip?: string
  /** Given to everybody. @default ['--no-mdns'] */
  args?: string[]
}

/** A data directory and a port, and the program that runs there now; it may end and begin anew. */
export class Resident {
  readonly dataDir: string
  readonly port: number
  /** Connected peers, by what it told. */
  readonly links = new Set<string>()
  /** Peers in its address book, by what it told. */
  readonly known = new Set<string>()
  peerId = ''
  readonly #run: (port: number, args: string[]) => Program
  #program: Program | undefined
  #read = 0

  constructor (dataDir: string, port: number, run: (port: number, args: string[]) => Program) {
    this.dataDir = dataDir
    this.port = port
    this.#run = run
  }

  get program (): Program {
    if (this.#program == null) throw new Error(`nothing was started on ${this.dataDir}`)
    return this.#program
  }

  get running (): boolean {
    return this.#program != null && this.#program.child.exitCode == null && this.#program.child.signalCode == null
  }

  /** Starts the program; resolves at once. */
  start (args: string[] = [], port = this.port): Program {
    if (this.running) throw new Error(`the one on ${this.dataDir} is still running`)
    this.links.clear()
    this.known.clear()
    this.#read = 0
    this.#program = this.#run(port, ['--data-dir', this.dataDir, ...args])
    return this.#program
  }

  /** Resolves to the address that it can be dialled at, when it is ready. */
  async ready (): Promise<string> {
    const { peerId, addresses } = await this.program.waitFor('ready', () => true, READY_LIMIT_MS)
    this.peerId = peerId
    return addresses[0] ?? ''
  }

  /** Takes in what it has told since; needed before `links` and `known` are read. */
  refresh (): void {
    const { events } = this.program
    while (this.#read < events.length) this.#take(events[this.#read++] as TimedEvent)
  }

  #take (event: TimedEvent): void {
    if (event.event === 'peer:connected') this.links.add(event.peerId)
    if (event.event === 'peer:disconnected') this.links.delete(event.peerId)
    if (event.event === 'peer:discovered') this.known.add(event.peerId)
    if (event.event === 'peer:checked' && event.verdict === 'gone') this.known.delete(event.peerId)
  }
}

/** Many programs as they are shipped. However the test ends, they end with it, killed by their pids. */
export class Swarm implements AsyncDisposable {
  readonly residents: Resident[] = []
  readonly #init: Required<SwarmInit>
  readonly #dir = mkdtempSync(join(tmpdir(), 'peerkeep-swarm-'))
  readonly #programs = new Set<Program>()
  readonly #onExit = (): void => { this.#clear() }
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#clear()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }

  constructor ({ within = [], ip = '127.0.0.1', args = ['--no-mdns'] }: SwarmInit = {}) {
    this.#init = { within, ip, args }
    process.once('exit', this.#onExit)
    process.once('SIGINT', this.#onSignal)
    process.once('SIGTERM', this.#onSignal)
  }

  /** `count` more places on consecutive ports, nobody there yet. */
  async settle (count: number): Promise<Resident[]> {
    const first = await freePorts(count)
    const residents = Array.from({ length: count }, (_, i) =>
      new Resident(join(this.#dir, String(this.residents.length + i)), first + i, (port, args) => this.#start(port, args)))
    this.residents.push(...residents)
    return residents
  }

  /** One more place. */
  async settleOne (): Promise<Resident> {
    return (await this.settle(1))[0]!
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await Promise.all([...this.#programs].map(async program => { await program.kill() }))
    this.#clear()
    process.off('exit', this.#onExit)
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
  }

  #start (port: number, args: string[]): Program {
    const { within, ip, args: common } = this.#init
    const api = args.some(arg => /^--(?:no-)?api(?:-|$)/.test(arg)) ? [] : ['--no-api']
    const program = new Program({ command: [...within, runtime, DIST], args: ['--listen', `/ip4/${ip}/tcp/${port}`, ...api, ...common, ...args] })
    this.#programs.add(program)
    // oxlint-disable-next-line typescript/no-floating-promises -- never rejects
    program.exited.then(() => { this.#programs.delete(program) })
    return program
  }

  #clear (): void {
    for (const { child } of this.#programs) child.kill('SIGKILL')
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** Who of these is connected to whom, dead ones included as others may still believe in them. */
export function linksOf (residents: readonly Resident[]): Graph {
  return new Map(residents.map(resident => {
    resident.refresh()
    return [resident.peerId, resident.links]
  }))
}

/** Who of these has whom in its address book. */
export function knownTo (residents: readonly Resident[]): Graph {
  return new Map(residents.map(resident => {
    resident.refresh()
    return [resident.peerId, resident.known]
  }))
}
