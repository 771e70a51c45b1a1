import { COOL_DOWN_MS, REFUSED_FROM, REMEMBERED_FROM } from './constants.ts'
import { NOTHING_SEEN } from './factors.ts'
import { creditOf, decayed, EMPTY_LEDGER } from './ledger.ts'
import { standingOf } from './standing.ts'
import type { Standing } from '../../components.ts'
import type { Observations } from './factors.ts'
import type { ScoreSample } from './index.ts'
import type { Ledger } from './ledger.ts'

/** All that is kept of a peer. No peer id object: with thousands of strangers they would weigh more than the rest. */
export interface PeerRecord {
  readonly id: string
  ledger: Ledger
  observations: Observations
  history: readonly ScoreSample[]
  /** Where it was seen last, unless that was behind a relay or on a local network. */
  host?: string
  /** Refused until then, whatever its score. Monotonic milliseconds. */
  coolUntilMs: number
  /** Its score is as low as `REFUSED_FROM`: the next fall to it begins a new cool-down. */
  sunk: boolean
  /** What listeners were told last. */
  toldScore: number
  toldStanding: Standing
  /** It may be in the datastore. */
  stored: boolean
}

export function newRecord (id: string): PeerRecord {
  return {
    id, ledger: EMPTY_LEDGER, observations: NOTHING_SEEN, history: [], coolUntilMs: -Infinity, sunk: false, toldScore: 0, toldStanding: 'good', stored: false
  }
}

/** Its standing by this score, now. Begins the cool-down when it has fallen. */
export function judged (record: PeerRecord, ledger: Ledger, score: number, nowMs: number): Standing {
  const sunk = score <= REFUSED_FROM
  if (sunk && !record.sunk) record.coolUntilMs = nowMs + COOL_DOWN_MS
  record.sunk = sunk
  return standingOf({ score, misbehaviour: ledger.misbehaviour, banned: ledger.banned, coolingDown: nowMs < record.coolUntilMs })
}

/** Whether there is anything that a restart should not wipe. */
export function isMemorable (record: PeerRecord, nowMs: number): boolean {
  const ledger = decayed(record.ledger, nowMs)
  return ledger.banned || ledger.strikes.length > 0 || nowMs < record.coolUntilMs ||
    Math.max(ledger.misbehaviour, creditOf(ledger), ledger.unreliability) >= REMEMBERED_FROM
}
