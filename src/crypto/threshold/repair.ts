import { withChance } from './chance.ts'
import { checkIndices, checkPoint, checkShare, equal, wipe } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { lagrange } from './lagrange.ts'
import { isScalar, multiplyAdd, subtract, sum } from './scalars.ts'
import type { Share } from './checks.ts'
import type { Rng } from '../../util/rng.ts'

/** Whose share is made again, and by whom: what all who take part must agree on. */
export interface Repair {
  /** Of the share that was lost. */
  index: number
  /** As many holders as the threshold, without it. */
  helpers: readonly number[]
}

/** What a helper publishes: its deltas times the base point, in the order of the helpers. */
export interface PublishedDeltas {
  helper: number
  points: readonly Uint8Array[]
}

/** And what it gives to one other helper. */
export interface Delta extends PublishedDeltas {
  /** 32 bytes. */
  scalar: Uint8Array
}

/** What a helper gives to who lost its share. */
export interface Sigma {
  helper: number
  /** 32 bytes. */
  scalar: Uint8Array
}

/**
 * A share is made again for its holder by helpers of whom none learns it, nor another's (Laing and Stinson 2018, with what is
 * sent committed to). Three steps. This is the first, of each helper: its part of the share, split into one random delta for
 * each helper, in their order; to be sent to each encrypted, and the points to all. Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`.
 */
export function dealDeltas (share: Share, repair: Repair, rng: Rng): { points: Uint8Array[], deltas: Uint8Array[] } {
  checkShare(share)
  const factor = factorOf(repair, share.index)
  return withChance(rng, chance => {
    const deltas = repair.helpers.slice(1).map(() => chance.scalar())
    const part = multiplyAdd(factor, share.scalar, new Uint8Array(share.scalar.byteLength))
    const rest = sum(deltas)
    deltas.push(subtract(part, rest))
    wipe(part, rest)
    return { points: deltas.map(delta => group().timesBase(delta)), deltas }
  })
}

/** For everybody: a helper's points are a splitting of its own share. Throws `THRESHOLD_INVALID`, `THRESHOLD_SHARE_INVALID`. */
export function checkDeltas ({ helper, points }: PublishedDeltas, verification: Uint8Array, repair: Repair): void {
  checkPoint(verification, `the verification of helper ${helper}`, [helper])
  const factor = factorOf(repair, helper)
  checkPublished({ helper, points }, repair)
  if (equal(total(points), group().sum([{ scalar: factor, point: verification }]))) return
  throw new ThresholdError('THRESHOLD_SHARE_INVALID', `the deltas of helper ${helper} are no splitting of its share`, { indices: [helper] })
}

/**
 * The second step, of the helper `own`: what all helpers (it too) gave it, checked and added up, for who lost its share. Throws
 * `THRESHOLD_INVALID`; `THRESHOLD_SHARE_INVALID` naming the helpers whose delta does not fit its point.
 */
export function sumDeltas (parts: readonly Delta[], own: number, repair: Repair): Uint8Array {
  checkAll(parts, repair)
  const at = repair.helpers.indexOf(own)
  if (at < 0) throw new ThresholdError('THRESHOLD_INVALID', `index ${own} is no helper`, { indices: [own] })
  refuse(parts.filter(({ scalar, points }) => !fits(scalar, points[at] as Uint8Array)), 'gave deltas that do not fit their points')
  return sum(parts.map(({ scalar }) => scalar))
}

/**
 * The last step, of who lost its share: the sum of what all helpers summed, and only ever the share that fits `verification`.
 * `published` has passed `checkDeltas`. Throws `THRESHOLD_INVALID`; `THRESHOLD_SHARE_INVALID` naming helpers; `THRESHOLD_MISMATCH`.
 */
export function repairShare (sigmas: readonly Sigma[], published: readonly PublishedDeltas[], verification: Uint8Array, repair: Repair): Share {
  checkPoint(verification, 'the verification')
  checkAll(published, repair)
  checkSame(sigmas, repair)
  refuse(sigmas.filter(({ helper, scalar }) => {
    const at = repair.helpers.indexOf(helper)
    return !fits(scalar, total(published.map(({ points }) => points[at] as Uint8Array)))
  }), 'gave sums that do not fit the published points')
  const scalar = sum(sigmas.map(({ scalar }) => scalar))
  if (fits(scalar, verification)) return { index: repair.index, scalar }
  wipe(scalar)
  throw new ThresholdError('THRESHOLD_MISMATCH', `what came out is not the share of index ${repair.index}: some published deltas are no splitting of their helper's share`, { indices: [repair.index] })
}

/** What the helper's share counts for the lost one. */
function factorOf ({ index, helpers }: Repair, helper: number): Uint8Array {
  checkIndices([index, ...helpers])
  const factor = lagrange(helpers, index)[helpers.indexOf(helper)]
  if (helpers.length < 2 || factor == null) throw new ThresholdError('THRESHOLD_INVALID', `index ${helper} is none of at least two helpers: ${helpers.join(', ')}`, { indices: [helper] })
  return factor
}

function checkSame (parts: ReadonlyArray<{ helper: number }>, { index, helpers }: Repair): void {
  checkIndices([index, ...helpers])
  checkIndices(parts.map(({ helper }) => helper))
  const missing = helpers.filter(helper => !parts.some(part => part.helper === helper))
  if (missing.length > 0) throw new ThresholdError('THRESHOLD_TOO_FEW', `helpers ${missing.join(', ')} are missing`, { indices: missing })
  if (parts.length > helpers.length) throw new ThresholdError('THRESHOLD_INVALID', `there are parts of ${parts.length} helpers, and only ${helpers.length} help`)
}

function checkAll (parts: readonly PublishedDeltas[], repair: Repair): void {
  checkSame(parts, repair)
  for (const part of parts) checkPublished(part, repair)
}

function checkPublished ({ helper, points }: PublishedDeltas, { helpers }: Repair): void {
  if (points.length !== helpers.length) throw new ThresholdError('THRESHOLD_INVALID', `helper ${helper} published ${points.length} points for ${helpers.length} helpers`, { indices: [helper] })
  for (const point of points) checkPoint(point, `a delta of helper ${helper}`, [helper])
}

function fits (scalar: Uint8Array, point: Uint8Array): boolean {
  return isScalar(scalar) && equal(group().timesBase(scalar), point)
}

function total (points: readonly Uint8Array[]): Uint8Array {
  return group().sum(points.map(point => ({ point })))
}

function refuse (parts: ReadonlyArray<{ helper: number }>, what: string): void {
  const indices = parts.map(({ helper }) => helper)
  if (indices.length > 0) throw new ThresholdError('THRESHOLD_SHARE_INVALID', `helpers ${indices.join(', ')} ${what}`, { indices })
}
