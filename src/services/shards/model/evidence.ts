import { equals } from 'uint8arrays/equals'
import { isUnambiguous } from '../../../crypto/ed25519-keys.ts'
import { verifyShareProof } from '../../../crypto/threshold/audit.ts'
import { ThresholdError } from '../../../crypto/threshold/errors.ts'
import { verifyPartial } from '../../../crypto/threshold/kem.ts'
import { ShardsError } from '../errors.ts'
import { Answer, Evidence, Proposal } from '../pb/shards.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { readAccept, sameBallot } from './accept.ts'
import { decodeCanonical, hashOf } from './canonical.ts'
import { readContribution, whyNoSharing } from './contribution.ts'
import { keyOfPeer } from './keys.ts'
import { auditContext, openContext } from './proof-context.ts'
import { readProposal } from './proposal.ts'
import { decodeRequest } from './request.ts'
import { verify } from './signed.ts'
import type { PeerId } from '@libp2p/interface'
import type { ShardsEvents } from '../index.ts'
import type { Accept, Request, Signed, SignedManifest } from '../pb/shards.ts'
import type { SignedAccept } from './accept.ts'

/** A request, an accept and an answer fit; a proposal of 64 holders, too. */
export const MAX_EVIDENCE_BYTES = 65_536

export interface Lie {
  peerId: PeerId
  vault: Uint8Array
  kind: ShardsEvents['holder:lied']['detail']['kind']
  /** Of the evidence. */
  hash: Uint8Array
}

/** A Partial or an AuditProof that does not fit. `accept` is the liar's, for the same transcript; `request` the signed bytes. */
export function falseProof (kind: 'PARTIAL' | 'AUDIT', accept: Signed, { request, signed }: { request: Uint8Array, signed: Signed }): Evidence {
  return { kind, accept, request, answer: signed }
}

/** Commitments that are no sharing of the dealer's own share. `accept` is the dealer's, for the manifest before. */
export function falseContribution (accept: Signed, proposal: Proposal, contribution: Signed): Evidence {
  return { kind: 'CONTRIBUTION', accept, request: Proposal.encode(proposal), answer: contribution }
}

/** Of two certificates of one seq: who accepted both manifests in one ballot. None where they are of one manifest, or cannot be read. */
export function equivocations (one: SignedManifest, other: SignedManifest): Evidence[] {
  const others = acceptsIn(other)
  return acceptsIn(one).flatMap(({ accept, signed }) => {
    const second = others.find(each => equals(each.accept.peer, accept.peer) && isEquivocation(accept, each.accept))
    return second == null ? [] : [{ kind: 'EQUIVOCATION', request: new Uint8Array(0), answer: signed, other: second.signed }]
  })
}

/** Throws `SHARDS_INVALID` for what is no evidence, `SHARDS_UNSUPPORTED` for a kind that only a later version can check. */
export function readEvidence (bytes: Uint8Array): Evidence {
  if (bytes.byteLength > MAX_EVIDENCE_BYTES) throw new ShardsError('SHARDS_INVALID', `evidence of ${bytes.byteLength} bytes, over ${MAX_EVIDENCE_BYTES}`)
  const evidence = decodeCanonical('evidence', Evidence, bytes)
  if (!CHECKS.has(evidence.kind)) throw new ShardsError('SHARDS_UNSUPPORTED', `evidence of a kind that this version does not know: ${JSON.stringify(evidence.kind.slice(0, 32))}`)
  return evidence
}

/**
 * Who lied, when this shows it: undefined when it shows nothing. What no honest holder ever signs is a lie, and nothing else is: whoever
 * accuses can choose requests, proposals and ballots, and combine what a holder signed for different vaults, epochs and requests.
 */
export async function checkEvidence (evidence: Evidence): Promise<Lie | undefined> {
  const check = CHECKS.get(evidence.kind)
  if (check == null) return undefined
  try {
    return await check(evidence)
  } catch (err) {
    // what cannot be read, or is not signed, says nothing of anybody
    if (err instanceof ShardsError || err instanceof ThresholdError) return undefined
    throw err
  }
}

const CHECKS: ReadonlyMap<string, (evidence: Evidence) => Promise<Lie | undefined>> = new Map([
  ['PARTIAL', async evidence => await checkProof(evidence, 'partial', partialFits)],
  ['AUDIT', async evidence => await checkProof(evidence, 'audit', auditFits)],
  ['CONTRIBUTION', checkDealing],
  ['EQUIVOCATION', checkEquivocation]
])

