import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { multiaddr } from '@multiformats/multiaddr'
import type { ChildProcess } from 'node:child_process'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Commands, Reply, VictimCommands, VictimOptions, VictimStats } from './victim-contract.ts'
import type { Snapshot } from './victim-commands.ts'

const CHILD = fileURLToPath(new URL('victim-child.ts', import.meta.url))
const START_LIMIT_MS = 60_000
const ANSWER_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 15_000

type Answer<F> = F extends (node: never, ...args: never[]) => infer R ? Awaited<R> : never
type Arguments<F> = F extends (node: never, ...args: infer A) => unknown ? A : never

const alive = new Set<ChildProcess>()
process.once('exit', () => { for (const child of alive) child.kill('SIGKILL') })

/**
 * The node under attack, in a process of its own so that its CPU, event loop and memory are its own. `await using`: it is
 * killed with the block, by its pid, however the block ends.
 */
export class Victim implements AsyncDisposable {
  readonly options: VictimOptions
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve (value: unknown): void, reject (err: Error): void }>()
  #next = 0
  #complaints = ''
  #multiaddrs: Multiaddr[] = []

  private constructor (options: VictimOptions) {
    this.options = options
    this.#child = fork(CHILD, [], {
      execArgv: ['--import', 'tsx', '--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc']
    })
    alive.add(this.#child)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.#complaints = (this.#complaints + text).slice(-4_000) })
    this.#child.on('message', (message: Reply) => { this.#settle(message) })
    this.#child.once('exit', (code, signal) => {
      alive.delete(this.#child)
      const err = new Error(`the victim ended (${signal ?? code}): ${this.#complaints}`)
      for (const { reject } of this.#waiting.values()) reject(err)
      this.#waiting.clear()
    })
  }

  /** Resolves when it listens. */
  static async start (options: VictimOptions): Promise<Victim> {
    const victim = new Victim(options)
    try {
      const addresses = await victim.#ask('start', [options], START_LIMIT_MS) as string[]
      victim.#multiaddrs = addresses.map(address => multiaddr(address))
      return victim
    } catch (err) {
      await victim.kill()
      throw err
    }
  }

  /** The first address that it listens on, with its peer id. */
  get multiaddr (): Multiaddr {
    const [first] = this.#multiaddrs
    if (first == null) throw new Error('the victim does not listen')
    return first
  }

  get port (): number {
    return Number(this.multiaddr.getComponents().find(({ name }) => name === 'tcp')?.value)
  }

  get peerId (): string {
    return this.multiaddr.getComponents().at(-1)?.value ?? ''
  }

  get pid (): number | undefined {
    return this.#child.pid
  }

  /** What happened since it was last asked: CPU, the longest block of its event loop, the most pending handshakes. */
  async stats (): Promise<VictimStats> {
    return await this.call('stats')
  }

  /** The snapshots of its services; of a stock node there are none. */
  async snapshot (): Promise<Snapshot> {
    return await this.call('snapshot')
  }

  /** Runs one of `victim-commands.ts` in its process. Arguments and result are cloned. */
  async call<K extends keyof VictimCommands> (name: K, ...args: Arguments<VictimCommands[K]>): Promise<Answer<VictimCommands[K]>> {
    return await this.#ask(name, args, ANSWER_LIMIT_MS) as Answer<VictimCommands[K]>
  }

  /** Runs one of the module that `options.commands` named: `import type * as xCommands from './x-commands.ts'`, then `await victim.run<typeof xCommands>()('name', 1)`. */
  run<M extends Commands> (): <K extends keyof M & string>(name: K, ...args: Arguments<M[K]>) => Promise<Answer<M[K]>> {
    return async (name, ...args) => await this.#ask(name, args, ANSWER_LIMIT_MS) as never
  }

  /** As the program does on SIGTERM. */
  async stop (): Promise<void> {
    if (this.#hasEnded) return
    const ended = once(this.#child, 'exit')
    await this.#ask('stop', [], STOP_LIMIT_MS)
    await ended
  }

  /** `kill -9` */
  async kill (): Promise<void> {
    if (this.#hasEnded) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.kill()
  }

  get #hasEnded (): boolean {
    return this.#child.exitCode != null || this.#child.signalCode != null
  }

  async #ask (name: string, args: unknown[], limitMs: number): Promise<unknown> {
    if (this.#hasEnded) throw new Error(`the victim has ended: ${this.#complaints}`)
    const id = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => {
      this.#waiting.delete(id)
      reject(new Error(`the victim did not answer '${name}' within ${limitMs} ms: ${this.#complaints}`))
    }, limitMs)
    this.#waiting.set(id, { resolve, reject })
    this.#child.send({ id, name, args })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  #settle ({ id, ...outcome }: Reply): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if ('error' in outcome) waiting?.reject(new Error(outcome.error))
    else waiting?.resolve(outcome.result)
  }
}
