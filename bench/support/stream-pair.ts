import { ProcessPair } from './process-pair.ts'
import type { StreamArm, StreamCommand } from './stream-contract.ts'

export interface Transfer {
  elapsedMs: number
  sendCpuMs: number
  receiveCpuMs: number
}

/** Two processes, one of which sends to the other. `using` ends them. */
export class StreamPair implements Disposable {
  readonly #ends: ProcessPair<StreamCommand>

  private constructor (arm: StreamArm) {
    this.#ends = new ProcessPair(new URL('stream-end.ts', import.meta.url), arm)
  }

  static async start (arm: StreamArm): Promise<StreamPair> {
    const pair = new StreamPair(arm)
    await pair.#ends.meet({ do: 'listen', arm }, address => ({ do: 'dial', arm, address }))
    return pair
  }

  /** What it took to send so many. */
  async transfer (mebibytes: number): Promise<Transfer> {
    const { elapsedMs, diallerCpuMs, listenerCpuMs } = await this.#ends.cost({ do: 'send', mebibytes })
    return { elapsedMs, sendCpuMs: diallerCpuMs, receiveCpuMs: listenerCpuMs }
  }

  [Symbol.dispose] (): void {
    this.#ends[Symbol.dispose]()
  }
}
