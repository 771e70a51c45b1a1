import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DemoNode } from './demo-node.ts'
import type { ChildProcess } from 'node:child_process'
import type { ImpostorTold } from './impostor.ts'

const NETWORK = 'demo'
const IMPOSTOR_LIMIT_MS = 60_000

/** Everything that the demo starts, so that nothing of it stays. */
export class Stage {
  readonly nodes: DemoNode[] = []
  readonly #folder: string
  readonly #others = new Set<ChildProcess>()
  #closed = false

  private constructor (folder: string) {
    this.#folder = folder
  }

  static async open (): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'peerkeep-demo-')))
    process.once('exit', () => { stage.abandon() })
    return stage
  }

  get isClosed (): boolean {
    return this.#closed
  }

  /** A node that knows one address at most. */
  async add (name: string, bootstrap?: string): Promise<DemoNode> {
    this.#checkOpen()
    const args = [
      '--profile', 'dev', '--network', NETWORK, '--data-dir', join(this.#folder, name.replaceAll(' ', '-')),
      '--listen', '/ip4/127.0.0.1/tcp/0', '--api-listen', '127.0.0.1:0', '--min-peers', '6', '--min-outbound', '3',
      ...bootstrap == null ? [] : ['--bootstrap', bootstrap]
    ]
    return await DemoNode.start(name, args, node => { this.nodes.push(node) })
  }

  /** Lets somebody lie to all nodes about who it is; resolves to how it went for it. */
  async pretend (): Promise<ImpostorTold> {
    this.#checkOpen()
    const child = fork(new URL('impostor.ts', import.meta.url), [NETWORK, ...this.nodes.map(({ address }) => address)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true })
    this.#others.add(child)
    child.once('exit', () => { this.#others.delete(child) })
    let told: ImpostorTold | undefined
    child.on('message', message => { told = message as ImpostorTold })
    await once(child, 'exit', { signal: AbortSignal.timeout(IMPOSTOR_LIMIT_MS) })
    if (told == null) throw new Error('the impostor has failed')
    return told
  }

  /** All say goodbye and end; nothing is left. */
  async close (): Promise<void> {
    this.#closed = true
    for (const child of this.#others) child.kill('SIGKILL')
    await Promise.all(this.nodes.map(async node => { await node.end('SIGTERM') }))
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** The same at once; nothing to do after `close`. */
  abandon (): void {
    for (const child of [...this.#others, ...this.nodes.map(({ child }) => child)]) child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }

  #checkOpen (): void {
    if (this.#closed) throw new Error('the demo is over')
  }
}
