import { equals } from 'uint8arrays/equals'
import { ThresholdError } from '../../../crypto/threshold/errors.ts'
import { receiveShare, resharedCommitments } from '../../../crypto/threshold/reshare.ts'
import { verificationsOf, verifyShare } from '../../../crypto/threshold/verification.ts'
import { ShardsError } from '../errors.ts'
import { Change, Contribution } from '../pb/shards.ts'
import { decodeCanonical } from './canonical.ts'
import { checkContribution, openSubShare } from './contribution.ts'
import { RefusedError } from './failure.ts'
import { checkProposal, transcriptHash } from './proposal.ts'
import type { Share } from '../../../crypto/threshold/checks.ts'
import type { Outcome, Vouched } from '../parts.ts'
import type { Manifest, Proposal, Transcript } from '../pb/shards.ts'

/**
 * Checks a whole transcript: the proposal, and for a reshare the contributions of exactly as many holders before as their threshold, else
 * that of the owner alone, ascending by dealer. Rejects with `SHARDS_INVALID`, where one dealer is to blame with it in `details.indices`.
 */
export async function checkTranscript (transcript: Transcript, previous?: Vouched, owner = previous?.manifest.owner): Promise<Outcome> {
  const proposal = proposalIn(transcript)
  checkProposal(proposal, previous)
  for (const signed of transcript.contributions) await checkContribution(signed, proposal, previous, owner)
  return outcomeOf(transcript, previous)
}

/** What the contributions of a transcript, once each is checked, give all: every reader computes the same. Throws `SHARDS_INVALID`. */
export function outcomeOf (transcript: Transcript, previous?: Pick<Vouched, 'manifest'>): Outcome {
  const { holders, change } = proposalIn(transcript)
  const parts = contributionsIn(transcript, previous)
  const outcome = added(parts, holders.map(({ index }) => index))
  const before = previous?.manifest.commitments[0]
  if (change === Change.RESHARE && !equals(outcome.commitments[0] ?? new Uint8Array(0), before ?? new Uint8Array(0))) throw invalid('its shares are of another scalar')
  return outcome
}

/** Why new shares in a manifest are not those of a checked transcript; undefined when they are. */
export function whyNotOf (manifest: Manifest, transcript: Transcript, { commitments, verifications }: Outcome): string | undefined {
  const { vault, seq, prev, threshold, holders, change } = proposalIn(transcript)
  if (!equals(manifest.transcript, transcriptHash(transcript))) return 'it names another transcript'
  const same = equals(manifest.vault, vault) && manifest.seq === seq && equals(manifest.prev, prev) && manifest.threshold === threshold && manifest.change === change
  if (!same || manifest.holders.length !== holders.length || manifest.commitments.length !== commitments.length) return 'it is not what was proposed'
  if (commitments.some((point, i) => !equals(point, manifest.commitments[i] ?? new Uint8Array(0)))) return 'its commitments are not those that were dealt'
  for (const [i, { index, peer, kemKey, verification }] of manifest.holders.entries()) {
    const proposed = holders[i]
    if (proposed == null || index !== proposed.index || !equals(peer, proposed.peer) || !equals(kemKey, proposed.kemKey)) return `holder ${index} is not the one proposed`
    if (!equals(verification, verifications[i] ?? new Uint8Array(0))) return `the verification of index ${index} is not what was dealt`
  }
  return undefined
}

/**
 * The share of one new holder, of a checked transcript. Rejects with a `RefusedError` BAD_SUB_SHARE that names the first dealer whose
 * sub-share does not open or does not fit its commitments; `details.indices` has all of them.
 */
export async function receiveFrom (transcript: Transcript, previous: Pick<Vouched, 'manifest'> | undefined, index: number, kemPrivateKey: Uint8Array): Promise<Share> {
  const proposal = proposalIn(transcript)
  const contributions = contributionsIn(transcript, previous)
  const opened = await openAll(contributions, proposal, index, kemPrivateKey)
  try {
    const bad = contributions.filter((_, i) => opened[i] == null).map(({ dealer }) => dealer)
    if (bad.length > 0) throw badSubShares(bad, 'do not open')
    const parts = contributions.map(({ dealer, commitments }, i) => ({ dealer, commitments, scalar: opened[i] ?? new Uint8Array(0) }))
    const [owners] = parts
    if (owners?.dealer !== 0) return received(parts, index)
    const share = { index, scalar: owners.scalar.slice() }
    if (!verifyShare(share, owners.commitments)) throw badSubShares([0], 'does not fit its commitments')
    return share
  } finally {
    for (const scalar of opened) scalar?.fill(0)
  }
}

function received (parts: Parameters<typeof receiveShare>[0], index: number): Share {
  try {
    return receiveShare(parts, index)
  } catch (err) {
    if (err instanceof ThresholdError && err.code === 'THRESHOLD_SHARE_INVALID') throw badSubShares(err.indices, 'do not fit their commitments', err)
    throw err
  }
}

async function openAll (contributions: readonly Contribution[], proposal: Proposal, index: number, kemPrivateKey: Uint8Array): Promise<Array<Uint8Array | undefined>> {
  const opened: Array<Uint8Array | undefined> = []
  for (const contribution of contributions) {
    opened.push(await openSubShare(contribution, proposal, index, kemPrivateKey).catch((err: unknown) => {
      if (err instanceof Error && 'code' in err && err.code === 'SEALING_OPEN_FAILED') return undefined
      throw err
    }))
  }
  return opened
}

function badSubShares (dealers: readonly number[], what: string, cause?: unknown): RefusedError {
  return new RefusedError('BAD_SUB_SHARE', `what dealers ${dealers.join(', ')} sealed for this node ${what}`, { index: dealers[0] ?? 0, cause, details: { indices: dealers } })
}

function proposalIn ({ proposal }: Transcript): Proposal {
  if (proposal == null) throw invalid('no proposal')
  return proposal
}

/** Of a reshare exactly as many as the threshold before, else the owner's: with one less, or one more, everything would be another sharing. */
function contributionsIn (transcript: Transcript, previous: Pick<Vouched, 'manifest'> | undefined): Contribution[] {
  const { change } = proposalIn(transcript)
  const contributions = transcript.contributions.map(({ content }) => decodeCanonical('a contribution', Contribution, content))
  const needed = change === Change.RESHARE ? previous?.manifest.threshold ?? 0 : 1
  if (contributions.length !== needed) throw invalid(`${contributions.length} contributions for a ${change}: there are ${needed}`)
  for (const [i, { dealer }] of contributions.entries()) {
    if ((dealer === 0) !== (change !== Change.RESHARE)) throw invalid(`dealer ${dealer} in a ${change}`)
    if (i > 0 && dealer <= (contributions[i - 1]?.dealer ?? 0)) throw invalid('its dealers do not ascend')
  }
  return contributions
}

function added (parts: readonly Contribution[], indices: readonly number[]): Outcome {
  try {
    const commitments = parts[0]?.dealer === 0 ? parts[0].commitments : resharedCommitments(parts)
    return { commitments, verifications: verificationsOf(commitments, indices) }
  } catch (cause) {
    throw new ShardsError('SHARDS_INVALID', 'a transcript that cannot be used: its commitments do not add up to a sharing', { cause })
  }
}

function invalid (reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a transcript that cannot be used: ${reason}`)
}
