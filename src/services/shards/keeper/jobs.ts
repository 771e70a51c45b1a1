import { timeoutSignal } from '../../../util/clock.ts'
import type { Clock } from '../../../util/clock.ts'

/** Work behind everybody's back: each kind once at a time, each within its time, all ended by `stop`. */
export class Jobs {
  readonly #clock: Clock
  readonly #onFailed: (what: string, err: unknown) => void
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, Promise<void>>()

  constructor ({ clock, onFailed }: { clock: Clock, onFailed: (what: string, err: unknown) => void }) {
    this.#clock = clock
    this.#onFailed = onFailed
  }

  get stopped (): boolean {
    return this.#stopping.signal.aborted
  }

  isRunning (what: string): boolean {
    return this.#running.has(what)
  }

  /** Does nothing when one of that kind is under way, or all is stopped. `after` is called when it is done, well or not, unless all is stopped then. */
  begin (what: string, limitMs: number, work: (signal: AbortSignal) => Promise<void>, after: () => void = () => {}): void {
    if (this.#running.has(what) || this.stopped) return
    this.#running.set(what, this.#run(what, limitMs, work, after))
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new DOMException('no longer looked after', 'AbortError'))
    await Promise.all(this.#running.values())
  }

  async #run (what: string, limitMs: number, work: (signal: AbortSignal) => Promise<void>, after: () => void): Promise<void> {
    const { signal, clear } = timeoutSignal(this.#clock, limitMs, this.#stopping.signal)
    try {
      await work(signal)
    } catch (err) {
      if (!this.stopped) this.#onFailed(what, err)
    }
    clear()
    this.#running.delete(what)
    if (!this.stopped) after()
  }
}
