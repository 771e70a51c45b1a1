import { BoundedMap } from '../../util/bounded-map.ts'
import { CLOCK_JUMP_MS, MAX_RECENT, MIN_OUTAGE_FAILURES, OUTAGE_MS, OUTAGE_SHARE, OUTAGE_WINDOW_MS } from './constants.ts'
import { Recent } from './recent.ts'
import type { Clock } from '../../util/clock.ts'

/** Unreliability that a peer was charged with. */
export interface Charge {
  id: string
  points: number
  /** Monotonic milliseconds. */
  atMs: number
}

/**
 * Tells this node's link from its peers: when half of the connections fail together, it is not the peers. Only what fails
 * after it has held counts, and once for each place: or anybody could make a node believe it, with ids that come and go.
 */
export class OutageGuard {
  readonly #clock: Clock
  readonly #beatMs: number
  /** Places that connections failed to, and when; the latest last. */
  readonly #failed = new BoundedMap<string, number>(MAX_RECENT)
  readonly #charges = new Recent<Charge>(OUTAGE_WINDOW_MS, MAX_RECENT)
  #untilMs = -Infinity
  #wallMs: number
  #monotonicMs: number

  /** @param beatMs - how often `beat` will be called */
  constructor (clock: Clock, beatMs: number) {
    this.#clock = clock
    this.#beatMs = beatMs
    this.#wallMs = clock.now()
    this.#monotonicMs = clock.monotonic()
  }

  get isActive (): boolean {
    return this.#clock.monotonic() < this.#untilMs
  }

  get gauges (): Record<string, number> {
    return { recentFailures: this.#failed.size, recentCharges: this.#charges.size }
  }

  /** Time begins to count. */
  start (): void {
    this.#wallMs = this.#clock.now()
    this.#monotonicMs = this.#clock.monotonic()
  }

  /** The last connection of a peer at this place failed; `connected` are the places of the others. Returns whether that makes it an outage. */
  failed (place: string, connected: ReadonlySet<string>): boolean {
    this.#failed.set(place, this.#clock.monotonic())
    this.#prune()
    if (this.#failed.size < MIN_OUTAGE_FAILURES) return false
    let failures = this.#failed.size
    // where somebody still is, it was not the link
    for (const here of connected) if (this.#failed.get(here) != null) failures--
    if (failures < MIN_OUTAGE_FAILURES || failures < OUTAGE_SHARE * (failures + connected.size)) return false
    this.#begin()
    return true
  }

  /** Call every `beatMs`. Returns whether the clock jumped: the machine slept, was held up, or its clock was set. */
  beat (): boolean {
    const wall = this.#clock.now() - this.#wallMs
    const monotonic = this.#clock.monotonic() - this.#monotonicMs
    this.start()
    this.#prune()
    // a monotonic clock stands still in sleep on some systems and runs on in others: both are seen
    const gap = Math.max(Math.abs(wall - monotonic), wall - this.#beatMs, monotonic - this.#beatMs)
    if (gap <= CLOCK_JUMP_MS) return false
    this.#begin()
    return true
  }

  /** Remembers a charge, to be taken back if an outage follows. */
  charged (id: string, points: number): void {
    const atMs = this.#clock.monotonic()
    this.#charges.add({ id, points, atMs })
    this.#charges.pass(atMs)
  }

  /** The charges of the last 30 seconds, once. */
  takeBack (): Charge[] {
    this.#charges.pass(this.#clock.monotonic())
    return this.#charges.take()
  }

  #begin (): void {
    this.#untilMs = this.#clock.monotonic() + OUTAGE_MS
  }

  #prune (): void {
    const oldestMs = this.#clock.monotonic() - OUTAGE_WINDOW_MS
    for (const [id, atMs] of this.#failed) {
      if (atMs >= oldestMs) break
      this.#failed.delete(id)
    }
    this.#charges.pass(this.#clock.monotonic())
  }
}
