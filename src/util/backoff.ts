import type { Rng } from './rng.ts'

export interface BackoffLimits {
  /** The first ceiling; half of it is the shortest wait. */
  minMs: number
  /** The last ceiling. */
  maxMs: number
}

/**
 * How long to wait before attempt `attempt` (1 is the first retry): exponential with full jitter, so that nodes which
 * lost the same peer do not come back together (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 */
export function backoffMs (attempt: number, { minMs, maxMs }: BackoffLimits, rng: Rng): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 40))
  return Math.round(Math.max(minMs / 2, rng.float() * ceiling))
}
