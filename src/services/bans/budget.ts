import { BUDGET_WINDOW_MS } from './constants.ts'

/**
 * How many established peers may be banned automatically in 10 minutes: a share of those connected, and one in any case.
 * Whatever makes this node think ill of everybody (a bug, an update that it has missed) then costs it few of its peers.
 */
export class Budget {
  readonly #share: number
  #spent: Array<{ timeMs: number, connected: number }> = []

  constructor (share: number) {
    this.#share = share
  }

  /** @param connected - peers now; those banned of late were connected, too */
  allows (nowMs: number, connected: number): boolean {
    this.#spent = this.#spent.filter(({ timeMs }) => nowMs - timeMs < BUDGET_WINDOW_MS)
    const most = Math.max(connected, ...this.#spent.map(({ connected }) => connected))
    return this.#spent.length < Math.max(1, Math.floor(this.#share * most))
  }

  spend (nowMs: number, connected: number): void {
    this.#spent.push({ timeMs: nowMs, connected })
  }
}
