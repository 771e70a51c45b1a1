import { FLUSH_INTERVAL_MS, MAX_PEERS } from './constants.ts'
import { FACTORS } from './factors.ts'
import { shown } from './offences.ts'
import { ScoringError } from './scoring-error.ts'
import type { AllFactorOptions } from './factors.ts'
import type { ScoringInit } from './index.ts'

const HOUR_MS = 3_600_000

export const DEFAULT_FACTORS: AllFactorOptions = {
  reliability: { weight: 0.4, halfLifeMs: HOUR_MS },
  performance: { weight: 0.3, halfLifeMs: HOUR_MS / 6 },
  behaviour: { weight: 0.3, halfLifeMs: 24 * HOUR_MS }
}

export interface ScoringOptions {
  factors: AllFactorOptions
  maxPeers: number
  flushIntervalMs: number
  localAsPublic: boolean
}

/** Throws `SCORING_OPTIONS_INVALID`. */
export function scoringOptions (init: ScoringInit): ScoringOptions {
  const { maxPeers = MAX_PEERS, flushIntervalMs = FLUSH_INTERVAL_MS, localAsPublic = false } = init
  for (const [name, value] of Object.entries({ maxPeers, flushIntervalMs })) {
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(name, value, 'a whole number of at least 1')
  }
  return { factors: factorOptions(init.factors ?? {}), maxPeers, flushIntervalMs, localAsPublic }
}

function factorOptions (given: NonNullable<ScoringInit['factors']>): AllFactorOptions {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(DEFAULT_FACTORS, name)) throw invalid('factors', name, `only ${FACTORS.join(', ')}`)
  }
  const factors = { ...DEFAULT_FACTORS }
  for (const name of FACTORS) {
    const { weight = DEFAULT_FACTORS[name].weight, halfLifeMs = DEFAULT_FACTORS[name].halfLifeMs } = given[name] ?? {}
    if (!Number.isFinite(weight) || weight < 0) throw invalid(`factors.${name}.weight`, weight, 'a number of at least 0')
    if (!Number.isFinite(halfLifeMs) || halfLifeMs <= 0) throw invalid(`factors.${name}.halfLifeMs`, halfLifeMs, 'a number above 0')
    factors[name] = { weight, halfLifeMs }
  }
  if (FACTORS.every(name => factors[name].weight === 0)) throw invalid('factors', 'without any weight', 'at least one weight above 0')
  return factors
}

function invalid (name: string, value: unknown, wanted: string): ScoringError {
  return new ScoringError('SCORING_OPTIONS_INVALID', `the scoring option ${name} is ${shown(value)}: give ${wanted}`, { details: { option: name, value: shown(value) } })
}
