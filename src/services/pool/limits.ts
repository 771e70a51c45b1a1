import { AppError } from '../../errors.ts'
import { DEFAULT_LIMITS } from './constants.ts'
import type { PoolLimits } from './index.ts'

/** `POOL_LIMITS_INVALID`: the limits are not whole numbers or contradict each other. */
export class PoolLimitsError extends AppError {
  constructor (message: string, details: Record<string, unknown>) {
    super('POOL_LIMITS_INVALID', message, { details })
  }
}

const COUNTS = ['minPeers', 'maxPeers', 'maxInbound', 'maxOutbound', 'minOutbound', 'maxPerIp', 'maxPerSubnet'] as const

/**
 * Fills in defaults and checks the whole. Lowering `maxPeers` alone lowers the defaults that no longer fit under it;
 * values given by the caller are never changed.
 */
export function poolLimits (given: Partial<PoolLimits> = {}, base: PoolLimits = DEFAULT_LIMITS): PoolLimits {
  const limits: PoolLimits = { ...base }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) Object.assign(limits, { [name]: value })
  }
  const fit = (name: typeof COUNTS[number], ceiling: number): void => {
    if (given[name] === undefined) limits[name] = Math.min(limits[name], ceiling)
  }
  fit('maxInbound', limits.maxPeers)
  fit('maxOutbound', limits.maxPeers)
  fit('minPeers', limits.maxPeers)
  fit('minOutbound', limits.maxOutbound)

  // what was given before what follows from it
  for (const name of [...COUNTS].sort((a, b) => Number(given[a] === undefined) - Number(given[b] === undefined))) {
    const value = limits[name]
    if (!Number.isInteger(value) || value < 0) {
      throw new PoolLimitsError(`${name} is ${value}: give a whole number, 0 or more`, { name, value })
    }
  }
  if (limits.maxPeers < 1) throw new PoolLimitsError(`maxPeers is ${limits.maxPeers}: give 1 or more`, { name: 'maxPeers', value: limits.maxPeers })
  atMost(limits, 'minPeers', 'maxPeers')
  atMost(limits, 'maxInbound', 'maxPeers')
  atMost(limits, 'maxOutbound', 'maxPeers')
  atMost(limits, 'minOutbound', 'maxOutbound')
  const { perSecond, burst } = limits.acceptRate
  if (!(perSecond > 0) || !(burst >= 1)) {
    throw new PoolLimitsError(`acceptRate is ${perSecond} a second with a burst of ${burst}: give more than 0 a second and a burst of 1 or more`, { name: 'acceptRate', value: limits.acceptRate })
  }
  return limits
}

function atMost (limits: PoolLimits, low: typeof COUNTS[number], high: typeof COUNTS[number]): void {
  if (limits[low] > limits[high]) {
    throw new PoolLimitsError(`${low} (${limits[low]}) is above ${high} (${limits[high]}): lower one or raise the other`, { [low]: limits[low], [high]: limits[high] })
  }
}
