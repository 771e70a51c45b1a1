import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { usage } from './proc.ts'
import { within } from './wait.ts'
import type { ChildProcess } from 'node:child_process'
import type { ApiHostAnswers, ApiHostCommand } from './api-contract.ts'

const CALL_LIMIT_MS = 300_000

/** The other end of `api-host.ts`. `using` ends it. */
export class ApiProcess implements Disposable {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #calls = 0

  constructor () {
    this.#child = fork(fileURLToPath(new URL('api-host.ts', import.meta.url)), { serialization: 'advanced', env: { ...process.env, NODE_ENV: 'production' } })
    this.#child.on('message', ({ id, answer, error }: { id: number, answer?: unknown, error?: string }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error == null) waiting?.resolve(answer)
      else waiting?.reject(new Error(error))
    })
    this.#child.on('exit', code => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a process ended with ${code}`))
    })
  }

  async call<C extends ApiHostCommand> (command: C): Promise<ApiHostAnswers[C['what']]> {
    const id = ++this.#calls
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#child.send({ id, command })
    return await within(CALL_LIMIT_MS, `an answer to "${command.what}"`, waiting.promise) as ApiHostAnswers[C['what']]
  }

  /** Processor time so far. */
  async cpuSeconds (): Promise<number> {
    return (await usage(this.#child.pid!)).cpuSeconds
  }

  [Symbol.dispose] (): void {
    this.#child.kill('SIGKILL')
  }
}
