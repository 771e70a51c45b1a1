import { compare } from 'uint8arrays/compare'
import type { Ballot } from '../pb/shards.ts'

/** How far a round may be ahead of the clock of who is asked to promise it, in seconds. */
export const MAX_ROUND_AHEAD = 120

/** Negative when `a` is lower: by round, then by the bytes of the proposer's peer id. None at all is the lowest. */
export function compareBallots (a: Ballot | undefined, b: Ballot | undefined): number {
  if (a == null || b == null) return Number(a != null) - Number(b != null)
  return a.round - b.round || compare(a.proposer, b.proposer)
}

/**
 * The next round of a proposer: the second it is, so that a proposer that restarts and remembers nothing goes on above what it used
 * before, and nobody can use up the rounds; more where it has used that already, within what a holder takes.
 */
export function nextRound (nowMs: number, lastRound = 0): number {
  return Math.max(Math.floor(nowMs / 1000), lastRound + 1)
}