interface Claim {
  accept: SignedAccept
  request: Request
  requestHash: Uint8Array
  answer: Answer
}

/** Undefined when the answer is not about the share of the accept. Throws a ThresholdError when what was asked, or accepted, is no point. */
type Fits = (claim: Claim) => boolean | undefined

const partialFits: Fits = ({ accept, request, requestHash, answer }) => {
  const { partial } = answer
  if (partial == null || request.open == null || !isAbout(partial, accept)) return undefined
  return verifyPartial(partial, accept.verification, request.open.encapsulation, openContext({ ...accept, request: requestHash }))
}

const auditFits: Fits = ({ accept, request, requestHash, answer }) => {
  const { proof } = answer
  if (proof == null || request.audit == null || !isAbout(proof, accept)) return undefined
  return verifyShareProof(proof.proof, accept.verification, auditContext({ ...accept, request: requestHash }))
}

async function checkProof (evidence: Evidence, kind: Lie['kind'], fits: Fits): Promise<Lie | undefined> {
  const { accept: signedAccept, request: bytes, answer: signed } = evidence
  if (signedAccept == null || signed == null || evidence.other != null) return undefined
  const accept = await readAccept(signedAccept)
  const request = decodeRequest(bytes)
  const requestHash = hashOf(bytes)
  if (!equals(request.to, accept.peer) || !equals(request.vault, accept.vault)) return undefined
  if (!await verify('answer', signed, keyOfPeer(accept.peer))) return undefined
  const answer = decodeCanonical('an answer', Answer, signed.content)
  if (!equals(answer.request, requestHash)) return undefined
  return fits({ accept, request, requestHash, answer }) === false ? lieOf(accept, kind, evidence, [signedAccept, signed]) : undefined
}

async function checkDealing (evidence: Evidence): Promise<Lie | undefined> {
  const { accept: signedAccept, request, answer: signed, other } = evidence
  if (signedAccept == null || signed == null || other != null) return undefined
  const accept = await readAccept(signedAccept)
  const proposal = readProposal(request)
  if (!equals(proposal.vault, accept.vault) || accept.index === 0) return undefined
  if (!await verify('contribution', signed, keyOfPeer(accept.peer))) return undefined
  const contribution = readContribution(signed, proposal)
  if (contribution.dealer !== accept.index || !equals(contribution.transcript, accept.transcript)) return undefined
  return whyNoSharing(contribution, proposal, accept.verification) == null ? undefined : lieOf(accept, 'contribution', evidence, [signedAccept, signed])
}

async function checkEquivocation (evidence: Evidence): Promise<Lie | undefined> {
  const { accept, request, answer, other } = evidence
  if (answer == null || other == null || accept != null || request.byteLength > 0) return undefined
  const [one, two] = [await readAccept(answer), await readAccept(other)]
  return equals(one.peer, two.peer) && isEquivocation(one, two) ? lieOf(one, 'equivocation', evidence, [answer, other]) : undefined
}

function isEquivocation (one: Accept, two: Accept): boolean {
  if (one.ballot == null || two.ballot == null) return false
  return equals(one.vault, two.vault) && one.seq === two.seq && sameBallot(one.ballot, two.ballot) && !equals(one.manifest, two.manifest)
}

function acceptsIn ({ accepts }: SignedManifest): Array<{ accept: Accept, signed: Signed }> {
  return accepts.flatMap(signed => {
    try {
      const { accept } = decodeCanonical('an accept', Answer, signed.content)
      return accept == null ? [] : [{ accept, signed }]
    } catch (err) {
      if (err instanceof ShardsError) return []
      throw err
    }
  })
}

/** Whether both are of the same share: an epoch may have been agreed on twice, and only one of them came to be. */
function isAbout (answer: { epoch: number, index: number, transcript: Uint8Array }, accept: SignedAccept): boolean {
  return accept.index !== 0 && answer.index === accept.index && answer.epoch === accept.epoch && equals(answer.transcript, accept.transcript)
}

/** Only where the signatures fit by everybody's account: else who passes it on could be taken for a liar himself. */
function lieOf ({ peer, vault }: SignedAccept, kind: Lie['kind'], evidence: Evidence, signed: readonly Signed[]): Lie | undefined {
  const { raw } = keyOfPeer(peer)
  if (!signed.every(({ signature }) => isUnambiguous(raw, signature))) return undefined
  return { peerId: peerFromBytes(peer), vault, kind, hash: hashOf(Evidence.encode(evidence)) }
}
