import { BANNED_FROM, DISCOURAGED_FROM, IP_DEBT_SHARE, MAX_IP_DEBT, MAX_SCORE, MIN_SCORE, REFUSED_FROM } from './constants.ts'
import { creditOf } from './ledger.ts'
import type { Standing } from '../../components.ts'
import type { Ledger } from './ledger.ts'

/** Of a ledger as it is now. */
export function scoreOf (ledger: Ledger, ipDebt: number): number {
  return Math.min(MAX_SCORE, Math.max(MIN_SCORE, creditOf(ledger) - ledger.misbehaviour - ledger.unreliability - ipDebt))
}

/** `worst` is the highest misbehaviour of the others on the same IP. */
export function ipDebtFor (worst: number): number {
  return Math.min(MAX_IP_DEBT, IP_DEBT_SHARE * worst)
}

export interface StandingFacts {
  score: number
  /** Misbehaviour, now. */
  misbehaviour: number
  banned: boolean
  /** It was refused lately and has to wait. */
  coolingDown: boolean
}

export function standingOf ({ score, misbehaviour, banned, coolingDown }: StandingFacts): Standing {
  if (banned || misbehaviour >= BANNED_FROM) return 'banned'
  if (coolingDown || score <= REFUSED_FROM) return 'refused'
  return score <= DISCOURAGED_FROM ? 'discouraged' : 'good'
}
