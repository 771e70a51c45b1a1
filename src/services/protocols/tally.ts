import { LATENCY_WINDOW } from './constants.ts'
import type { ProtocolFault } from './definition.ts'

/** How one side of a protocol has done: counts, and the times of the last calls. */
export class Tally {
  calls = 0
  failed = 0
  active = 0
  /** Turned away because the peers of a host or a subnet together called too often. */
  crowded = 0
  readonly faults: Record<ProtocolFault, number> = { undecodable: 0, invalid: 0, oversize: 0, timeout: 0, 'rate-limited': 0 }
  readonly #times = new Float64Array(LATENCY_WINDOW)
  #timed = 0

  /** A call has ended, well or not, after so many milliseconds. */
  took (ms: number): void {
    this.#times[this.#timed++ % LATENCY_WINDOW] = ms
  }

  /** Milliseconds of the calls kept, by the nearest rank; 0 without any. */
  percentiles (): { p50Ms: number, p95Ms: number } {
    const sorted = this.#times.slice(0, Math.min(this.#timed, LATENCY_WINDOW)).sort()
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
    return { p50Ms: at(0.5), p95Ms: at(0.95) }
  }
}
