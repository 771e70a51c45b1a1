import { BansError } from './bans-error.ts'
import { ESCALATION_MS, STRIKE_WINDOW_MS } from './constants.ts'
import type { Ban, BanOptions, BanRecord } from './index.ts'
import type { Target } from './target.ts'

export interface BanWish {
  target: Target
  by: Ban['by']
  severity: number
  reason: string
  duration?: BanOptions['durationMs']
  host?: string
}

/** A ban that begins now; `records`: those of the same key until now. Throws `BansError` (`BANS_DURATION_INVALID`). */
export function newBan ({ target: { kind, key }, by, severity, reason, duration = 'escalate', host }: BanWish, records: readonly BanRecord[], nowMs: number, permanent: boolean): Ban {
  const strikes = pastStrikes(records, nowMs) + 1
  const lengthMs = duration === 'escalate' ? escalated(strikes, permanent) : given(duration)
  const ban: Ban = { kind, key, by, reason, sinceMs: nowMs, strikes, severity }
  if (lengthMs != null) ban.untilMs = nowMs + lengthMs
  if (host != null) ban.host = host
  return Object.freeze(ban)
}

/** Not those that were lifted, which is to forgive them, nor those that another has replaced. */
function pastStrikes (records: readonly BanRecord[], nowMs: number): number {
  return records.filter(({ sinceMs, end }) => sinceMs > nowMs - STRIKE_WINDOW_MS && (end === 'expired' || end === 'displaced')).length
}

/** Milliseconds; undefined for good. */
function escalated (strikes: number, permanent: boolean): number | undefined {
  if (permanent && strikes > ESCALATION_MS.length) return undefined
  return ESCALATION_MS[Math.min(strikes, ESCALATION_MS.length) - 1]
}

function given (duration: number | 'forever'): number | undefined {
  if (duration === 'forever') return undefined
  // further off than any clock goes is no time
  if (typeof duration === 'number' && duration >= 1 && duration <= 2 ** 52) return Math.ceil(duration)
  throw new BansError('BANS_DURATION_INVALID', `a ban cannot last "${String(duration)}": give milliseconds, at least 1, or 'escalate' or 'forever'`)
}
