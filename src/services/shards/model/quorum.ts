/** Limits of suite 1. */
export const MIN_THRESHOLD = 2
export const MAX_HOLDERS = 64

/**
 * How many holders agree to a change: any two such sets share 2q - n holders at least, so one that is honest when fewer lie; and as many
 * as open the vault have a share of the new epoch before the old is given up.
 */
export function quorum (threshold: number, holders: number): number {
  return Math.max(threshold, Math.floor(holders / 2) + 1)
}

/**
 * How many holders after a change must have accepted it, with their shares. Among holders that change a vault by themselves a liar may propose,
 * and ask only as many as it must: so that the vault opens though half of those that it can spare (rounded down) withhold what they have, there
 * are as many more. Not all of these: one that is away must not stop the others.
 */
export function acceptsNeeded (threshold: number, holders: number, by: 'owner' | 'holders'): number {
  return Math.max(quorum(threshold, holders), by === 'owner' ? 0 : threshold + Math.floor((holders - threshold) / 2))
}
