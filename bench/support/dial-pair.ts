import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { within } from './wait.ts'
import type { ChildProcess } from 'node:child_process'
import type { ArmName, DialAnswer, DialCommand } from './dial-contract.ts'

const END = fileURLToPath(new URL('dial-end.ts', import.meta.url))
const LIMIT_MS = 120_000

export interface Dials {
  /** Of both processes, user and system. */
  cpuMs: number
  /** Of the dialling one. */
  dialCpuMs: number
  elapsedMs: number
}

/** Two processes, one of which dials the other. `using` ends them. */
export class DialPair implements Disposable {
  readonly #listener: ChildProcess
  readonly #dialler: ChildProcess

  private constructor (arm: ArmName) {
    this.#listener = start(`${arm} listener`)
    this.#dialler = start(`${arm} dialler`)
    // who is known to the listener is told the dialler
    this.#listener.on('message', (answer: DialAnswer) => {
      if (answer.event === 'identified' && this.#dialler.connected) this.#dialler.send({ do: 'identified', peer: answer.peer } satisfies DialCommand)
    })
  }

  static async start (arm: ArmName, diallers: number): Promise<DialPair> {
    const pair = new DialPair(arm)
    try {
      const { address } = await told(pair.#listener, { do: 'listen', arm })
      await told(pair.#dialler, { do: 'prepare', arm, diallers, address })
      return pair
    } catch (err) {
      pair[Symbol.dispose]()
      throw err
    }
  }

  /** What `count` connections cost. */
  async dial (count: number, holdMs: number): Promise<Dials> {
    const ends = [this.#dialler, this.#listener]
    const before = await Promise.all(ends.map(async end => told(end, { do: 'cpu' })))
    const startMs = performance.now()
    await told(this.#dialler, { do: 'dial', count, holdMs })
    const elapsedMs = performance.now() - startMs
    const spent = (await Promise.all(ends.map(async end => told(end, { do: 'cpu' })))).map(({ cpuMs }, i) => cpuMs - before[i]!.cpuMs)
    return { cpuMs: spent[0]! + spent[1]!, dialCpuMs: spent[0]!, elapsedMs }
  }

  [Symbol.dispose] (): void {
    // upon which they exit by themselves, and what watches them can write what it saw
    for (const end of [this.#listener, this.#dialler]) if (end.connected) end.disconnect()
  }
}

function start (title: string): ChildProcess {
  return fork(END, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' }, execArgv: [...process.execArgv, `--title=${title}`] })
}

async function told (end: ChildProcess, command: DialCommand): Promise<DialAnswer & { event: 'done' }> {
  const { promise, resolve, reject } = Promise.withResolvers<DialAnswer & { event: 'done' }>()
  const onMessage = (answer: DialAnswer): void => {
    if (answer.event === 'done') resolve(answer)
    else if (answer.event === 'failed') reject(new Error(answer.message))
  }
  const onExit = (code: number | null): void => { reject(new Error(`a process ended with ${code}`)) }
  end.on('message', onMessage)
  end.once('exit', onExit)
  try {
    end.send(command)
    return await within(LIMIT_MS, `"${command.do}"`, promise)
  } finally {
    end.off('message', onMessage)
    end.off('exit', onExit)
  }
}
