import type { FactorOptions, Factors } from './index.ts'

export type AllFactorOptions = Record<keyof Factors, FactorOptions>

/** Decaying counts of what was seen of a peer, as they were at one moment. */
export interface Observations {
  /** Monotonic milliseconds. */
  readonly atMs: number
  /** Reliability: what went well, what did not. */
  readonly kept: number
  readonly failed: number
  /** Performance: the sum of marks from 0 to 1, and how many. */
  readonly marks: number
  readonly marked: number
  /** Behaviour: valid and invalid things it sent. */
  readonly valid: number
  readonly invalid: number
}

export const NOTHING_SEEN: Observations = { atMs: 0, kept: 0, failed: 0, marks: 0, marked: 0, valid: 0, invalid: 0 }

export type Sighting = Partial<Omit<Observations, 'atMs'>>

/** The same at a later moment, and what was seen then. */
export function seen (before: Observations, sighting: Sighting, nowMs: number, options: AllFactorOptions): Observations {
  const elapsedMs = Math.max(0, nowMs - before.atMs)
  const reliability = 2 ** (-elapsedMs / options.reliability.halfLifeMs)
  const performance = 2 ** (-elapsedMs / options.performance.halfLifeMs)
  const behaviour = 2 ** (-elapsedMs / options.behaviour.halfLifeMs)
  return {
    atMs: Math.max(before.atMs, nowMs),
    kept: before.kept * reliability + (sighting.kept ?? 0),
    failed: before.failed * reliability + (sighting.failed ?? 0),
    marks: before.marks * performance + (sighting.marks ?? 0),
    marked: before.marked * performance + (sighting.marked ?? 0),
    valid: before.valid * behaviour + (sighting.valid ?? 0),
    invalid: before.invalid * behaviour + (sighting.invalid ?? 0)
  }
}

/** One good and one bad sighting are taken for granted, so that strangers get 50 and one sighting does not decide. */
export function factorsAt (observations: Observations, nowMs: number, options: AllFactorOptions): Factors {
  const { kept, failed, marks, marked, valid, invalid } = seen(observations, {}, nowMs, options)
  return {
    reliability: share(kept, kept + failed),
    performance: share(marks, marked),
    behaviour: share(valid, valid + invalid)
  }
}

export function qualityOf (factors: Factors, options: AllFactorOptions): number {
  let sum = 0
  let weights = 0
  for (const name of FACTORS) {
    sum += options[name].weight * factors[name]
    weights += options[name].weight
  }
  return sum / weights
}

export const FACTORS = ['reliability', 'performance', 'behaviour'] as const satisfies ReadonlyArray<keyof Factors>

function share (good: number, all: number): number {
  return 100 * (good + 1) / (all + 2)
}

// each scale from what feels slow to what a person cannot tell from at once, logarithmic
const ROUND_TRIP_MS = { slow: 2_000, fast: 20 }
const ANSWER_MS = { slow: 5_000, fast: 20 }
const BYTES_PER_SECOND = { slow: 10_000, fast: 10_000_000 }
/** Less says nothing of throughput, only of the time to the first byte. */
const MIN_THROUGHPUT_BYTES = 16_384

/** 0 to 1. */
export function markOfRoundTrip (ms: number): number {
  return mark(ms, ROUND_TRIP_MS)
}

/** One mark for its speed, and one for its throughput where there is enough to tell. */
export function marksOfAnswer (tookMs: number, bytes = 0): Required<Pick<Sighting, 'marks' | 'marked'>> {
  const marks = mark(tookMs, ANSWER_MS)
  if (bytes < MIN_THROUGHPUT_BYTES) return { marks, marked: 1 }
  return { marks: marks + mark(1000 * bytes / Math.max(1, tookMs), BYTES_PER_SECOND), marked: 2 }
}

function mark (value: number, { slow, fast }: { slow: number, fast: number }): number {
  const position = Math.log(Math.max(Number.MIN_VALUE, value) / slow) / Math.log(fast / slow)
  return Math.min(1, Math.max(0, position))
}
