import { createInterface } from 'node:readline'
import type { ChildProcess } from 'node:child_process'

/** A line of the program's `--json` output; what else it holds depends on `event`. */
export interface ProgramEvent {
  event: string
  peerId?: string
  addresses?: string[]
  [key: string]: unknown
}

const STDERR_LINES_KEPT = 20

/** One running program: what it has said so far. Times are `performance.now()` of this process. */
export class Member {
  readonly child: ChildProcess
  readonly name: string
  readonly startedMs = performance.now()
  readyMs?: number
  peerId = ''
  addresses: string[] = []
  /** Everybody it ever spoke of. */
  readonly known = new Set<string>()
  readonly connected = new Set<string>()
  /** How often each event came. */
  readonly counts = new Map<string, number>()
  /** Resolves with the `ready` event; rejects when the program ends first. */
  readonly ready: Promise<this>
  readonly exited: Promise<void>
  readonly #stderr: string[] = []
  readonly #waiting = new Set<() => void>()
  readonly #onEvent: (member: Member, event: ProgramEvent) => void

  constructor (name: string, child: ChildProcess, onEvent: (member: Member, event: ProgramEvent) => void) {
    this.name = name
    this.child = child
    this.#onEvent = onEvent
    if (child.stdout == null || child.stderr == null) throw new Error('a member needs pipes for its output')
    createInterface({ input: child.stderr }).on('line', line => {
      this.#stderr.push(line.slice(0, 500))
      if (this.#stderr.length > STDERR_LINES_KEPT) this.#stderr.shift()
    })
    const ready = Promise.withResolvers<this>()
    this.ready = ready.promise
    // a member that dies before anybody waits for it must not end the bench
    this.ready.catch(() => {})
    createInterface({ input: child.stdout }).on('line', line => {
      this.#take(line)
      if (this.readyMs != null) ready.resolve(this)
    })
    this.exited = new Promise(resolve => {
      child.once('error', err => {
        ready.reject(new Error(`${name} could not be started: ${err.message}`, { cause: err }))
        resolve()
      })
      child.once('exit', (code, signal) => {
        ready.reject(new Error(`${name} ended (${signal ?? code}) before it was ready:\n${this.#stderr.join('\n')}`))
        resolve()
      })
    })
  }

  get pid (): number {
    if (this.child.pid == null) throw new Error(`${this.name} was never started`)
    return this.child.pid
  }

  get running (): boolean {
    return this.child.pid != null && this.child.exitCode == null && this.child.signalCode == null
  }

  /** Resolves once this is true, looked at after each event. */
  async until (isSo: () => boolean): Promise<void> {
    if (isSo()) return
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (!isSo()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #take (line: string): void {
    const event = parse(line)
    if (event == null) return
    this.counts.set(event.event, (this.counts.get(event.event) ?? 0) + 1)
    switch (event.event) {
      case 'ready':
        this.readyMs = performance.now()
        this.peerId = event.peerId ?? ''
        this.addresses = event.addresses ?? []
        break
      case 'peer:discovered':
        this.known.add(event.peerId ?? '')
        break
      case 'peer:connected':
        this.known.add(event.peerId ?? '')
        this.connected.add(event.peerId ?? '')
        break
      case 'peer:disconnected':
        this.connected.delete(event.peerId ?? '')
        break
      default:
    }
    this.#onEvent(this, event)
    for (const look of this.#waiting) look()
  }
}

/** Lines that are no events (a warning of a library) are none of our business. */
function parse (line: string): ProgramEvent | undefined {
  if (!line.startsWith('{')) return undefined
  const value = JSON.parse(line) as ProgramEvent
  return typeof value.event === 'string' ? value : undefined
}
