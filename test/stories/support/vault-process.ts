import { fileURLToPath } from 'node:url'
import { Program, runtime } from '../../support/program.ts'
import type { VaultCommands, VaultNodeInit } from './vault-node.ts'

const CHILD = fileURLToPath(new URL('vault-node.ts', import.meta.url))
const LIMIT_MS = 90_000

interface Told {
  readonly event: string
  readonly [name: string]: unknown
}

/** One process of the story: see `vault-node.ts`. */
export class VaultProcess {
  readonly program: Program
  readonly dataDir: string
  peerId = ''
  address = ''
  #calls = 0

  private constructor (init: VaultNodeInit) {
    this.dataDir = init.dataDir
    this.program = new Program({ command: [runtime, '--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(init)], json: false, stdin: true })
  }

  static async start (init: VaultNodeInit): Promise<VaultProcess> {
    const started = new VaultProcess(init)
    const { peerId, address } = await started.waitFor('ready')
    started.peerId = String(peerId)
    started.address = String(address)
    return started
  }

  get told (): readonly Told[] {
    return this.program.events
  }

  async waitFor (event: string, fits: (told: Told) => boolean = () => true, limitMs = LIMIT_MS): Promise<Told> {
    return await this.program.until(() => this.told.find(told => told.event === event && fits(told)), event, limitMs)
  }

  /** Rejects with an error that has the `code` of the other's. */
  async call<K extends keyof VaultCommands> (name: K, ...args: Parameters<VaultCommands[K]>): Promise<Awaited<ReturnType<VaultCommands[K]>>> {
    const id = this.#calls++
    this.program.type(JSON.stringify({ id, name, args }))
    const told = await this.program.until(() => this.told.find(({ event, id: answered }) => answered === id && (event === 'done' || event === 'failed')), `answer to ${name}`, LIMIT_MS)
    if (told.event === 'failed') throw Object.assign(new Error(`${name}: ${String(told.message)}`), { code: told.code })
    return told.value as Awaited<ReturnType<VaultCommands[K]>>
  }
}
