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
