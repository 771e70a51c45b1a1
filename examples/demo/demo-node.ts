import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'

const PROGRAM = fileURLToPath(new URL('../../dist/node.js', import.meta.url))
const START_LIMIT_MS = 60_000
const CALL_LIMIT_MS = 30_000

interface Told {
  event: string
  peerId?: string
  addresses?: string[]
  url?: string
  tokenFile?: string
  message?: string
}

/** What a node answers when it cannot do what it was asked to. */
export class ApiProblem extends Error {
  readonly code: string

  constructor (code: string, detail: string) {
    super(detail)
    this.code = code
  }
}

/** `node dist/node.js run` in a process of its own, and the way to its admin API. */
export class DemoNode {
  readonly name: string
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  peerId = ''
  /** Where others reach it. */
  address = ''
  url = ''
  token = ''

  private constructor (name: string, args: readonly string[]) {
    this.name = name
    // what the shell says of another node is not meant for these
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('PEERKEEP_')))
    // detached: Ctrl-C is for the demo, which then stops the nodes
    this.child = spawn(process.execPath, [PROGRAM, 'run', '--json', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  }

  /** Resolves when it is ready and its admin API listens. */
  static async start (name: string, args: readonly string[], onSpawn: (node: DemoNode) => void): Promise<DemoNode> {
    const node = new DemoNode(name, args)
    onSpawn(node)
    await node.#ready()
    return node
  }

  get isRunning (): boolean {
    return this.child.exitCode == null && this.child.signalCode == null
  }

  /** The page of the dashboard; what follows the # stays in the browser. */
  get dashboard (): string {
    return `${this.url}/#token=${this.token}`
  }

  async get<T> (path: string): Promise<T> {
    return await this.#call<T>('GET', path)
  }

  async post<T> (path: string, body: object = {}): Promise<T> {
    return await this.#call<T>('POST', path, JSON.stringify(body))
  }

  /** Resolves when it has ended. */
  async end (signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
  }

  async #ready (): Promise<void> {
    let stderr = ''
    this.child.stderr.on('data', (chunk: Buffer) => { stderr = `${stderr}${chunk.toString()}`.slice(-2_000) })
    const limit = AbortSignal.timeout(START_LIMIT_MS)
    const lines = createInterface({ input: this.child.stdout })
    const listening = new Promise<void>((resolve, reject) => {
      lines.on('line', line => {
        const told = JSON.parse(line) as Told
        if (told.event === 'ready') [this.peerId, this.address] = [told.peerId ?? '', told.addresses?.[0] ?? '']
        if (told.event === 'api:listening') readFile(told.tokenFile ?? '', 'utf8').then(token => { [this.url, this.token] = [told.url ?? '', token.trim()] }).then(resolve, reject)
      })
      this.child.once('exit', (code, signal) => { reject(new Error(`${this.name} ended at its start (${signal ?? `exit code ${code}`}): ${stderr.trim()}`)) })
      limit.addEventListener('abort', () => { reject(new Error(`${this.name} was not ready within ${START_LIMIT_MS / 1_000} s: ${stderr.trim()}`)) })
    })
    await listening
  }

  async #call<T> (method: string, path: string, body?: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...body == null ? {} : { body },
      headers: { authorization: `Bearer ${this.token}`, ...body == null ? {} : { 'content-type': 'application/json' } },
      signal: AbortSignal.timeout(CALL_LIMIT_MS)
    })
    const answer = await response.json() as T & { code?: string, detail?: string }
    if (!response.ok) throw new ApiProblem(answer.code ?? String(response.status), `${this.name}: ${answer.detail ?? response.statusText}`)
    return answer
  }
}
