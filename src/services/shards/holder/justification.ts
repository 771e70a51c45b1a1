import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { compareBallots } from '../change/ballot.ts'
import { decodeCanonical } from '../model/canonical.ts'
import { RefusedError } from '../model/failure.ts'
import { keyOfPeer } from '../model/keys.ts'
import { quorum } from '../model/quorum.ts'
import { verify } from '../model/signed.ts'
import { Answer } from '../pb/shards.ts'
import type { AcceptorState } from './acceptor.ts'
import type { Vouched } from '../parts.ts'
import type { Ballot, Holder, Signed } from '../pb/shards.ts'

/**
 * Checks that a quorum of the holders before has promised this ballot, and gives what they have accepted before it. A promise does not
 * name who made it, so promises come in the order of the peer ids of their holders. Rejects with INVALID.
 */
export async function readJustification (promises: readonly Signed[], { manifest }: Vouched, ballot: Ballot): Promise<AcceptorState[]> {
  const { threshold, holders, seq, vault } = manifest
  const needed = quorum(threshold, holders.length)
  if (promises.length < needed || promises.length > holders.length) throw new RefusedError('INVALID', `${promises.length} promises of the holders before, and ${needed} are needed`)
  const rest = holders.toSorted((a, b) => compare(a.peer, b.peer))
  const states: AcceptorState[] = []
  for (const signed of promises) {
    const { promise } = decodeCanonical('a promise', Answer, signed.content)
    if (promise?.ballot == null || compareBallots(promise.ballot, ballot) !== 0 || promise.seq !== seq + 1 || !equals(promise.vault, vault)) throw new RefusedError('INVALID', 'one of the promises is of another ballot, or none')
    if (!await isOfNext(signed, rest)) throw new RefusedError('INVALID', 'one of the promises is not signed by a holder before, in the order of their peer ids, or one is there twice')
    const { acceptedBallot, accepted } = promise
    states.push(acceptedBallot == null ? {} : { accepted: { ballot: acceptedBallot, manifest: accepted } })
  }
  return states
}

/** Takes holders away until one has signed it: all promises together cost no more than one verification for each holder. */
async function isOfNext (signed: Signed, rest: Holder[]): Promise<boolean> {
  for (let holder = rest.shift(); holder != null; holder = rest.shift()) {
    if (await verify('answer', signed, keyOfPeer(holder.peer))) return true
  }
  return false
}
