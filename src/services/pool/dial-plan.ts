import type { BookEntry } from '../address-book/index.ts'
import type { Role } from '../../components.ts'

/** How likely a dial is believed to succeed; learned from the dials of each table. */
export interface SuccessRates {
  new: number
  tried: number
}

/** At most twice as many dials as peers are wanted. */
const LOWEST_RATE = 0.5
const INERTIA = 0.9

export const INITIAL_RATES: SuccessRates = { new: 0.8, tried: 0.9 }

export function learnRate (rates: SuccessRates, table: keyof SuccessRates, success: boolean): SuccessRates {
  return { ...rates, [table]: Math.max(LOWEST_RATE, rates[table] * INERTIA + (success ? 1 - INERTIA : 0)) }
}

export interface DialCandidate {
  entry: BookEntry
  /** Netgroup of its first address. */
  group: string
}

export interface DialPlanFacts {
  /** In the order drawn; only peers that may be dialled at all. */
  candidates: readonly DialCandidate[]
  /** Netgroups of the outbound peers, connected or being dialled. */
  takenGroups: ReadonlySet<string>
  /** How many peers are still wanted, less what the dials under way are expected to bring. */
  wanted: number
  /** Dials that may be begun. */
  room: number
  rates: SuccessRates
  preferredRoles: readonly Role[]
}

/**
 * Whom to dial now: preferred roles first, then peers of netgroups not yet connected, then in the order drawn; as many
 * as are expected to bring the peers wanted. One netgroup is used twice only when there is no alternative.
 */
export function planDials ({ candidates, takenGroups, wanted, room, rates, preferredRoles }: DialPlanFacts): DialCandidate[] {
  const prefers = ({ entry }: DialCandidate): boolean => entry.roles.some(role => preferredRoles.includes(role))
  const ordered = [...candidates].sort((a, b) => Number(prefers(b)) - Number(prefers(a)))
  const taken = new Set(takenGroups)
  const fresh: DialCandidate[] = []
  const crowded: DialCandidate[] = []
  for (const candidate of ordered) {
    (taken.has(candidate.group) ? crowded : fresh).push(candidate)
    taken.add(candidate.group)
  }

  const plan: DialCandidate[] = []
  let expected = 0
  for (const candidate of [...fresh, ...crowded]) {
    if (expected >= wanted || plan.length >= room) break
    plan.push(candidate)
    expected += rates[candidate.entry.tried ? 'tried' : 'new']
  }
  return plan
}
