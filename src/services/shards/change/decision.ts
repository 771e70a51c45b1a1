import { compareBallots } from './ballot.ts'
import type { Ballot } from '../pb/shards.ts'

/** What the promise of one holder before says. */
export interface Promised {
  /** Whom: hexadecimal peer id. */
  by: string
  /** What it has accepted already, in a lower ballot. */
  accepted?: { ballot: Ballot, hash: string }
}

export type Decision =
  /** Fewer than a quorum have promised. */
  | { kind: 'too-few', have: number }
  /** `justification`: a quorum of promises that shows that nothing else can have been decided, nor ever will be in a lower ballot. */
  | { kind: 'free', justification: string[] }
  /** That may have been decided, so it is what has to be proposed. */
  | { kind: 'finish', hash: string, justification: string[] }

/**
 * What a proposer may propose (Lamport, "Paxos Made Simple", 2001, P2c). It is free when some quorum of those that promised has accepted
 * nothing: a decision needs a quorum in one ballot, any two quorums share a holder, and those that promised take no lower ballot any more.
 * So what only a few have accepted, of a proposer that crashed, may be given up. Else the one of the highest ballot is finished.
 */
export function decide (promises: readonly Promised[], quorum: number): Decision {
  const free = promises.filter(({ accepted }) => accepted == null)
  if (free.length >= quorum) return { kind: 'free', justification: free.map(({ by }) => by) }
  if (promises.length < quorum) return { kind: 'too-few', have: promises.length }
  const highest = promises.reduce<Promised['accepted']>((best, { accepted }) => compareBallots(accepted?.ballot, best?.ballot) > 0 ? accepted : best, undefined)
  return { kind: 'finish', hash: highest?.hash ?? '', justification: promises.map(({ by }) => by) }
}

export interface Electorate {
  /** Peers in hexadecimal; none before a genesis. */
  before: { members: ReadonlySet<string>, quorum: number }
  after: { members: ReadonlySet<string>, quorum: number }
}

/**
 * Whether a change is decided: accepted, in one ballot, by a quorum of the holders after, which have their shares, and by a quorum of
 * those before, for whom this decides the seq. One that stays counts for both.
 */
export function isDecided (accepted: ReadonlySet<string>, { before, after }: Electorate): boolean {
  return count(accepted, before.members) >= before.quorum && count(accepted, after.members) >= after.quorum
}

/** Whether those that leave may be asked: not before enough of those that come and stay have shares, as they cannot check any. */
export function mayAskLeavers (accepted: ReadonlySet<string>, { after }: Electorate): boolean {
  return count(accepted, after.members) >= after.quorum
}

function count (peers: ReadonlySet<string>, members: ReadonlySet<string>): number {
  let found = 0
  for (const peer of peers) if (members.has(peer)) found++
  return found
}
