import type { Reach } from '../../util/reach.ts'

/** Whether this node's own links work, as far as it knows: when they do not, nobody else is to blame. Times are monotonic milliseconds. */
export class Links {
  readonly #connected: () => Iterable<Reach>
  /** The last dial that got through, by how far it went. */
  readonly #reachedMs: [number, number, number] = [-Infinity, -Infinity, -Infinity]

  constructor (connected: () => Iterable<Reach>) {
    this.#connected = connected
  }

  reached (reach: Reach, nowMs: number): void {
    this.#reachedMs[reach] = nowMs
  }

  /** Somebody at least that far away is connected, or a dial there has got through since. */
  work (reach: Reach, sinceMs: number): boolean {
    if (this.#reachedMs.slice(reach).some(ms => ms >= sinceMs)) return true
    for (const other of this.#connected()) {
      if (other >= reach) return true
    }
    return false
  }
}
