import type { Rng } from '../../util/rng.ts'

/**
 * All items once, in random order, one bucket chosen before one item in it: whoever fills a few buckets to the brim is
 * still drawn no more often than those buckets are. Reads only the buckets that it draws from.
 */
export function * randomOrder<T> (buckets: ReadonlyArray<readonly T[]>, rng: Rng): Generator<T> {
  const lanes = buckets.filter(bucket => bucket.length > 0).map(bucket => ({ bucket, left: undefined as T[] | undefined }))
  while (lanes.length > 0) {
    const i = rng.int(lanes.length)
    const lane = lanes[i] as typeof lanes[number]
    const left = lane.left ??= [...lane.bucket]
    yield takeAt(left, rng.int(left.length))
    if (left.length === 0) takeAt(lanes, i)
  }
}

/** Removes without keeping the order. */
function takeAt<T> (items: T[], index: number): T {
  const item = items[index] as T
  const last = items.pop() as T
  if (index < items.length) items[index] = last
  return item
}
