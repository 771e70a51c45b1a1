import { withChance } from './chance.ts'
import { checkSharing } from './checks.ts'
import { dealPolynomial } from './polynomial.ts'
import type { Sharing } from './checks.ts'
import type { Dealing } from './polynomial.ts'
import type { Rng } from '../../util/rng.ts'

/**
 * A random secret, shared. It is nowhere but in the shares; its public key is `commitments[0]`. Throws `THRESHOLD_INVALID`,
 * `THRESHOLD_RNG`.
 */
export function deal (sharing: Sharing, rng: Rng): Dealing {
  checkSharing(sharing)
  return withChance(rng, chance => dealPolynomial(chance.scalar(), sharing, chance))
}
