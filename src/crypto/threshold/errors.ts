export type ThresholdErrorCode =
  | 'THRESHOLD_INVALID' | 'THRESHOLD_SHARE_INVALID' | 'THRESHOLD_TOO_FEW' | 'THRESHOLD_MISMATCH' | 'THRESHOLD_RNG'

/**
 * - `THRESHOLD_INVALID`: an argument that is none: a length, an encoding, an index, a threshold, an index given twice
 * - `THRESHOLD_SHARE_INVALID`: shares, sub-shares or deltas that do not fit what was published of them
 * - `THRESHOLD_TOO_FEW`: fewer than the threshold
 * - `THRESHOLD_MISMATCH`: each piece may be well formed, but together they are not of that key
 * - `THRESHOLD_RNG`: the source of chance failed, or gave what cannot be chance; nothing was made with it
 */
export class ThresholdError extends Error {
  readonly code: ThresholdErrorCode
  /** Of the holders, dealers or helpers that it is about, ascending; empty when it is about none. */
  readonly indices: readonly number[]

  constructor (code: ThresholdErrorCode, message: string, { indices = [], cause }: { indices?: readonly number[], cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'ThresholdError'
    this.code = code
    this.indices = indices.toSorted((a, b) => a - b)
  }
}
