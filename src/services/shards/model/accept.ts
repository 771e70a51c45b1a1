import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { Answer } from '../pb/shards.ts'
import { decodeCanonical } from './canonical.ts'
import { keyOfPeer } from './keys.ts'
import { HASH_BYTES } from './manifest.ts'
import { verify } from './signed.ts'
import type { Vouched } from '../parts.ts'
import type { Accept, Ballot, Holder, Signed } from '../pb/shards.ts'

export type SignedAccept = Accept & { ballot: Ballot }

/** Reads an Accept and checks that the peer it names signed it. Rejects with `SHARDS_INVALID`. */
export async function readAccept (signed: Signed): Promise<SignedAccept> {
  const { accept, request } = decodeCanonical('an accept', Answer, signed.content)
  if (accept?.ballot == null || request.byteLength !== HASH_BYTES) throw new ShardsError('SHARDS_INVALID', 'an answer that accepts nothing where an accept should be')
  if (!await verify('answer', signed, keyOfPeer(accept.peer))) throw new ShardsError('SHARDS_INVALID', 'an accept that is not signed by the peer it names')
  return { ...accept, ballot: accept.ballot }
}

/** Why an accept is not of this manifest, or not what its peer has to say: its own index and verification, or none when it is no holder of it. */
export function whyOther (accept: Accept, { manifest, hash }: Pick<Vouched, 'manifest' | 'hash'>): string | undefined {
  const { vault, seq, epoch, transcript, holders } = manifest
  if (!equals(accept.vault, vault) || accept.seq !== seq || !equals(accept.manifest, hash)) return 'it is of another manifest'
  if (accept.epoch !== epoch || !equals(accept.transcript, transcript)) return `it says epoch ${accept.epoch}, or another transcript than the manifest`
  const { index, verification } = holderOf(holders, accept.peer) ?? { index: 0, verification: new Uint8Array(0) }
  return accept.index === index && equals(accept.verification, verification) ? undefined : `it says that its share is ${accept.index}, with a verification that is not that of the manifest, which says ${index}`
}

export function holderOf (holders: readonly Holder[], peer: Uint8Array): Holder | undefined {
  return holders.find(holder => equals(holder.peer, peer))
}

export function sameBallot (a: Ballot, b: Ballot): boolean {
  return a.round === b.round && equals(a.proposer, b.proposer)
}
