import type { HolderHealth } from '../index.ts'

/** What is known of one holder of one vault; times are monotonic. */
export interface VitalSigns {
  /** When it answered last; when nothing is known yet, since when it is watched. */
  heardMs: number
  /** Audits in a row that nobody answered. */
  misses: number
  /** Since when it answers without a share, and the epoch that this was first seen in. */
  inertSince?: { ms: number, epoch: number }
  /** Whether it has ever answered. */
  known: boolean
  latencyMs?: number
  /** What it said that is provably false. */
  lie?: string
  /** Why, when it is not healthy. */
  reason?: string
}

/** What came of one audit. */
export type Finding =
  | { what: 'proved', latencyMs: number, hasPayload: boolean }
  | { what: 'inert', latencyMs: number, reason: string }
  | { what: 'silent', reason: string }
  /** It is there and has no time now: that says neither. */
  | { what: 'busy', reason: string }
  | { what: 'lied', reason: string }

/** Misses from which on a holder is not counted on any more. */
export const SUSPECT_MISSES = 2

export function unwatched (nowMs: number): VitalSigns {
  return { heardMs: nowMs, misses: 0, known: false }
}

/** After an audit in that epoch. A lie is not forgotten. */
export function observed (signs: VitalSigns, finding: Finding, { nowMs, epoch }: { nowMs: number, epoch: number }): VitalSigns {
  const { lie } = signs
  if (finding.what === 'busy') return { ...signs, reason: lie ?? finding.reason }
  if (finding.what === 'silent') return { ...signs, misses: signs.misses + 1, reason: finding.reason }
  if (finding.what === 'lied') return { ...signs, misses: 0, known: true, lie: finding.reason, reason: finding.reason }
  const heard = { heardMs: nowMs, misses: 0, known: true, lie, latencyMs: finding.latencyMs }
  if (finding.what === 'proved') return { ...heard, reason: lie ?? (finding.hasPayload ? undefined : 'has no payload') }
  return { ...heard, reason: lie ?? finding.reason, inertSince: signs.inertSince ?? { ms: nowMs, epoch } }
}

/** Nobody could be reached for so long: that says nothing of anybody. */
export function spared (signs: VitalSigns, ms: number): VitalSigns {
  return { ...signs, heardMs: signs.heardMs + ms }
}

export function healthOf (signs: VitalSigns | undefined): HolderHealth {
  if (signs == null) return 'unknown'
  if (signs.lie != null) return 'lying'
  if (signs.misses >= SUSPECT_MISSES) return 'silent'
  if (signs.inertSince != null) return 'inert'
  return signs.known ? 'healthy' : 'unknown'
}

/**
 * Whether a holder is to be replaced: it lied; it has been silent for so long, as often as it takes to suspect it; or it has been there
 * for so long without a share, though there were new ones since.
 */
export function isLost (signs: VitalSigns | undefined, { nowMs, epoch, lostAfterMs }: { nowMs: number, epoch: number, lostAfterMs: number }): boolean {
  const health = healthOf(signs)
  if (signs == null || health === 'lying') return health === 'lying'
  if (health === 'silent') return nowMs - signs.heardMs >= lostAfterMs
  if (health !== 'inert' || signs.inertSince == null) return false
  return nowMs - signs.inertSince.ms >= lostAfterMs && epoch > signs.inertSince.epoch
}
