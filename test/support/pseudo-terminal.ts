import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'

export interface Ran {
  code: number | null
  /** Of a terminal: everything that it was sent. */
  stdout: string
  stderr: string
}

/** What is typed, what signal is sent, or what else is done, when the output so far fits: one after the other. */
export type Reactions = ReadonlyArray<readonly [when: RegExp, what: string | (() => void)]>

export const CTRL_C = '\u0003'
const COLUMNS = 100
const ROWS = 30

/** Whether this machine has what a terminal is made with: `script` of util-linux. */
export function hasTerminals (): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    // no such program
    return false
  }
}

/** Runs a program behind pipes. `stdin` is all that it can read. */
export async function runPiped (command: readonly string[], { env = {}, stdin, interruptAt }: { env?: NodeJS.ProcessEnv, stdin?: string, interruptAt?: RegExp } = {}): Promise<Ran> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { env, stdio: [stdin == null ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  child.stdin?.end(stdin)
  return await attend(child, interruptAt == null ? [] : [[interruptAt, 'SIGINT']], (signal) => { child.kill(signal as NodeJS.Signals) })
}

/** Runs a program in a terminal of its own, 100 columns wide. */
export async function runOnTerminal (command: readonly string[], { env = {}, typed = [] }: { env?: NodeJS.ProcessEnv, typed?: Reactions } = {}): Promise<Ran> {
  const line = `stty cols ${COLUMNS} rows ${ROWS}; exec ${command.map(word => `'${word.replaceAll('\'', '\'\\\'\'')}'`).join(' ')}`
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...env, TERM: 'xterm', SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'pipe'] })
  return await attend(child, typed, (text) => { child.stdin.write(text) })
}

async function attend (child: ChildProcess, reactions: Reactions, act: (what: string) => void): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  const waiting = [...reactions]
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      ran[name] += text
      const [next] = waiting
      if (next?.[0].test(ran.stdout + ran.stderr) !== true) return
      waiting.shift()
      if (typeof next[1] === 'string') act(next[1])
      else next[1]()
    })
  }
  const [code] = await once(child, 'close') as [number | null]
  return { ...ran, code }
}
