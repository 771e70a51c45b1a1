import type { Victim } from './victim.ts'
import type { VictimStats } from './victim-contract.ts'

const LIMIT_MS = 20_000
const PAUSE_MS = 500

/** The heap, and buffers outside of it. */
export const heldBy = ({ heapUsedBytes, externalBytes }: VictimStats): number => heapUsedBytes + externalBytes

/** Bytes more than before, once that is below the limit, or after some seconds: what is done with needs more than one collection. */
export async function keptSince (victim: Victim, before: VictimStats, limitBytes: number): Promise<number> {
  const untilMs = performance.now() + LIMIT_MS
  for (;;) {
    const kept = heldBy(await victim.stats()) - heldBy(before)
    if (kept < limitBytes || performance.now() > untilMs) return kept
    await new Promise(resolve => { setTimeout(resolve, PAUSE_MS) })
  }
}
