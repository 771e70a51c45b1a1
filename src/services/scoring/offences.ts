import { CAUSE, MAX_CAUSE_LENGTH } from './constants.ts'
import { ScoringError } from './scoring-error.ts'
import type { Offence } from '../../components.ts'

export interface Penalty {
  /** Added to misbehaviour. */
  points: number
  /** All credit is lost. */
  forfeits: boolean
}

/** The one table of what an offence costs. In one burst a ban takes 1 fatal, 3 severe, 8 moderate or 30 minor ones. */
export const PENALTIES: Readonly<Record<Offence, Penalty>> = {
  fatal: { points: 100, forfeits: true },
  severe: { points: 25, forfeits: true },
  moderate: { points: 8, forfeits: false },
  minor: { points: 2, forfeits: false }
}

/** Throws `SCORING_OFFENCE_UNKNOWN`: applications without types call this too. */
export function penaltyFor (offence: Offence): Penalty {
  if (typeof offence === 'string' && Object.hasOwn(PENALTIES, offence)) return PENALTIES[offence]
  const allowed = Object.keys(PENALTIES)
  throw new ScoringError('SCORING_OFFENCE_UNKNOWN', `there is no offence ${shown(offence)}: give one of ${allowed.join(', ')}`, { details: { offence: shown(offence), allowed } })
}

/** Throws `SCORING_CAUSE_INVALID`. */
export function checkCause (cause: string): void {
  if (typeof cause === 'string' && cause.length <= MAX_CAUSE_LENGTH && CAUSE.test(cause)) return
  throw new ScoringError('SCORING_CAUSE_INVALID', `${shown(cause)} is no cause: give <service>:<what> in lower case letters, digits and hyphens, at most ${MAX_CAUSE_LENGTH} characters, like chat:spam`, { details: { cause: shown(cause) } })
}

/** Any value in a message, not longer than is useful. */
export function shown (value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length <= MAX_CAUSE_LENGTH + 16 ? text : `${text.slice(0, MAX_CAUSE_LENGTH)}... (${text.length} characters)`
}
