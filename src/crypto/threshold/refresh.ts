import { withChance } from './chance.ts'
import { checkCommitments, checkIndices, checkPoint, checkShare, checkSharing, equal } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { IDENTITY, group } from './group.ts'
import { dealPolynomial } from './polynomial.ts'
import { SCALAR_BYTES, sum } from './scalars.ts'
import { checkDealers, checkSubShares } from './sub-shares.ts'
import type { Share, Sharing } from './checks.ts'
import type { Dealing } from './polynomial.ts'
import type { Dealt, SubShare } from './sub-shares.ts'
import type { Rng } from '../../util/rng.ts'

/**
 * A sharing of zero, which changes all shares and not the secret (Herzberg, Jarecki, Krawczyk, Yung 1995). The first commitment
 * is the identity. Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`.
 */
export function dealRefresh (sharing: Sharing, rng: Rng): Dealing {
  checkSharing(sharing)
  return withChance(rng, chance => dealPolynomial(new Uint8Array(SCALAR_BYTES), sharing, chance))
}

/**
 * Of every dealer before its part is added: another constant would change the secret, more commitments the threshold. Throws
 * `THRESHOLD_INVALID`.
 */
export function checkRefresh (parts: readonly Dealt[], threshold: number): void {
  checkDealers(parts)
  for (const { dealer, commitments } of parts) {
    const [first, ...others] = commitments
    if (commitments.length !== threshold || first == null || !equal(first, IDENTITY)) {
      throw new ThresholdError('THRESHOLD_INVALID', `dealer ${dealer} has not dealt zero for a threshold of ${threshold}: ${commitments.length} commitments, of which the first must be the identity`, { indices: [dealer] })
    }
    for (const [i, point] of others.entries()) checkPoint(point, `commitment ${i + 1} of dealer ${dealer}`, [dealer])
  }
}

/**
 * The share of after, from the parts of all dealers; for all holders the same dealers. Throws `THRESHOLD_INVALID`;
 * `THRESHOLD_SHARE_INVALID` naming the dealers whose part does not fit.
 */
export function refreshShare (share: Share, parts: readonly SubShare[], threshold: number): Share {
  checkShare(share)
  checkRefresh(parts, threshold)
  checkSubShares(parts, share.index)
  return { index: share.index, scalar: sum([share.scalar, ...parts.map(({ scalar }) => scalar)]) }
}

/** The commitments of after. Throws `THRESHOLD_INVALID`. */
export function refreshedCommitments (commitments: readonly Uint8Array[], parts: readonly Dealt[]): Uint8Array[] {
  checkCommitments(commitments)
  checkIndices(parts.map(({ dealer }) => dealer))
  checkRefresh(parts, commitments.length)
  return commitments.map((point, k) => group().sum([point, ...parts.map(part => part.commitments[k] as Uint8Array)].map(point => ({ point }))))
}
