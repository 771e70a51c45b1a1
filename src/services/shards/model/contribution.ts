import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { equals } from 'uint8arrays/equals'
import { open, seal } from '../../../crypto/sealing.ts'
import { checkDealt, dealShare } from '../../../crypto/threshold/reshare.ts'
import { ShardsError } from '../errors.ts'
import { Change, Contribution } from '../pb/shards.ts'
import { decodeCanonical } from './canonical.ts'
import { canSealTo } from './kem-record.ts'
import { keyFromBytes, keyOfPeer } from './keys.ts'
import { proposalHash } from './proposal.ts'
import { sign, verify } from './signed.ts'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import type { Share } from '../../../crypto/threshold/checks.ts'
import type { Rng } from '../../../util/rng.ts'
import type { OwnerDealing, Vouched } from '../parts.ts'
import type { Proposal, Signed } from '../pb/shards.ts'

const ENC_BYTES = 32
/** HPKE's encapsulated key, the sub-share, and a tag. */
const SEALED_BYTES = ENC_BYTES + 32 + 16

/** Who deals: a holder its own share of the manifest before, or the owner, as dealer 0, what it has dealt. */
export type Dealer =
  | { dealer: number, share: Share, previous: Pick<Vouched, 'manifest'> }
  | { dealer: 0, dealing: OwnerDealing }

/** Deals for a proposal that `checkProposal` has passed, and seals the sub-shares. `share` and `dealing` stay the caller's, to be wiped. */
export async function contribute ({ proposal, ...by }: { proposal: Proposal } & Dealer, privateKey: PrivateKey, rng: Rng): Promise<Signed> {
  const { threshold, holders } = proposal
  const hash = proposalHash(proposal)
  const isOwner = 'dealing' in by
  const dealt = isOwner ? ownersDealing(by.dealing, proposal) : dealShare(by.share, { threshold, indices: holders.map(({ index }) => index) }, rng)
  const scalars = isOwner ? by.dealing.shares : (dealt as { shares: Share[] }).shares.map(({ scalar }) => scalar)
  try {
    const sealed: Uint8Array[] = []
    for (const [i, { index, kemKey }] of holders.entries()) {
      if (!canSealTo(kemKey)) throw new ShardsError('SHARDS_INVALID', `nothing can be sealed to the key of new holder ${index}: leave it out`, { details: { indices: [index] } })
      const { enc, ciphertext } = await seal(kemKey, scalars[i] ?? new Uint8Array(0), sealingContext(hash, by.dealer, index), rng)
      sealed.push(concatBytes(enc, ciphertext))
    }
    const content = Contribution.encode({
      dealer: by.dealer,
      proposal: hash,
      commitments: dealt.commitments,
      sealed,
      ...isOwner ? {} : { transcript: by.previous.manifest.transcript }
    })
    return await sign('contribution', content, privateKey)
  } finally {
    if (!isOwner) for (const scalar of scalars) scalar.fill(0)
  }
}

/**
 * Reads a contribution and checks all that everybody can: that its dealer signed it, for this proposal, and that it is a sharing of the
 * dealer's own share. `owner` is the vault's, for a genesis. Rejects with `SHARDS_INVALID`, with the dealer in `details.indices`.
 */
export async function checkContribution (signed: Signed, proposal: Proposal, previous?: Pick<Vouched, 'manifest'>, owner = previous?.manifest.owner): Promise<Contribution> {
  const contribution = readContribution(signed, proposal)
  const { dealer } = contribution
  const why = await whyInvalid(signed, contribution, proposal, previous, owner)
  if (why != null) throw new ShardsError('SHARDS_INVALID', `what dealer ${dealer} contributed cannot be used: ${why.reason}`, { cause: why.cause, details: { indices: [dealer] } })
  return contribution
}

