import { shuffled } from '../../../util/rng.ts'
import { examine } from './examination.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Vouched } from '../parts.ts'
import type { Examined, ExaminerInit } from './examination.ts'
import type { VaultHealth, WatchedHolder } from './vault-health.ts'

/** Asked along with those that missed: when they are silent too, it is this node that is cut off. */
const CONTROLS = 2
const CONCURRENT = 8

export type RoundKind = 'all' | 'missed' | 'few'

/** Whom a round asks: everybody, those that missed the last one, or just some, to hear what is new. */
export function askedIn (kind: RoundKind, health: Pick<VaultHealth, 'others' | 'missed' | 'healthOf'>, rng: Rng): WatchedHolder[] {
  if (kind === 'all') return [...health.others]
  if (kind === 'few') return shuffled(health.others, rng).slice(0, CONTROLS)
  const controls = health.others.filter(({ peerId }) => health.healthOf(peerId) === 'healthy' && !health.missed.some(missed => missed.peerId.equals(peerId)))
  return [...health.missed, ...shuffled(controls, rng).slice(0, CONTROLS)]
}

/** Audits holders, some at a time. Rejects only when the signal aborts. */
export async function audit (init: ExaminerInit, vouched: Vouched, holders: readonly WatchedHolder[], signal: AbortSignal): Promise<Map<WatchedHolder, Examined>> {
  const found = new Map<WatchedHolder, Examined>()
  const waiting = [...holders]
  const next = async (): Promise<void> => {
    for (let holder = waiting.shift(); holder != null; holder = waiting.shift()) found.set(holder, await examine(init, vouched, holder, signal))
  }
  await Promise.all(Array.from({ length: CONCURRENT }, next))
  return found
}

/** Whether it was rather this node that could not be reached: nobody answered, of several. */
export function isCutOff (found: ReadonlyMap<WatchedHolder, Examined>): boolean {
  return found.size > 1 && [...found.values()].every(({ finding }) => finding.what === 'silent')
}
