import { fork } from 'node:child_process'
import { within } from './wait.ts'
import type { ChildProcess } from 'node:child_process'
import type { CpuOrder, Done, Failed, Order } from './process-end.ts'

const LIMIT_MS = 120_000

/** What an order to the dialler took, and cost both, user and system. */
export interface Cost {
  elapsedMs: number
  diallerCpuMs: number
  listenerCpuMs: number
}

/** Two processes, one of which dials the other; their script calls `serve`. `using` ends them. */
export class ProcessPair<O extends Order> implements Disposable {
  readonly listener: ChildProcess
  readonly dialler: ChildProcess

  constructor (script: URL, title: string) {
    const [listener, dialler] = ['listener', 'dialler'].map(role => fork(script, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: [...process.execArgv, `--title=${title} ${role}`]
    })) as [ChildProcess, ChildProcess]
    this.listener = listener
    this.dialler = dialler
  }

  /** The one listens, and the other is told where. */
  async meet (listen: O, dial: (address: string) => O): Promise<this> {
    try {
      const { address } = await this.#tell(this.listener, listen)
      await this.#tell(this.dialler, dial(address))
      return this
    } catch (err) {
      this[Symbol.dispose]()
      throw err
    }
  }

  /** Has the dialler do it. */
  async cost (order: O): Promise<Cost> {
    const before = await this.#cpuMs()
    const { elapsedMs } = await this.#tell(this.dialler, order)
    const after = await this.#cpuMs()
    return { elapsedMs, diallerCpuMs: after.dialler - before.dialler, listenerCpuMs: after.listener - before.listener }
  }

  async #cpuMs (): Promise<{ dialler: number, listener: number }> {
    const [dialler, listener] = await Promise.all([this.#tell(this.dialler, { do: 'cpu' }), this.#tell(this.listener, { do: 'cpu' })])
    return { dialler: dialler.cpuMs, listener: listener.cpuMs }
  }

  async #tell (end: ChildProcess, order: O | CpuOrder): Promise<Done> {
    const { promise, resolve, reject } = Promise.withResolvers<Done>()
    const onMessage = (answer: Done | Failed): void => {
      if (answer.event === 'done') resolve(answer)
      else if (answer.event === 'failed') reject(new Error(answer.message))
    }
    const onExit = (code: number | null): void => { reject(new Error(`a process ended with ${code}`)) }
    end.on('message', onMessage)
    end.once('exit', onExit)
    try {
      end.send(order)
      return await within(LIMIT_MS, `"${order.do}"`, promise)
    } finally {
      end.off('message', onMessage)
      end.off('exit', onExit)
    }
  }

  [Symbol.dispose] (): void {
    // upon which they exit by themselves, and what watches them can write what it saw
    for (const end of [this.listener, this.dialler]) if (end.connected) end.disconnect()
  }
}
