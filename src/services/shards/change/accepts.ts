import { equals } from 'uint8arrays/equals'
import { whyOther } from '../model/accept.ts'
import { Answer } from '../pb/shards.ts'
import { compareBallots } from './ballot.ts'
import type { Vouched } from '../parts.ts'
import type { Accept, Ballot, Signed } from '../pb/shards.ts'

/** The word of that holder, among those that certify the manifest, for which point is its. */
export function acceptOf ({ manifest, signed }: Vouched, index: number): Signed | undefined {
  const holder = manifest.holders.find(holder => holder.index === index)
  return signed.accepts.find(({ content }) => {
    const { accept } = Answer.decode(content)
    return accept != null && holder != null && equals(accept.peer, holder.peer)
  })
}

/** Why this is not the accept that was asked for; undefined when it is. */
export function acceptFault (accept: Accept | undefined, value: Pick<Vouched, 'manifest' | 'hash'>, { ballot, peer }: { ballot: Ballot, peer: Uint8Array }): string | undefined {
  if (accept == null) return 'it is none'
  if (!equals(accept.peer, peer)) return 'it is of another peer'
  return compareBallots(accept.ballot, ballot) === 0 ? whyOther(accept, value) : 'it is of another ballot'
}
