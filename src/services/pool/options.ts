import { systemClock } from '../../util/clock.ts'
import { systemRng } from '../../util/rng.ts'
import { DEFAULT_DIAL_TIMEOUT_MS, DEFAULT_FEELER_INTERVAL_MS, DEFAULT_MAX_DIALING, DEFAULT_MAX_RETRY_MS, DEFAULT_MIN_RETRY_MS } from './constants.ts'
import type { Role } from '../../components.ts'
import type { PoolInit } from './index.ts'

const BACKBONE: Role[] = ['relay', 'full']

/** Every option that has a plain default, filled in. */
export function poolOptions (init: PoolInit) {
  const { clock = systemClock, rng = systemRng, roles = ['full'] } = init
  return {
    clock,
    rng,
    netgroups: { localAsPublic: init.localAsPublic === true },
    backoff: { minMs: init.minRetryMs ?? DEFAULT_MIN_RETRY_MS, maxMs: init.maxRetryMs ?? DEFAULT_MAX_RETRY_MS },
    dialTimeoutMs: init.dialTimeoutMs ?? DEFAULT_DIAL_TIMEOUT_MS,
    maxDialing: init.maxDialing ?? DEFAULT_MAX_DIALING,
    feelerIntervalMs: init.feelerIntervalMs ?? DEFAULT_FEELER_INTERVAL_MS,
    keepNearest: init.keepNearest ?? 0,
    // leaves connect to the backbone, and the backbone to itself
    preferredRoles: init.preferredRoles ?? (roles.some(role => role === 'light' || role === 'relay') ? BACKBONE : [])
  }
}
