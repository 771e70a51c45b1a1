import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { holderOf, readAccept, sameBallot, whyOther } from './accept.ts'
import { keyFromBytes } from './keys.ts'
import { manifestHash, readManifest } from './manifest.ts'
import { acceptsNeeded, MAX_HOLDERS, quorum } from './quorum.ts'
import { verify } from './signed.ts'
import { mayFollow } from './succession.ts'
import type { Vouched } from '../parts.ts'
import type { ChangedBy } from './succession.ts'
import type { Ballot, Manifest, SignedManifest } from '../pb/shards.ts'

/** Manifests that are checked one after the other; more at once are refused. */
const MAX_CHAIN = 4_096

/** Of every holder before and after, at most. */
const MAX_ACCEPTS = 2 * MAX_HOLDERS

export interface ChainOptions {
  /** The id that was asked for. */
  vault: Uint8Array
  /** A libp2p PublicKey message. @default whatever the id is made of */
  owner?: Uint8Array
  /** What is known already: the first of the list follows it. */
  after?: Vouched
}

/**
 * A manifest, once a certificate shows that it was decided: it may follow the one before, its owner signed it or the holders may change it
 * so, and in one ballot a quorum of its holders and a quorum of those before accepted it. Without `previous` it has to be a genesis, or
 * signed by the owner, who then answers for what was before. Rejects with `SHARDS_INVALID` or `SHARDS_UNSUPPORTED`.
 */
export async function verifyCertificate (signed: SignedManifest, previous?: Vouched): Promise<Vouched> {
  const vouched = await verifyProposed(signed, previous)
  await checkAccepts(vouched, previous)
  return vouched
}

/** The same for a manifest that holders have yet to accept: limits, succession, and the owner's signature where there is one. */
export async function verifyProposed (signed: SignedManifest, previous?: Vouched): Promise<Vouched> {
  const manifest = readManifest(signed.manifest)
  const by = changedBy(signed)
  const isAnchor = previous == null && manifest.seq > 1
  if (isAnchor && by === 'holders') throw invalid(manifest, 'what the holders changed holds only together with what was before')
  const why = isAnchor ? undefined : mayFollow(previous, manifest, by)
  if (why != null) throw invalid(manifest, why)
  if (by === 'owner' && !await verify('manifest', { content: signed.manifest, signature: signed.ownerSignature }, keyFromBytes(manifest.owner))) {
    throw invalid(manifest, 'the signature is not by its owner')
  }
  return { manifest, hash: manifestHash(signed.manifest), signed }
}

/**
 * Checks manifests that follow each other, ascending by seq; gives the same, checked. Rejects with the first that does not hold:
 * `SHARDS_INVALID` for a gap, a fork, another vault or owner, a certificate below the quorum; `SHARDS_UNSUPPORTED`.
 */
export async function verifyChain (list: readonly SignedManifest[], { vault, owner, after }: ChainOptions): Promise<Vouched[]> {
  if (list.length > MAX_CHAIN) throw new ShardsError('SHARDS_INVALID', `${list.length} manifests in a chain, over ${MAX_CHAIN}`)
  if (after != null && !equals(after.manifest.vault, vault)) throw new ShardsError('SHARDS_INVALID', 'the chain is to follow a manifest of another vault')
  const chain: Vouched[] = []
  for (const signed of list) {
    const vouched = await verifyCertificate(signed, chain.at(-1) ?? after)
    if (!equals(vouched.manifest.vault, vault)) throw invalid(vouched.manifest, 'it is another vault')
    if (owner != null && !equals(vouched.manifest.owner, owner)) throw invalid(vouched.manifest, 'it is another owner\'s vault')
    chain.push(vouched)
  }
  return chain
}

/** Whose change it is, as it says. */
export function changedBy ({ ownerSignature }: SignedManifest): ChangedBy {
  return ownerSignature.byteLength === 0 ? 'holders' : 'owner'
}

async function checkAccepts ({ manifest, hash, signed }: Vouched, previous?: Vouched): Promise<void> {
  const { accepts } = signed
  if (accepts.length > MAX_ACCEPTS) throw invalid(manifest, `${accepts.length} accepts, over ${MAX_ACCEPTS}`)
  let [after, before] = [0, 0]
  let last: { peer: Uint8Array, ballot: Ballot } | undefined
  for (const each of accepts) {
    const accept = await readAccept(each)
    const why = whyOther(accept, { manifest, hash })
    if (why != null) throw invalid(manifest, `of an accept: ${why}`)
    if (last != null && compare(accept.peer, last.peer) <= 0) throw invalid(manifest, 'the accepts do not ascend by peer')
    // accepts of different ballots, added up, decide nothing
    if (last != null && !sameBallot(accept.ballot, last.ballot)) throw invalid(manifest, 'the accepts are of different ballots')
    if (holderOf(manifest.holders, accept.peer) != null) after++
    if (previous != null && holderOf(previous.manifest.holders, accept.peer) != null) before++
    last = accept
  }
  const needed = acceptsNeeded(manifest.threshold, manifest.holders.length, changedBy(signed))
  if (after < needed) throw invalid(manifest, `${after} of its holders have accepted, and ${needed} must`)
  if (previous == null) return
  const neededBefore = quorum(previous.manifest.threshold, previous.manifest.holders.length)
  if (before < neededBefore) throw invalid(manifest, `${before} of the holders before have accepted, and ${neededBefore} must`)
}

function invalid ({ seq }: Manifest, reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `manifest ${seq} does not hold: ${reason}`, { details: { seq } })
}
