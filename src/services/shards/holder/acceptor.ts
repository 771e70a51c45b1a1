import { equals } from 'uint8arrays/equals'
import { compareBallots } from '../change/ballot.ts'
import type { Ballot } from '../pb/shards.ts'

/** What a holder has bound itself to for the next seq of one vault. */
export interface AcceptorState {
  promised?: Ballot
  accepted?: Accepted
}

export interface Accepted {
  ballot: Ballot
  /** Hash of the manifest. */
  manifest: Uint8Array
}

/** Either the state that must be on the disk before the answer is given, or the ballot that is in the way. */
export type Move = { state: AcceptorState, conflict?: undefined } | { state?: undefined, conflict: Ballot }

/**
 * Phase 1b of Paxos (Lamport, "Paxos Made Simple", 2001). A ballot is promised once: who asks for it twice has forgotten what it
 * proposed in it.
 */
export function promise (state: AcceptorState, ballot: Ballot): Move {
  if (state.promised != null && compareBallots(ballot, state.promised) <= 0) return { conflict: state.promised }
  return { state: { ...state, promised: ballot } }
}

/** Phase 2b. Never two values in one ballot, whatever the proposer does. */
export function accept (state: AcceptorState, ballot: Ballot, manifest: Uint8Array): Move {
  const { promised, accepted } = state
  if (promised != null && compareBallots(ballot, promised) < 0) return { conflict: promised }
  if (accepted != null && compareBallots(ballot, accepted.ballot) === 0 && !equals(manifest, accepted.manifest)) return { conflict: accepted.ballot }
  return { state: { promised: ballot, accepted: { ballot, manifest } } }
}

/** What a proposer that has these promises of a quorum must propose: the value accepted in the highest ballot. Undefined: it is free. */
export function boundTo (promises: Iterable<AcceptorState>): Uint8Array | undefined {
  let highest: Accepted | undefined
  for (const { accepted } of promises) {
    if (accepted != null && (highest == null || compareBallots(accepted.ballot, highest.ballot) > 0)) highest = accepted
  }
  return highest?.manifest
}
