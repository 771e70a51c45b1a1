import { wipe } from './checks.ts'
import { IDENTITY, group } from './group.ts'
import { isZero, multiplyAdd, small } from './scalars.ts'
import type { Sharing } from './checks.ts'
import type { Chance } from './chance.ts'
import type { Share } from './checks.ts'

/** What a dealer makes: public commitments to its polynomial, and a share for each index. */
export interface Dealing {
  /** As many points as the threshold says: the coefficients times the base point, the constant one first. */
  commitments: Uint8Array[]
  /** In the order of the indices. Each for its holder only. */
  shares: Share[]
}

/**
 * A random polynomial with this constant, committed to (Feldman 1987) and evaluated (Shamir 1979). All other coefficients are
 * uniform: one that never is zero, or of fewer bits, tells a holder something at each dealing. Wipes the constant.
 */
export function dealPolynomial (constant: Uint8Array, { threshold, indices }: Sharing, chance: Chance): Dealing {
  const coefficients = [constant]
  try {
    while (coefficients.length < threshold) coefficients.push(chance.scalar())
    const commitments = coefficients.map(coefficient => isZero(coefficient) ? IDENTITY.slice() : group().timesBase(coefficient))
    return { commitments, shares: indices.map(index => ({ index, scalar: evaluate(coefficients, index) })) }
  } finally {
    wipe(coefficients)
  }
}

/** Horner's rule. */
function evaluate (coefficients: readonly Uint8Array[], index: number): Uint8Array {
  const x = small(index)
  return coefficients.reduceRight((sum, coefficient) => {
    const next = multiplyAdd(sum, x, coefficient)
    wipe(sum)
    return next
  }, new Uint8Array(x.byteLength))
}
