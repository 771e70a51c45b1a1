import { ProcessPair } from './process-pair.ts'
import type { ArmName, DialCommand, Identified } from './dial-contract.ts'
import type { Done, Failed } from './process-end.ts'

export interface Dials {
  /** Of both processes, user and system. */
  cpuMs: number
  /** Of the dialling one. */
  dialCpuMs: number
  elapsedMs: number
}

/** Two processes, one of which dials the other. `using` ends them. */
export class DialPair implements Disposable {
  readonly #ends: ProcessPair<DialCommand>

  private constructor (arm: ArmName) {
    this.#ends = new ProcessPair(new URL('dial-end.ts', import.meta.url), arm)
    const { listener, dialler } = this.#ends
    // who is known to the listener is told the dialler
    listener.on('message', (answer: Identified | Done | Failed) => {
      if (answer.event === 'identified' && dialler.connected) dialler.send({ do: 'identified', peer: answer.peer } satisfies DialCommand)
    })
  }

  static async start (arm: ArmName, diallers: number): Promise<DialPair> {
    const pair = new DialPair(arm)
    await pair.#ends.meet({ do: 'listen', arm }, address => ({ do: 'prepare', arm, diallers, address }))
    return pair
  }

  /** What `count` connections cost. */
  async dial (count: number, holdMs: number): Promise<Dials> {
    const { elapsedMs, diallerCpuMs, listenerCpuMs } = await this.#ends.cost({ do: 'dial', count, holdMs })
    return { cpuMs: diallerCpuMs + listenerCpuMs, dialCpuMs: diallerCpuMs, elapsedMs }
  }

  [Symbol.dispose] (): void {
    this.#ends[Symbol.dispose]()
  }
}
