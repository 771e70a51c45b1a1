import { marksOfAnswer } from './factors.ts'
import { shown } from './offences.ts'
import { ScoringError } from './scoring-error.ts'
import type { Outcome } from '../../components.ts'
import type { CREDIT, UNRELIABILITY } from './constants.ts'
import type { Sighting } from './factors.ts'

/** What follows from an outcome. */
export interface Effect {
  sighting: Sighting
  /** What it earns credit for. */
  credit?: keyof typeof CREDIT
  /** What it is charged with, unless that was this node's fault. */
  unreliability?: keyof typeof UNRELIABILITY
}

// calls come from gossip, thousands a second
const DELIVERY: Effect = { sighting: { valid: 1 }, credit: 'deliveries' }
const DIALLED: Effect = { sighting: { kept: 1 } }

/** Throws `SCORING_OUTCOME_INVALID`: applications without types call this too. */
export function effectOf (outcome: Outcome): Effect {
  switch (outcome?.what) {
    case 'delivery': return DELIVERY
    case 'dialled': return DIALLED
    case 'answer': {
      const { tookMs, bytes = 0 } = outcome
      if (!(tookMs >= 0 && tookMs < Infinity && bytes >= 0 && bytes < Infinity)) {
        throw new ScoringError('SCORING_OUTCOME_INVALID', `an answer took ${shown(tookMs)} ms for ${shown(bytes)} bytes: give numbers of at least 0`, { details: { tookMs: shown(tookMs), bytes: shown(bytes) } })
      }
      return { sighting: { kept: 1, valid: 1, ...marksOfAnswer(tookMs, bytes) }, credit: 'answers' }
    }
    case 'dial-failed':
    case 'ping-timeout':
    case 'request-timeout': return { sighting: {}, unreliability: outcome.what }
    default: throw new ScoringError('SCORING_OUTCOME_INVALID', `there is no outcome ${shown((outcome as { what?: unknown } | undefined)?.what)}: give delivery, answer, dialled, dial-failed, ping-timeout or request-timeout`)
  }
}
