import { compare } from 'uint8arrays/compare'
import type { Ballot } from '../pb/shards.ts'

/** How far a round of the owner may be ahead of the clock of who is asked to promise it, in seconds. */
export const MAX_ROUND_AHEAD = 120
/** And of a holder: it cannot outbid the owner. */
export const MAX_HOLDER_ROUND_AHEAD = 10
/**
 * How far ahead of the time the owner begins, in seconds. A rank that never ends would do as well against holders that outbid it, but then
 * a change that the owner has begun, and gone away from, could not be finished by the holders.
 */
export const OWNER_ROUND_LEAD = 60

/** Negative when `a` is lower: by round, then by the bytes of the proposer's peer id. None at all is the lowest. */
export function compareBallots (a: Ballot | undefined, b: Ballot | undefined): number {
  if (a == null || b == null) return Number(a != null) - Number(b != null)
  return a.round - b.round || compare(a.proposer, b.proposer)
}

/**
 * The next round of a proposer: the second it is, so that a proposer that restarts and remembers nothing goes on above what it used
 * before, and nobody can use up the rounds; more where it has used that already, or was told that it is in the way, within what a holder
 * takes. `lead` is OWNER_ROUND_LEAD for the owner.
 */
export function nextRound (nowMs: number, lastRound = 0, lead = 0): number {
  return Math.max(Math.floor(nowMs / 1000) + lead, lastRound + 1)
}

/** Beyond the lead of a proposer: rounds that one honest holder more or less goes on to in a quarrel, and far from where holders refuse them. */
const HEEDED_AHEAD = 5

/**
 * The last round to go on from when holders said that these are in the way. What nobody can have been promised, but by a liar or a clock
 * that is wrong, is not heeded: a proposer that followed would be refused by all the others.
 */
export function roundAbove (nowMs: number, { lastRound = 0, rounds, lead = 0 }: { lastRound?: number, rounds: readonly number[], lead?: number }): number {
  const limit = Math.floor(nowMs / 1000) + lead + HEEDED_AHEAD
  return Math.max(lastRound, ...rounds.filter(round => round <= limit))
}
