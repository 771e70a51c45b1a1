import { checkCommitments, checkIndices, checkPoint, checkShare, checkThreshold, equal, wipe } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { lagrange } from './lagrange.ts'
import { innerProduct } from './scalars.ts'
import { verifyShare } from './verification.ts'
import type { Share } from './checks.ts'

export interface Combination {
  threshold: number
  publicKey: Uint8Array
  /** With them bad shares are named. */
  commitments?: readonly Uint8Array[]
}

/**
 * The shared secret, 32 bytes: it is what opens everything, so wipe it. Only ever the one that belongs to the public key. Throws
 * `THRESHOLD_INVALID`; `THRESHOLD_TOO_FEW`; `THRESHOLD_SHARE_INVALID` with the indices of all shares that do not fit the
 * commitments: leave them out and try again; `THRESHOLD_MISMATCH` when that cannot be told, or all fit: they are of another secret.
 */
export function combine (shares: readonly Share[], { threshold, publicKey, commitments }: Combination): Uint8Array {
  checkThreshold(threshold)
  checkPoint(publicKey, 'the public key')
  if (commitments != null) checkCommitments(commitments, threshold)
  checkIndices(shares.map(({ index }) => index))
  for (const share of shares) checkShare(share)
  if (shares.length < threshold) throw new ThresholdError('THRESHOLD_TOO_FEW', `${shares.length} shares, and ${threshold} are needed`)
  const bad = commitments == null ? [] : shares.filter(share => !verifyShare(share, commitments)).map(({ index }) => index)
  if (bad.length > 0) throw new ThresholdError('THRESHOLD_SHARE_INVALID', `shares ${bad.join(', ')} are not those that were dealt`, { indices: bad })
  const taken = shares.slice(0, threshold)
  const secret = innerProduct(lagrange(taken.map(({ index }) => index)), taken.map(({ scalar }) => scalar))
  if (equal(group().timesBase(secret), publicKey)) return secret
  wipe(secret)
  throw new ThresholdError('THRESHOLD_MISMATCH', `shares ${taken.map(({ index }) => index).join(', ')} give no secret of this public key: one of them is wrong, or of another dealing`)
}
