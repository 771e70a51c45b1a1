import { combinePartials, deal, encapsulate, partialOf, proveShare, publicShareOf, verificationsOf, verifyPartial } from '../../src/crypto/threshold/index.ts'
import { shuffled } from '../../src/util/rng.ts'
import { bytesOf, flipped, ORDER, upTo } from './threshold.ts'
import type { Partial, Share } from '../../src/crypto/threshold/index.ts'
import type { Rng } from '../../src/util/rng.ts'

interface Facts {
  share: Share
  encapsulation: Uint8Array
  context: Uint8Array
  /** Of another holder. */
  other: Partial
  rng: Rng
}

/** What a holder may answer that is not its partial. */
const LIES: Array<(facts: Facts, good: Partial) => Partial> = [
  (_, good) => ({ ...good, point: flipped(good.point, 5) }),
  (_, good) => ({ ...good, proof: flipped(good.proof, 40) }),
  (_, good) => ({ ...good, proof: new Uint8Array(64) }),
  (_, good) => ({ ...good, point: new Uint8Array(32) }),
  (_, good) => ({ ...good, proof: good.proof.slice(0, 32) }),
  ({ other }) => other,
  ({ other }, good) => ({ point: other.point, proof: good.proof }),
  // right in itself: with another share, for another request, for another point
  ({ share, encapsulation, context, rng }) => partialOf({ ...share, scalar: bytesOf(12_345n) }, encapsulation, context, rng),
  ({ share, encapsulation, rng }) => partialOf(share, encapsulation, bytesOf(1n), rng),
  ({ share, context, rng }) => partialOf(share, publicShareOf(bytesOf(ORDER - 1n)), context, rng),
  ({ share, context, rng }, good) => ({ ...good, proof: proveShare(share, context, rng) })
]

/** An opening of (2..3, n) in which n - t holders, at random, lie, each in its way. */
export function openAmongCheaters (rng: Rng): { opened: boolean, accused: number[], cheaters: number[] } {
  const threshold = 2 + rng.int(2)
  const indices = upTo(threshold + 1 + rng.int(3))
  const context = rng.bytes(20)
  const { commitments, shares } = deal({ threshold, indices }, rng)
  const { encapsulation, sharedPoint } = encapsulate(commitments[0]!, rng)
  const cheaters = shuffled(indices, rng).slice(threshold).toSorted((a, b) => a - b)
  const goods = shares.map(share => partialOf(share, encapsulation, context, rng))
  const answers = shares.map((share, i) => {
    const lie = LIES[rng.int(LIES.length)]!
    const facts = { share, encapsulation, context, other: goods[(i + 1) % goods.length]!, rng }
    return { index: share.index, ...cheaters.includes(share.index) ? lie(facts, goods[i]!) : goods[i]! }
  })
  const verifications = verificationsOf(commitments, indices)
  const honest = answers.filter((answer, i) => verifyPartial(answer, verifications[i]!, encapsulation, context))
  const accused = indices.filter(index => !honest.some(answer => answer.index === index))
  const point = honest.length < threshold ? undefined : combinePartials(honest, threshold)
  return { opened: point != null && point.every((byte, i) => byte === sharedPoint[i]), accused, cheaters }
}
