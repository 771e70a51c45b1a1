import { CODE_P2P } from '@multiformats/multiaddr'
import { backoffMs } from '../../util/backoff.ts'
import { EXPLICIT_MAX_RETRY_MS } from './constants.ts'
import { retryLimits } from './remembered.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BackoffLimits } from '../../util/backoff.ts'
import type { Rng } from '../../util/rng.ts'

export type KeeperKind = 'explicit' | 'bootstrap'

/** A peer that was configured rather than found. */
export interface Keeper {
  readonly multiaddr: Multiaddr
  readonly kind: KeeperKind
  /** From the address, or learned from a connection. */
  peerId?: string
  /** Learned, so that somebody else may be at the address by now. */
  learned: boolean
  /** Failed dials in a row. */
  attempt: number
  /** Monotonic milliseconds. */
  dueMs: number
  dialing: boolean
}

/** The configured peers and when each is dialled next: explicit ones always, bootstrap ones while peers are wanted. */
export class Keepers {
  readonly #keepers = new Map<string, Keeper>()
  readonly #limits: BackoffLimits
  readonly #rng: Rng

  constructor (limits: BackoffLimits, rng: Rng) {
    this.#limits = limits
    this.#rng = rng
  }

  get size (): number {
    return this.#keepers.size
  }

  add (multiaddr: Multiaddr, kind: KeeperKind): void {
    const peerId = multiaddr.getComponents().findLast(({ code }) => code === CODE_P2P)?.value
    this.#keepers.set(multiaddr.toString(), { multiaddr, kind, learned: false, attempt: 0, dueMs: 0, dialing: false, ...(peerId == null ? {} : { peerId }) })
  }

  delete (multiaddr: Multiaddr): void {
    this.#keepers.delete(multiaddr.toString())
  }

  has (peerId: string): boolean {
    return [...this.#keepers.values()].some(keeper => keeper.peerId === peerId)
  }

  isExplicit (peerId: string): boolean {
    return [...this.#keepers.values()].some(keeper => keeper.kind === 'explicit' && keeper.peerId === peerId)
  }

  /** Those to dial now. */
  due (nowMs: number, isConnected: (peerId: string) => boolean, wantsPeers: boolean): Keeper[] {
    return [...this.#keepers.values()].filter(keeper =>
      !keeper.dialing && keeper.dueMs <= nowMs &&
      (keeper.kind === 'explicit' || wantsPeers) &&
      !(keeper.peerId != null && isConnected(keeper.peerId)))
  }

  /** Notes a failure and returns the wait before the next attempt. It never gives up. `lone`: this node has no working link, and tries more often. */
  failed (keeper: Keeper, nowMs: number, lone: boolean): number {
    const { minMs, maxMs } = retryLimits(this.#limits, lone)
    keeper.attempt++
    const retryInMs = backoffMs(keeper.attempt, { minMs, maxMs: keeper.kind === 'explicit' ? Math.min(maxMs, EXPLICIT_MAX_RETRY_MS) : maxMs }, this.#rng)
    keeper.dueMs = nowMs + retryInMs
    return retryInMs
  }

  /** It answered: the address is right, whatever becomes of the connection. */
  succeeded (keeper: Keeper, peerId: string): void {
    if (keeper.peerId != null) return
    keeper.peerId = peerId
    keeper.learned = true
  }

  /** Nobody of that id answered: whoever is at the address is as good. */
  unlearn (keeper: Keeper): void {
    if (!keeper.learned) return
    keeper.learned = false
    delete keeper.peerId
  }

  /** The connection ended; one that held (`stable`) begins the backoff anew, else it goes on. `coolDownMs`: how long it wants to be left alone; it gets no more than the longest wait. */
  disconnected (peerId: string, stable: boolean, nowMs: number, lone: boolean, coolDownMs = 0): void {
    for (const keeper of this.#keepers.values()) {
      if (keeper.peerId !== peerId) continue
      if (stable) keeper.attempt = 0
      this.failed(keeper, nowMs, lone)
      keeper.dueMs = Math.max(keeper.dueMs, nowMs + Math.min(coolDownMs, this.#limits.maxMs))
    }
  }

  /** Everybody is due now, as after a sleep. */
  reset (): void {
    for (const keeper of this.#keepers.values()) {
      keeper.attempt = 0
      keeper.dueMs = 0
    }
  }
}
