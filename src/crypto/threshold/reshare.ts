import { withChance } from './chance.ts'
import { checkCommitments, checkIndices, checkPoint, checkShare, checkSharing, equal } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { lagrange } from './lagrange.ts'
import { dealPolynomial } from './polynomial.ts'
import { innerProduct } from './scalars.ts'
import { checkDealers, checkSubShares } from './sub-shares.ts'
import type { Share, Sharing } from './checks.ts'
import type { Dealing } from './polynomial.ts'
import type { Dealt, SubShare } from './sub-shares.ts'
import type { Rng } from '../../util/rng.ts'

/**
 * Of an old holder: its share, shared again among new ones, with another threshold if wanted (Desmedt and Jajodia 1997;
 * verifiable: Wong, Wang and Wing 2002). Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`.
 */
export function dealShare (share: Share, sharing: Sharing, rng: Rng): Dealing {
  checkShare(share)
  checkSharing(sharing)
  return withChance(rng, chance => dealPolynomial(share.scalar.slice(), sharing, chance))
}

/**
 * What a dealer published is a sharing of its own share: the first commitment is its verification of before, and there are as
 * many as the new threshold. Throws `THRESHOLD_INVALID`, `THRESHOLD_MISMATCH`.
 */
export function checkDealt (commitments: readonly Uint8Array[], verification: Uint8Array, threshold: number): void {
  checkPoint(verification, 'the verification')
  checkCommitments(commitments, threshold)
  if (!equal(commitments[0] as Uint8Array, verification)) throw new ThresholdError('THRESHOLD_MISMATCH', 'what was dealt is not the share that the dealer had: the first commitment is not its verification')
}

/**
 * A new holder's share, of the sub-shares of as many dealers as the old threshold (the same ones for all new holders), each of
 * which passed `checkDealt`. Throws `THRESHOLD_INVALID`; `THRESHOLD_SHARE_INVALID` naming the dealers whose sub-share is wrong.
 */
export function receiveShare (parts: readonly SubShare[], index: number): Share {
  checkIndices([index])
  checkParts(parts)
  checkSubShares(parts, index)
  return { index, scalar: innerProduct(lagrange(parts.map(({ dealer }) => dealer)), parts.map(({ scalar }) => scalar)) }
}

/**
 * The commitments to the new shares. The first must be the public key as before, and is where all dealers passed `checkDealt`
 * and are as many as the old threshold: compare it. Throws `THRESHOLD_INVALID`.
 */
export function resharedCommitments (parts: readonly Dealt[]): Uint8Array[] {
  const newThreshold = checkParts(parts)
  const factors = lagrange(parts.map(({ dealer }) => dealer))
  return Array.from({ length: newThreshold }, (_, k) => group().sum(parts.map(({ commitments }, i) => ({ scalar: factors[i] as Uint8Array, point: commitments[k] as Uint8Array }))))
}

function checkParts (parts: readonly Dealt[]): number {
  const threshold = checkDealers(parts)
  for (const { dealer, commitments } of parts) checkCommitments(commitments, threshold, dealer)
  return threshold
}
