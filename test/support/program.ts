import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ChildProcess } from 'node:child_process'
import type { ProgramEvent } from '../../src/cli/events.ts'

export type TimedEvent = ProgramEvent & { time: string }
export type EventOf<E extends ProgramEvent['event']> = TimedEvent & { event: E }

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const [major = 0] = process.versions.node.split('.').map(Number)
const bundled = `${ROOT}node_modules/node/bin/node`

/** A Node that can run the program: this one, or the one that comes with the packages. */
export const runtime = major >= 24 || !existsSync(bundled) ? process.execPath : bundled

export interface ProgramInit {
  /** Flags and commands, without `--json`. */
  args?: string[]
  env?: Record<string, string>
  cwd?: string
  /** @default one that can run the program */
  runtime?: string
  /** @default true */
  json?: boolean
  /** What is run, with its own arguments in front. @default `dist/node.js`: `before(buildDist)` brings it up to date */
  command?: string[]
  /** It can be written to, see `type`. @default false: it reads nothing */
  stdin?: boolean
  /** A terminal of its own: signals go to it and to everything it started, as Ctrl-C does. @default false */
  terminal?: boolean
}

const alive = new Set<Program>()

/** The program, as it is shipped, in a process of its own. `afterEach(killPrograms)` ends it. */
export class Program {
  readonly child: ChildProcess
  readonly events: TimedEvent[] = []
  /** Every line of stdout, also those that are no events. */
  readonly lines: string[] = []
  stderr = ''
  /** How it ended. */
  readonly exited: Promise<{ code: number | null, signal: NodeJS.Signals | null }>
  readonly #changed = new EventTarget()
  readonly #terminal: boolean
  #ended = false

  constructor (init: ProgramInit = {}) {
    const { args = [], env = {}, cwd = ROOT, json = true, stdin = false, terminal = false } = init
    this.#terminal = terminal
    if (terminal) endTerminalsWithUs()
    const [file = '', ...first] = init.command ?? [init.runtime ?? runtime, `${ROOT}dist/node.js`]
    this.child = spawn(file, [...first, ...args, ...json ? ['--json'] : []], {
      cwd,
      env: { ...withoutOptions(process.env), ...env },
      stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: terminal
    })
    alive.add(this)
    const { stdout, stderr } = this.child
    if (stdout == null || stderr == null) throw new Error('no pipes')
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#tell()
    })
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line)
      if (line.startsWith('{')) this.events.push(JSON.parse(line) as TimedEvent)
      this.#tell()
    })
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      this.#ended = true
      alive.delete(this)
      this.#tell()
      return { code: code as number | null, signal: signal as NodeJS.Signals | null }
    })
  }

  get pid (): number {
    if (this.child.pid == null) throw new Error('not started')
    return this.child.pid
  }

  /** The events so far and those to come, until it ends. */
  async * [Symbol.asyncIterator] (): AsyncGenerator<TimedEvent, void, void> {
    for (let i = 0; ; i++) {
      while (i >= this.events.length) {
        if (this.#ended) return
        await this.#change()
      }
      yield this.events[i] as TimedEvent
    }
  }

  /** The first event of this name that fits, past or to come. Rejects when it ends or the deadline passes without. */
  async waitFor<E extends ProgramEvent['event']> (name: E, predicate: (event: EventOf<E>) => boolean = () => true, deadlineMs = 15_000): Promise<EventOf<E>> {
    return await this.until(() => this.events.find((event): event is EventOf<E> => event.event === name && predicate(event as EventOf<E>)), name, deadlineMs)
  }

  /** Resolves to the first value that is neither undefined nor false, looked for at every output. */
  async until<T> (find: () => T | undefined | false, what: string, deadlineMs = 15_000): Promise<T> {
    const deadline = AbortSignal.timeout(deadlineMs)
    for (;;) {
      const found = find()
      if (found !== undefined && found !== false) return found
      if (this.#ended || deadline.aborted) {
        throw new Error(`no ${what} ${this.#ended ? 'until it ended' : `within ${deadlineMs} ms`}\n${this.lines.join('\n')}\n${this.stderr}`)
      }
      await this.#change(deadline)
    }
  }

  /** A line on its standard input. */
  type (line: string): void {
    if (this.child.stdin == null) throw new Error('made without stdin')
    this.child.stdin.write(`${line}\n`)
  }

  /** Sends a signal; to everything in its terminal if it has one. */
  signal (signal: NodeJS.Signals): void {
    if (this.#ended) return
    if (!this.#terminal) {
      this.child.kill(signal)
      return
    }
    try {
      process.kill(-this.pid, signal)
    } catch (err) {
      // everything in it has just ended
      if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err
    }
  }

  /** Sends a signal and resolves when it has ended. */
  async stop (signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null, signal: NodeJS.Signals | null }> {
    this.signal(signal)
    return await this.exited
  }

  async kill (): Promise<void> {
    await this.stop('SIGKILL')
  }

  #tell (): void {
    this.#changed.dispatchEvent(new Event('change'))
  }

  async #change (signal?: AbortSignal): Promise<void> {
    await new Promise<void>(resolve => {
      this.#changed.addEventListener('change', () => { resolve() }, { once: true })
      signal?.addEventListener('abort', () => { resolve() }, { once: true })
    })
  }
}

/** Kills what a test leaves running: `afterEach(killPrograms)`. */
export async function killPrograms (): Promise<void> {
  await Promise.all([...alive].map(async program => { await program.kill() }))
}

let watching = false

/** What has a terminal of its own would outlive us. */
function endTerminalsWithUs (): void {
  if (watching) return
  watching = true
  const killAll = (): void => { for (const program of alive) program.signal('SIGKILL') }
  process.once('exit', killAll)
  process.once('SIGTERM', () => {
    killAll()
    process.exit(143)
  })
}

/** What a node needs to be left alone: its own folder, loopback, no mDNS, and no admin API unless one is asked for. */
export function quietly (dataDir: string, ...args: string[]): string[] {
  const listen = args.includes('--listen') || args.includes('--no-listen') ? [] : ['--listen', '/ip4/127.0.0.1/tcp/0']
  const api = args.some(arg => /^--(?:no-)?api(?:-|$)/.test(arg)) ? [] : ['--no-api']
  return ['--data-dir', dataDir, '--no-mdns', ...listen, ...api, ...args]
}

function withoutOptions (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PEERKEEP_') && name !== 'DEBUG' && name !== 'XDG_DATA_HOME'))
}
