import { withChance } from './chance.ts'
import { checkIndices, checkPoint, checkShare, checkThreshold, wipe } from './checks.ts'
import { ThresholdError } from './errors.ts'
import { group } from './group.ts'
import { lagrange } from './lagrange.ts'
import { prove, verify } from './proof.ts'
import type { Share } from './checks.ts'
import type { Rng } from '../../util/rng.ts'

const KIND = 'partial'

export interface Encapsulated {
  /** R = r G: public, the handle by which holders are asked. */
  encapsulation: Uint8Array
  /** r K = s R: secret, to derive a key from, together with R. */
  sharedPoint: Uint8Array
}

/** One holder's part of a decapsulation. */
export interface Partial {
  /** The share times R. Enough of them open what R belongs to, and nothing else. */
  point: Uint8Array
  /** 64 bytes: that it is. */
  proof: Uint8Array
}

/** A point that only r, or enough holders, can compute (ElGamal over ristretto255). Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`. */
export function encapsulate (publicKey: Uint8Array, rng: Rng): Encapsulated {
  checkPoint(publicKey, 'the public key')
  return withChance(rng, chance => {
    const r = chance.scalar()
    const [sharedPoint] = group().times(publicKey, [[r]]) as [Uint8Array]
    const encapsulation = group().timesBase(r)
    wipe(r)
    return { encapsulation, sharedPoint }
  })
}

/**
 * A holder's part, for who may open. It is a decryption: check rights and that R belongs to the item before. `context` is what the
 * proof is bound to. Throws `THRESHOLD_INVALID`, `THRESHOLD_RNG`.
 */
export function partialOf (share: Share, encapsulation: Uint8Array, context: Uint8Array, rng: Rng): Partial {
  checkShare(share)
  checkPoint(encapsulation, 'the encapsulation')
  return withChance(rng, chance => {
    const { images, proof } = prove(share.scalar, { kind: KIND, context, bases: [encapsulation] }, chance)
    return { point: images[1] as Uint8Array, proof }
  })
}

/**
 * Whether the point is the share that fits `verification`, times R: false for whatever else the holder may send. Throws
 * `THRESHOLD_INVALID` when what the caller knows is wrong: verification or encapsulation.
 */
export function verifyPartial ({ point, proof }: Partial, verification: Uint8Array, encapsulation: Uint8Array, context: Uint8Array): boolean {
  checkPoint(verification, 'the verification')
  checkPoint(encapsulation, 'the encapsulation')
  return group().isPoint(point) && verify({ kind: KIND, context, bases: [encapsulation] }, [verification, point], proof)
}

/**
 * s R of the first `threshold` partials, which have been verified: it cannot tell whether they are right. Secret. Throws
 * `THRESHOLD_INVALID`, `THRESHOLD_TOO_FEW`.
 */
export function combinePartials (partials: ReadonlyArray<{ index: number, point: Uint8Array }>, threshold: number): Uint8Array {
  checkThreshold(threshold)
  checkIndices(partials.map(({ index }) => index))
  for (const { index, point } of partials) checkPoint(point, `partial ${index}`, [index])
  if (partials.length < threshold) throw new ThresholdError('THRESHOLD_TOO_FEW', `${partials.length} partials, and ${threshold} are needed`)
  const taken = partials.slice(0, threshold)
  const factors = lagrange(taken.map(({ index }) => index))
  return group().sum(taken.map(({ point }, i) => ({ point, scalar: factors[i] as Uint8Array })))
}
