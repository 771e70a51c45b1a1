import { ThresholdError } from './errors.ts'
import { isZero, reduce, WIDE_BYTES } from './scalars.ts'
import type { Rng } from '../../util/rng.ts'

const BLOCK_WORDS = 4
const BLOCK_BYTES = 4 * BLOCK_WORDS

/** The random bytes of one call. Nothing of it outlives the call. */
export interface Chance {
  /** A multiple of 16. */
  bytes (length: number): Uint8Array
  /** Uniform; never zero, which does not happen by chance. */
  scalar (): Uint8Array
}

/**
 * Gives `use` random bytes, and wipes what it remembers of them. Throws `THRESHOLD_RNG` when the source throws, gives too little,
 * or repeats any 16 bytes within this call: zeros, constants, short periods. It cannot see one that is merely predictable.
 */
export function withChance<T> (rng: Rng, use: (chance: Chance) => T): T {
  const seen: Uint32Array[] = []
  const bytes = (length: number): Uint8Array => {
    const drawn = draw(rng, length)
    const words = new Uint32Array(length / 4)
    new Uint8Array(words.buffer).set(drawn)
    for (let at = 0; at < words.length; at += BLOCK_WORDS) {
      const block = words.subarray(at, at + BLOCK_WORDS)
      if (seen.some(other => same(other, block))) {
        drawn.fill(0)
        throw new ThresholdError('THRESHOLD_RNG', `the source of chance gave the same ${BLOCK_BYTES} bytes twice: nothing was made with them`)
      }
      seen.push(block)
    }
    return drawn
  }
  const scalar = (): Uint8Array => {
    const wide = bytes(WIDE_BYTES)
    const reduced = reduce(wide)
    wide.fill(0)
    if (isZero(reduced)) throw new ThresholdError('THRESHOLD_RNG', 'the source of chance gave a multiple of the order: nothing was made with it')
    return reduced
  }
  try {
    return use({ bytes, scalar })
  } finally {
    for (const block of seen) block.fill(0)
  }
}

function draw (rng: Rng, length: number): Uint8Array {
  let drawn: Uint8Array
  try {
    drawn = rng.bytes(length)
  } catch (cause) {
    throw new ThresholdError('THRESHOLD_RNG', 'the source of chance failed: nothing was made', { cause })
  }
  if (drawn instanceof Uint8Array && drawn.byteLength === length) return drawn
  throw new ThresholdError('THRESHOLD_RNG', `the source of chance did not give the ${length} bytes that it was asked for: nothing was made`)
}

function same (a: Uint32Array, b: Uint32Array): boolean {
  let bits = 0
  for (let i = 0; i < BLOCK_WORDS; i++) bits |= a[i] as number ^ b[i] as number
  return bits === 0
}
