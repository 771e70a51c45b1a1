import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { Change, Proposal, Transcript } from '../pb/shards.ts'
import { decodeCanonical, hashOf } from './canonical.ts'
import { checkSharing, HASH_BYTES, POINT_BYTES } from './manifest.ts'
import type { Vouched } from '../parts.ts'

/** Throws `SHARDS_INVALID` for what nobody deals for, or not after `previous`. */
export function checkProposal (proposal: Proposal, previous?: Pick<Vouched, 'manifest' | 'hash'>): void {
  checkShape(proposal)
  const { vault, seq, prev, change } = proposal
  if ((change === Change.GENESIS) !== (previous == null)) throw invalid(`a ${change} ${previous == null ? 'with nothing' : 'with a manifest'} before it`)
  if (seq !== (previous?.manifest.seq ?? 0) + 1 || !equals(prev, previous?.hash ?? new Uint8Array(0))) throw invalid(`seq ${seq} does not follow the manifest before`)
  if (previous != null && !equals(vault, previous.manifest.vault)) throw invalid('it is another vault')
}

/** What can be said of it alone. */
function checkShape (proposal: Proposal): void {
  const { vault, seq, prev, change, holders } = proposal
  if (vault.byteLength !== HASH_BYTES) throw invalid(`a vault id of ${vault.byteLength} bytes`)
  if (change !== Change.GENESIS && change !== Change.RESHARE && change !== Change.ROTATE) throw invalid(`nobody deals for a ${change}`)
  if (prev.byteLength !== (seq === 1 ? 0 : HASH_BYTES)) throw invalid(`a hash of ${prev.byteLength} bytes of the manifest before`)
  checkSharing(proposal)
  for (const { index, verification, kemKey } of holders) {
    if (verification.byteLength !== 0) throw invalid(`a verification of index ${index}, before there is one`)
    if (kemKey.byteLength !== POINT_BYTES) throw invalid(`a KEM key of ${kemKey.byteLength} bytes for index ${index}`)
  }
}

export function proposalHash (proposal: Proposal): Uint8Array {
  return hashOf(Proposal.encode(proposal))
}

export function transcriptHash (transcript: Transcript): Uint8Array {
  return hashOf(Transcript.encode(transcript))
}

/** The proposal whose bytes these are. Throws `SHARDS_INVALID`. */
export function readProposal (bytes: Uint8Array): Proposal {
  const proposal = decodeCanonical('a proposal', Proposal, bytes)
  checkShape(proposal)
  return proposal
}

function invalid (reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a proposal that cannot be used: ${reason}`)
}
