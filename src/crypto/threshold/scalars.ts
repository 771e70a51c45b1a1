import { ThresholdError } from './errors.ts'

/** Of a scalar: an integer below the group's order, little-endian. */
export const SCALAR_BYTES = 32
/** What a uniform scalar is reduced from: the bias is below 2^-250. */
export const WIDE_BYTES = 64

/**
 * Arithmetic modulo the order L = 2^252 + c of ristretto255 on bytes, without a branch or table lookup that depends on them:
 * secret scalars are never bigints here, whose operations take as long as their value wants, and which nobody can wipe. Limbs of
 * 12 bits, because 252 is 21 of them, so that limb 21 + i is folded into limb i by one multiplication with -c; all stays below
 * 2^53, so that doubles are exact. JavaScript does not promise constant time; this gives its compilers no reason for anything
 * else.
 */
const LIMB_BITS = 12
const LIMB = 2 ** LIMB_BITS
const TOP = 21
const LIMBS = 22
const WIDE_LIMBS = 43
const C = load(Uint8Array.of(0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14), 11)
const ORDER = Float64Array.from({ length: LIMBS }, (_, i) => i === TOP ? 1 : C[i] ?? 0)

const ONE = small(1)
const MINUS_ONE = store(reduceLimbs(Float64Array.from({ length: LIMBS }, (_, i) => i === 0 ? -1 : 0)))

/** A small public number as a scalar. */
export function small (value: number): Uint8Array {
  const scalar = new Uint8Array(SCALAR_BYTES)
  for (let i = 0, rest = value; rest > 0; i++, rest = Math.floor(rest / 256)) scalar[i] = rest % 256
  return scalar
}

/** a b + c. */
export function multiplyAdd (a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array {
  const [x, y] = [load(a, LIMBS), load(b, LIMBS)]
  const product = load(c, 2 * LIMBS)
  for (let i = 0; i < LIMBS; i++) addMultiple(product, y, x[i] as number, i)
  x.fill(0)
  y.fill(0)
  return store(reduceLimbs(product))
}

export function sum (scalars: readonly Uint8Array[]): Uint8Array {
  return innerProduct(scalars.map(() => ONE), scalars)
}

export function subtract (a: Uint8Array, b: Uint8Array): Uint8Array {
  return multiplyAdd(b, MINUS_ONE, a)
}

export function negate (a: Uint8Array): Uint8Array {
  return multiplyAdd(a, MINUS_ONE, new Uint8Array(SCALAR_BYTES))
}

/** The sum of a_i b_i. */
export function innerProduct (a: readonly Uint8Array[], b: readonly Uint8Array[]): Uint8Array {
  return a.reduce((sum, factor, i) => {
    const next = multiplyAdd(factor, b[i] as Uint8Array, sum)
    sum.fill(0)
    return next
  }, new Uint8Array(SCALAR_BYTES))
}

/** 64 bytes as a little-endian number, modulo L. */
export function reduce (wide: Uint8Array): Uint8Array {
  if (wide.byteLength !== WIDE_BYTES) throw new ThresholdError('THRESHOLD_INVALID', `${wide.byteLength} bytes are reduced to no uniform scalar: ${WIDE_BYTES} are`)
  return store(reduceLimbs(load(wide, WIDE_LIMBS)))
}

/** Whether it is 32 bytes below L: every scalar has one encoding. */
export function isScalar (bytes: Uint8Array): boolean {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength !== SCALAR_BYTES) return false
  const limbs = load(bytes, LIMBS)
  const less = lessOrder(limbs)
  const below = isNegative(less) === 1
  limbs.fill(0)
  less.fill(0)
  return below
}

export function isZero (scalar: Uint8Array): boolean {
  let bits = 0
  for (let i = 0; i < scalar.length; i++) bits |= scalar[i] as number
  return bits === 0
}

function load (bytes: Uint8Array, count: number): Float64Array {
  const limbs = new Float64Array(count)
  // three bytes are two limbs
  for (let i = 0, at = 0; at < bytes.length; i += 2, at += 3) {
    const low = bytes[at] as number
    const middle = bytes[at + 1] ?? 0
    limbs[i] = low | ((middle & 15) << 8)
    limbs[i + 1] = (middle >> 4) | ((bytes[at + 2] ?? 0) << 4)
  }
  return limbs
}

/** Of reduced limbs, which it wipes. */
function store (limbs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES)
  for (let i = 0, at = 0; at < SCALAR_BYTES; i += 2, at += 3) {
    const [low, high] = [limbs[i] as number, limbs[i + 1] as number]
    bytes[at] = low
    bytes[at + 1] = (low >> 8) | (high << 4)
    bytes[at + 2] = high >> 4
  }
  limbs.fill(0)
  return bytes
}

/** In place: factor 2^(12 at) times the other. */
function addMultiple (limbs: Float64Array, other: Float64Array, factor: number, at: number): void {
  for (let i = 0; i < other.length; i++) limbs[at + i] = limbs[at + i] as number + factor * (other[i] as number)
}

/** In place: each limb into 0 to 4095, the rest upwards into the last. */
function carry (limbs: Float64Array, last = TOP): void {
  let over = 0
  for (let i = 0; i < last; i++) {
    const limb = limbs[i] as number + over
    over = Math.floor(limb / LIMB)
    limbs[i] = limb - over * LIMB
  }
  limbs[last] = limbs[last] as number + over
}

/** In place: 2^(12 i) is -c 2^(12 (i - 21)). */
function fold (limbs: Float64Array, i: number): void {
  addMultiple(limbs, C, -(limbs[i] as number), i - TOP)
  limbs[i] = 0
}

/** Modulo L, of any limbs below 2^29, which it wipes. */
function reduceLimbs (limbs: Float64Array): Float64Array {
  carry(limbs, limbs.length - 1)
  for (let i = limbs.length - 1; i >= TOP; i--) fold(limbs, i)
  carry(limbs)
  fold(limbs, TOP)
  carry(limbs)
  // now above -L and below 2 L
  addMultiple(limbs, ORDER, 1, 0)
  carry(limbs)
  const once = subtractOrder(limbs)
  const twice = subtractOrder(once)
  limbs.fill(0)
  once.fill(0)
  return twice
}

function lessOrder (limbs: Float64Array): Float64Array {
  const less = limbs.slice(0, LIMBS)
  addMultiple(less, ORDER, -1, 0)
  carry(less)
  return less
}

/** Less L, where that is not negative. */
function subtractOrder (limbs: Float64Array): Float64Array {
  const less = lessOrder(limbs)
  const keep = isNegative(less)
  for (let i = 0; i < LIMBS; i++) less[i] = (limbs[i] as number) * keep + (less[i] as number) * (1 - keep)
  return less
}

/** 1 or 0. */
function isNegative (limbs: Float64Array): number {
  return (limbs[TOP] as number >> 31) & 1
}
