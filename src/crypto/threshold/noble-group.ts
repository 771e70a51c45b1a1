import { mulAddUnsafe } from '@noble/curves/abstract/curve.js'
import { ristretto255 } from '@noble/curves/ed25519.js'
import { isZero } from './scalars.ts'
import type { Group } from './group.ts'

const { Point } = ristretto255
/** Of the table of a point that several secrets are multiplied with: fastest for three. */
const WINDOW = 2

type NoblePoint = InstanceType<typeof Point>

/** In pure JavaScript. @noble/curves avoids branches on secrets, but its bigints take as long as their value wants. */
export const nobleGroup: Group = {
  name: 'noble',
  isPoint: bytes => {
    try {
      return !Point.fromBytes(bytes).is0()
    } catch {
      return false
    }
  },
  timesBase: scalar => multiply(Point.BASE, scalar).toBytes(),
  times: (encoded, lists) => {
    // also of another shape than the multiplication without a table, which is quicker where a secret begins with zeros
    const point = Point.fromBytes(encoded).precompute(WINDOW)
    return lists.map(list => list.reduce((sum, scalar) => sum.add(multiply(point, scalar)), Point.ZERO).toBytes())
  },
  sum: (terms, base) => {
    const points = terms.map(({ point }) => Point.fromBytes(point))
    const scalars = terms.map(({ scalar }) => scalar == null ? 1n : bigintOf(scalar))
    if (base != null) {
      points.push(Point.BASE)
      scalars.push(bigintOf(base))
    }
    return mulAddUnsafe(Point, points, scalars).toBytes()
  }
}

function multiply (point: NoblePoint, scalar: Uint8Array): NoblePoint {
  return isZero(scalar) ? Point.ZERO : point.multiply(bigintOf(scalar))
}

/** noble's own way goes over hexadecimal digits from a table. */
function bigintOf (scalar: Uint8Array): bigint {
  const view = new DataView(scalar.buffer, scalar.byteOffset, scalar.byteLength)
  let value = 0n
  for (let at = scalar.byteLength - 8; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(at, true)
  return value
}

/**
 * The polynomial that these points commit to: its value at an index, times the base point. By Horner's rule the factors are so
 * short that no other library is quicker.
 */
export function committed (commitments: readonly Uint8Array[]): (index: number) => Uint8Array {
  const points = commitments.map(point => Point.fromBytes(point))
  return index => points.reduceRight((sum, point) => shortMultiple(sum, index).add(point), Point.ZERO).toBytes()
}

function shortMultiple (point: NoblePoint, factor: number): NoblePoint {
  let sum = Point.ZERO
  for (let bit = 31 - Math.clz32(factor); bit >= 0; bit--) {
    sum = sum.double()
    if ((factor >> bit) % 2 === 1) sum = sum.add(point)
  }
  return sum
}
