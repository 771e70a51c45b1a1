import {
  CREDIT, CREDIT_HALF_LIFE_MS, MAX_DOUBLINGS, MAX_MISBEHAVIOUR, MAX_STRIKES_KEPT, MAX_UNRELIABILITY, MISBEHAVIOUR_HALF_LIFE_MS, PROBATION, STRIKE_LIFE_MS,
  UNRELIABILITY_HALF_LIFE_MS
} from './constants.ts'
import type { Penalty } from './offences.ts'

/** The three ledgers of a peer as they were at one moment. Times are monotonic milliseconds. */
export interface Ledger {
  readonly atMs: number
  readonly misbehaviour: number
  /** Credit, by what earned it. */
  readonly deliveries: number
  readonly answers: number
  readonly uptime: number
  readonly unreliability: number
  /** Misbehaviour stands still. */
  readonly banned: boolean
  /** When it was banned, the latest last. */
  readonly strikes: readonly number[]
}

export const EMPTY_LEDGER: Ledger = { atMs: 0, misbehaviour: 0, deliveries: 0, answers: 0, uptime: 0, unreliability: 0, banned: false, strikes: [] }

/** The same ledger at a later moment. */
export function decayed (ledger: Ledger, nowMs: number): Ledger {
  const elapsedMs = nowMs - ledger.atMs
  if (elapsedMs <= 0) return ledger
  const { deliveries, answers, uptime, unreliability, banned, strikes } = ledger
  const creditLeft = deliveries + answers + uptime === 0 ? 0 : 2 ** (-elapsedMs / CREDIT_HALF_LIFE_MS)
  return {
    atMs: nowMs,
    misbehaviour: misbehaviourAt(ledger, nowMs),
    deliveries: deliveries * creditLeft,
    answers: answers * creditLeft,
    uptime: uptime * creditLeft,
    unreliability: unreliability === 0 ? 0 : unreliability * 2 ** (-elapsedMs / UNRELIABILITY_HALF_LIFE_MS),
    banned,
    strikes: strikes.length === 0 ? strikes : strikes.filter(strikeMs => nowMs < strikeMs + STRIKE_LIFE_MS)
  }
}

export function misbehaviourAt ({ atMs, misbehaviour, banned, strikes }: Ledger, nowMs: number): number {
  if (misbehaviour === 0 || banned || nowMs <= atMs) return misbehaviour
  return misbehaviour * 2 ** -halvings(atMs, nowMs, strikes)
}

/** Half-lives of misbehaviour that pass: with each strike that expires on the way the rest passes faster. */
function halvings (fromMs: number, toMs: number, strikes: readonly number[]): number {
  let sum = 0
  let atMs = fromMs
  for (let i = 0; i <= strikes.length; i++) {
    const endMs = Math.min(toMs, (strikes[i] ?? Infinity) + STRIKE_LIFE_MS)
    if (endMs <= atMs) continue
    sum += (endMs - atMs) / (MISBEHAVIOUR_HALF_LIFE_MS * 2 ** Math.min(strikes.length - i, MAX_DOUBLINGS))
    atMs = endMs
  }
  return sum
}

export function creditOf ({ deliveries, answers, uptime }: Ledger): number {
  return deliveries + answers + uptime
}

export function charged (ledger: Ledger, { points, forfeits }: Penalty, nowMs: number): Ledger {
  const now = decayed(ledger, nowMs)
  const misbehaviour = Math.min(MAX_MISBEHAVIOUR, now.misbehaviour + points)
  return forfeits ? { ...now, misbehaviour, deliveries: 0, answers: 0, uptime: 0 } : { ...now, misbehaviour }
}

/** `times` may be a fraction: of the hour that uptime is counted in. */
export function credited (ledger: Ledger, source: keyof typeof CREDIT, times: number, nowMs: number): Ledger {
  const now = decayed(ledger, nowMs)
  const { each, max } = CREDIT[source]
  return { ...now, [source]: Math.min(max, now[source] + each * times) }
}

export function unreliable (ledger: Ledger, points: number, nowMs: number): Ledger {
  const now = decayed(ledger, nowMs)
  return { ...now, unreliability: Math.min(MAX_UNRELIABILITY, now.unreliability + points) }
}

/** Takes back what was charged at `chargedMs` and has decayed since. */
export function excused (ledger: Ledger, points: number, chargedMs: number, nowMs: number): Ledger {
  const now = decayed(ledger, nowMs)
  return { ...now, unreliability: Math.max(0, now.unreliability - points * 2 ** (-(nowMs - chargedMs) / UNRELIABILITY_HALF_LIFE_MS)) }
}

/** A ban begins, or is told of again: `count` bans, this one included, in the last 30 days. */
export function banned (ledger: Ledger, count: number, nowMs: number): Ledger {
  const now = decayed(ledger, nowMs)
  const wanted = Math.min(MAX_STRIKES_KEPT, Math.max(0, Math.trunc(count) || 0))
  const added = Array.from({ length: Math.max(0, wanted - now.strikes.length) }, () => nowMs)
  const strikes = [...now.strikes, ...added]
  return { ...now, banned: true, strikes: strikes.slice(strikes.length - wanted) }
}

export function released (ledger: Ledger, how: 'expired' | 'lifted', nowMs: number): Ledger {
  return { ...decayed(ledger, nowMs), banned: false, misbehaviour: how === 'expired' ? PROBATION : 0 }
}
