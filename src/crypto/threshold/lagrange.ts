import { ristretto255 } from '@noble/curves/ed25519.js'

const { Fn } = ristretto255.Point

/**
 * What the values of a polynomial at these indices are multiplied with to give, added up, its value at another place (0: the
 * secret). All of it is public. The indices have been checked: one of 0 or one twice would give a value that its sender chose.
 */
export function lagrange (indices: readonly number[], at = 0): Uint8Array[] {
  const xs = indices.map(BigInt)
  const x = BigInt(at)
  const below = xs.map((own, i) => xs.reduce((product, other, j) => i === j ? product : Fn.mul(product, Fn.create(own - other)), Fn.ONE))
  const inverses = Fn.invertBatch(below)
  return inverses.map((inverse, i) => Fn.toBytes(xs.reduce((product, other, j) => i === j ? product : Fn.mul(product, Fn.create(x - other)), inverse)))
}
