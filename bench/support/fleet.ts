import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Member } from './member.ts'
import { within } from './wait.ts'
import type { ProgramEvent } from './member.ts'
import type { Program } from './programs.ts'

const MAX_MEMBERS = 128
const READY_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000

/**
 * The processes of a bench. However it ends (done, an error, SIGINT, SIGTERM, too late), every process that it started
 * is killed, by its pid.
 */
export class Fleet implements AsyncDisposable {
  readonly members = new Set<Member>()
  // also when the bench is interrupted, given up, or throws
  readonly #onExit = (): void => { this.#clear() }
  readonly #onSignal = (signal: NodeJS.Signals): void => process.exit(signal === 'SIGINT' ? 130 : 143)

  readonly #deadline: NodeJS.Timeout
  #dir?: string
  #dirs = 0

  /** @param limitMs - the longest the whole bench may take */
  constructor (limitMs: number) {
    process.once('exit', this.#onExit)
    process.once('SIGINT', this.#onSignal)
    process.once('SIGTERM', this.#onSignal)
    this.#deadline = setTimeout(() => {
      console.error(`the bench took longer than ${limitMs / 1000} s: given up`)
      process.exit(1)
    }, limitMs)
  }

  /** Starts a program; resolves at once, see `Member.ready`. */
  start (program: Program, args: string[], onEvent: (member: Member, event: ProgramEvent) => void = () => {}): Member {
    if (this.members.size >= MAX_MEMBERS) throw new Error(`a fleet has at most ${MAX_MEMBERS} members`)
    const child = spawn(process.execPath, [...program.command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production', ...program.env } })
    const member = new Member(`${program.name} ${this.members.size}`, child, onEvent)
    this.members.add(member)
    return member
  }

  async ready (members: Iterable<Member> = this.members): Promise<Member[]> {
    return within(READY_TIMEOUT_MS, 'everybody to be ready', Promise.all([...members].map(async member => member.ready)))
  }

  /** A new directory that is removed in the end. */
  dataDir (): string {
    this.#dir ??= mkdtempSync(join(tmpdir(), 'peerkeep-bench-'))
    return join(this.#dir, String(this.#dirs++))
  }

  /** Asks, waits, and kills. */
  async stop (members: Iterable<Member> = [...this.members]): Promise<void> {
    await Promise.all([...members].map(async member => {
      if (member.running) member.child.kill('SIGTERM')
      try {
        await within(STOP_TIMEOUT_MS, `${member.name} to stop`, member.exited)
      } catch {
        member.child.kill('SIGKILL')
        await member.exited
      }
      this.members.delete(member)
    }))
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.#kill()
    await Promise.all([...this.members].map(async member => member.exited))
    this.#clear()
    clearTimeout(this.#deadline)
    process.off('exit', this.#onExit)
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
  }

  #clear (): void {
    this.#kill()
    // those just killed may still be writing
    if (this.#dir != null) rmSync(this.#dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #kill (): void {
    for (const member of this.members) if (member.running) member.child.kill('SIGKILL')
  }
}
