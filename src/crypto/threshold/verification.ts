import { checkCommitments, checkIndices, checkScalar, equal, isIndex } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { committed } from './noble-group.ts'
import { isScalar, isZero } from './scalars.ts'
import type { Share } from './checks.ts'

/** What the share of this index times the base point must be (Feldman 1987). Throws `THRESHOLD_INVALID`. */
export function verificationOf (commitments: readonly Uint8Array[], index: number): Uint8Array {
  checkCommitments(commitments)
  checkIndices([index])
  return notZero(committed(commitments)(index), index)
}

/** In the order of the indices. */
export function verificationsOf (commitments: readonly Uint8Array[], indices: readonly number[]): Uint8Array[] {
  checkCommitments(commitments)
  checkIndices(indices)
  const at = committed(commitments)
  return indices.map(index => notZero(at(index), index))
}

/** Whether the share is the one that was committed to. Throws `THRESHOLD_INVALID` for commitments that are none. */
export function verifyShare ({ index, scalar }: Share, commitments: readonly Uint8Array[]): boolean {
  checkCommitments(commitments)
  if (!isIndex(index) || !isScalar(scalar) || isZero(scalar)) return false
  return equal(group().timesBase(scalar), committed(commitments)(index))
}

/** The share times the base point. Throws `THRESHOLD_INVALID`. */
export function publicShareOf (scalar: Uint8Array): Uint8Array {
  checkScalar(scalar, 'the share')
  return group().timesBase(scalar)
}

function notZero (verification: Uint8Array, index: number): Uint8Array {
  if (isZero(verification)) throw new ThresholdError('THRESHOLD_INVALID', `the share of index ${index} is zero, as everybody can see: deal again`, { indices: [index] })
  return verification
}
