import { ISOLATED_AFTER_MS } from './constants.ts'
import type { PoolState } from './index.ts'

/** Whether this node has anybody. Pure: it is told what happens and when. */
export class Solitude {
  #state: PoolState = 'starting'
  #emptySinceMs = 0

  get state (): PoolState {
    return this.#state
  }

  start (nowMs: number): void {
    this.#state = 'starting'
    this.#emptySinceMs = nowMs
  }

  /** A peer is connected; true when the node was isolated before. */
  joined (): boolean {
    const recovered = this.#state === 'isolated'
    this.#state = 'connected'
    return recovered
  }

  /** The last peer has left. */
  emptied (nowMs: number): void {
    this.#emptySinceMs = nowMs
  }

  /** True once, when nobody has been here for long enough. */
  beat (nowMs: number, isEmpty: boolean): boolean {
    if (!isEmpty || this.#state === 'isolated' || nowMs - this.#emptySinceMs < ISOLATED_AFTER_MS) return false
    this.#state = 'isolated'
    return true
  }
}