/** Throws `SHARDS_INVALID` for what has another shape than the proposal asks for. */
export function readContribution ({ content }: Signed, proposal: Proposal): Contribution {
  const contribution = decodeCanonical('a contribution', Contribution, content)
  if (!equals(contribution.proposal, proposalHash(proposal))) throw new ShardsError('SHARDS_INVALID', `dealer ${contribution.dealer} contributed to another proposal`, { details: { indices: [contribution.dealer] } })
  return contribution
}

/** Why what a dealer published is no sharing among these holders; of a holder also, of its own share. Undefined when it is. */
export function whyNoSharing ({ commitments, sealed }: Contribution, { threshold, holders }: Proposal, verification: Uint8Array | undefined): { reason: string, cause?: unknown } | undefined {
  if (sealed.length !== holders.length || sealed.some(({ byteLength }) => byteLength !== SEALED_BYTES)) return { reason: `not ${holders.length} sealed sub-shares of ${SEALED_BYTES} bytes` }
  const [first] = commitments
  if (first == null) return { reason: 'no commitments' }
  try {
    checkDealt(commitments, verification ?? first, threshold)
  } catch (cause) {
    return { reason: 'its commitments', cause }
  }
  return undefined
}

/** The sub-share for an index. Rejects when it is not sealed to this key. */
export async function openSubShare ({ dealer, sealed }: Contribution, proposal: Proposal, index: number, kemPrivateKey: Uint8Array): Promise<Uint8Array> {
  const bytes = sealed[proposal.holders.findIndex(holder => holder.index === index)] ?? new Uint8Array(0)
  const parts = { enc: bytes.subarray(0, ENC_BYTES), ciphertext: bytes.subarray(ENC_BYTES) }
  return await open(kemPrivateKey, parts, sealingContext(proposalHash(proposal), dealer, index))
}

async function whyInvalid (signed: Signed, contribution: Contribution, proposal: Proposal, previous: Pick<Vouched, 'manifest'> | undefined, owner: Uint8Array | undefined): Promise<{ reason: string, cause?: unknown } | undefined> {
  const { dealer, transcript } = contribution
  const isOwner = dealer === 0
  if (isOwner !== (proposal.change !== Change.RESHARE)) return { reason: `it is not for dealer ${dealer} to deal for a ${proposal.change}` }
  const holder = previous?.manifest.holders.find(({ index }) => index === dealer)
  if (!isOwner && holder == null) return { reason: 'no holder before has this index' }
  if (!equals(transcript, isOwner ? new Uint8Array(0) : previous?.manifest.transcript ?? new Uint8Array(0))) return { reason: 'it is of other shares than those of the manifest before' }
  const key = isOwner ? ownerKey(owner) : keyOfPeer(holder?.peer ?? new Uint8Array(0))
  if (!await verify('contribution', signed, key)) return { reason: 'it is not signed by its dealer' }
  return whyNoSharing(contribution, proposal, holder?.verification)
}

function ownerKey (owner: Uint8Array | undefined): PublicKey {
  if (owner == null) throw new ShardsError('SHARDS_INVALID', 'nobody said whose vault this is: give the owner of a genesis')
  return keyFromBytes(owner)
}

function ownersDealing (dealing: OwnerDealing, { threshold, holders }: Proposal): OwnerDealing {
  if (dealing.commitments.length === threshold && dealing.shares.length === holders.length) return dealing
  throw new ShardsError('SHARDS_INVALID', `${dealing.commitments.length} commitments and ${dealing.shares.length} shares were dealt, for a threshold of ${threshold} of ${holders.length}`)
}

/** What is sealed for one proposal, by one dealer, for one index, opens as nothing else. */
function sealingContext (proposal: Uint8Array, dealer: number, index: number): { info: Uint8Array, aad: Uint8Array } {
  return {
    info: concatBytes(utf8ToBytes('peerkeep-shards:sub-share\0'), proposal),
    aad: Uint8Array.of(dealer >> 8, dealer & 0xff, index >> 8, index & 0xff)
  }
}
