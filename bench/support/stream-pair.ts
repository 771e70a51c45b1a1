import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { within } from './wait.ts'
import type { ChildProcess } from 'node:child_process'
import type { StreamAnswer, StreamArm, StreamCommand } from './stream-contract.ts'

const END = fileURLToPath(new URL('stream-end.ts', import.meta.url))
const LIMIT_MS = 120_000

export interface Transfer {
  elapsedMs: number
  sendCpuMs: number
  receiveCpuMs: number
}

type Done = StreamAnswer & { event: 'done' }

/** Two processes, one of which sends to the other. `using` ends them. */
export class StreamPair implements Disposable {
  readonly #listener: ChildProcess
  readonly #dialler: ChildProcess

  private constructor (arm: StreamArm) {
    this.#listener = start(`${arm} listener`)
    this.#dialler = start(`${arm} dialler`)
  }

  static async start (arm: StreamArm): Promise<StreamPair> {
    const pair = new StreamPair(arm)
    try {
      const { address } = await told(pair.#listener, { do: 'listen', arm })
      await told(pair.#dialler, { do: 'dial', arm, address })
      return pair
    } catch (err) {
      pair[Symbol.dispose]()
      throw err
    }
  }

  /** What it took to send so many. */
  async transfer (mebibytes: number): Promise<Transfer> {
    const ends = [this.#dialler, this.#listener] as const
    const cpu = async (): Promise<number[]> => (await Promise.all(ends.map(async end => told(end, { do: 'cpu' })))).map(({ cpuMs }) => cpuMs)
    const before = await cpu()
    const { elapsedMs } = await told(this.#dialler, { do: 'send', mebibytes })
    const after = await cpu()
    return { elapsedMs, sendCpuMs: after[0]! - before[0]!, receiveCpuMs: after[1]! - before[1]! }
  }

  [Symbol.dispose] (): void {
    // upon which they exit by themselves, and what watches them can write what it saw
    for (const end of [this.#listener, this.#dialler]) if (end.connected) end.disconnect()
  }
}

function start (title: string): ChildProcess {
  return fork(END, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' }, execArgv: [...process.execArgv, `--title=${title}`] })
}

async function told (end: ChildProcess, command: StreamCommand): Promise<Done> {
  const { promise, resolve, reject } = Promise.withResolvers<Done>()
  const onMessage = (answer: StreamAnswer): void => {
    if (answer.event === 'done') resolve(answer)
    else reject(new Error(answer.message))
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
