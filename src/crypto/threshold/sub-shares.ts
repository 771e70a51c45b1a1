import { checkIndices, equal } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { committed } from './noble-group.ts'
import { isScalar } from './scalars.ts'

/** What a dealer published, and for whom it is from. */
export interface Dealt {
  /** The dealer's index. */
  dealer: number
  commitments: readonly Uint8Array[]
}

/** And its part for one receiver. */
export interface SubShare extends Dealt {
  /** 32 bytes. Wipe it after use. */
  scalar: Uint8Array
}

/** Dealers, each once, with equally many commitments each: so many it returns. */
export function checkDealers (parts: readonly Dealt[]): number {
  const [first] = parts
  if (first == null) throw new ThresholdError('THRESHOLD_TOO_FEW', 'there are no dealers')
  checkIndices(parts.map(({ dealer }) => dealer))
  const threshold = first.commitments.length
  const other = parts.filter(({ commitments }) => commitments.length !== threshold).map(({ dealer }) => dealer)
  if (other.length > 0) throw new ThresholdError('THRESHOLD_INVALID', `dealers ${other.join(', ')} have not as many commitments as dealer ${first.dealer}: ${threshold}`, { indices: other })
  return threshold
}

/** Throws `THRESHOLD_SHARE_INVALID` naming all dealers whose sub-share for this index does not fit what they published. */
export function checkSubShares (parts: readonly SubShare[], index: number): void {
  const bad = parts.filter(({ scalar, commitments }) => !isScalar(scalar) || !equal(group().timesBase(scalar), committed(commitments)(index))).map(({ dealer }) => dealer)
  if (bad.length > 0) throw new ThresholdError('THRESHOLD_SHARE_INVALID', `what dealers ${bad.join(', ')} gave index ${index} does not fit their commitments`, { indices: bad })
}
