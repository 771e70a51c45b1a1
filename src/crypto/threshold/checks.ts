import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { isScalar, isZero } from './scalars.ts'

/** A holder's: the polynomial at its index. */
export interface Share {
  /** 1 to 65535, from the manifest and never from who sends it. */
  index: number
  /** 32 bytes. Wipe it after use. */
  scalar: Uint8Array
}

/** How a secret is to be shared. */
export interface Sharing {
  /** How many shares give the secret: 2 to as many as there are indices. */
  threshold: number
  /** One for each share, each once. */
  indices: readonly number[]
}

const MAX_INDEX = 65535

export function isIndex (index: number): boolean {
  return Number.isInteger(index) && index >= 1 && index <= MAX_INDEX
}

export function checkIndices (indices: readonly number[]): void {
  const wrong = indices.filter(index => !isIndex(index))
  if (wrong.length > 0) throw new ThresholdError('THRESHOLD_INVALID', `indices are integers from 1 to ${MAX_INDEX}, not ${wrong.join(', ')}`, { indices: wrong })
  const twice = indices.filter((index, i) => indices.indexOf(index) !== i)
  if (twice.length > 0) throw new ThresholdError('THRESHOLD_INVALID', `each index is there once, but ${twice.join(', ')}`, { indices: twice })
}

export function checkThreshold (threshold: number): void {
  if (Number.isInteger(threshold) && threshold >= 2 && threshold <= MAX_INDEX) return
  throw new ThresholdError('THRESHOLD_INVALID', `a threshold is an integer of at least 2, not ${threshold}`)
}

export function checkSharing ({ threshold, indices }: Sharing): void {
  checkIndices(indices)
  checkThreshold(threshold)
  if (threshold > indices.length) throw new ThresholdError('THRESHOLD_INVALID', `a threshold of ${threshold} is above the ${indices.length} shares: nobody could get the secret back`)
}

/** A point that is none, or the identity, is refused: times that everything is known. */
export function checkPoint (point: Uint8Array, what: string, indices: readonly number[] = []): void {
  if (!group().isPoint(point)) throw new ThresholdError('THRESHOLD_INVALID', `${what} is no ristretto255 point, or the identity`, { indices })
}

export function checkScalar (scalar: Uint8Array, what: string, indices: readonly number[] = []): void {
  if (!isScalar(scalar) || isZero(scalar)) throw new ThresholdError('THRESHOLD_INVALID', `${what} is no scalar (32 bytes, little-endian, below the order), or zero`, { indices })
}

export function checkShare ({ index, scalar }: Share): void {
  checkIndices([index])
  checkScalar(scalar, `share ${index}`, [index])
}

/** As many points as the threshold says: one more would raise it. */
export function checkCommitments (commitments: readonly Uint8Array[], threshold = commitments.length, dealer?: number): void {
  checkThreshold(threshold)
  const of = dealer === undefined ? '' : ` of dealer ${dealer}`
  const indices = dealer === undefined ? [] : [dealer]
  if (commitments.length !== threshold) throw new ThresholdError('THRESHOLD_INVALID', `${commitments.length} commitments${of} for a threshold of ${threshold}: there are as many`, { indices })
  for (const [i, point] of commitments.entries()) checkPoint(point, `commitment ${i}${of}`, indices)
}

/** Of public bytes: how long it takes says where they differ. */
export function equal (a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}

export function wipe (...secrets: ReadonlyArray<Uint8Array | readonly Uint8Array[]>): void {
  for (const bytes of secrets.flat()) bytes.fill(0)
}
