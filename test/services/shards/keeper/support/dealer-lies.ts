import { ed25519, ristretto255 } from '@noble/curves/ed25519.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { Contribution } from '../../../../../src/services/shards/pb/shards.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Lie } from '../../support/lies.ts'

const OTHER_POINT = ristretto255.Point.BASE.multiply(424_242n).toBytes()

type Change = (contribution: Contribution) => Contribution

/** Deals what is no sharing of its share: anybody can see that. */
export const dealsAnother = (key: PrivateKey): Lie => dealing(key, contribution => ({ ...contribution, commitments: contribution.commitments.map((point, i) => i === 0 ? OTHER_POINT : point) }))

/** Deals sub-shares that nobody's commitments fit: whoever gets one sees it. */
export const dealsFalsely = (key: PrivateKey): Lie => dealing(key, contribution => ({ ...contribution, commitments: contribution.commitments.map((point, i) => i === 1 ? OTHER_POINT : point) }))

/** Seals nonsense for every other holder, and for the others what it should. */
export const wrongsSome = (key: PrivateKey): Lie => dealing(key, contribution => ({ ...contribution, sealed: contribution.sealed.map((sealed, i) => i % 2 === 0 ? sealed : sealed.map(byte => byte ^ 1)) }))

/** Says that what it was dealt does not fit, of one dealer after the other. */
export function complains (indices: readonly number[]): Lie {
  let next = 0
  return ({ done, ...answer }) => done == null ? undefined : { ...answer, failure: { code: 'BAD_SUB_SHARE', message: 'what was dealt does not fit', retryAfterMs: 0, index: indices[next++ % indices.length]! } }
}

/** Says that it has accepted something that nobody has ever proposed. */
export const hasAcceptedNothing: Lie = answer => {
  const { promise } = answer
  if (promise?.ballot == null) return undefined
  return { ...answer, promise: { ...promise, acceptedBallot: { ...promise.ballot, round: promise.ballot.round - 1 }, accepted: new Uint8Array(32).fill(7) } }
}

/** Checks everything, and then accepts nothing. */
export const acceptsNothing: Lie = ({ accept, ...answer }) => accept == null ? undefined : { ...answer, failure: { code: 'UNAVAILABLE', message: 'not now', retryAfterMs: 0, index: 0 } }

function dealing (key: PrivateKey, change: Change): Lie {
  return answer => {
    if (answer.contribution == null) return undefined
    const content = Contribution.encode(change(Contribution.decode(answer.contribution.content)))
    const signature = ed25519.sign(concatBytes(utf8ToBytes('peerkeep-shards:contribution\0'), content), key.raw.subarray(0, 32))
    return { ...answer, contribution: { content, signature } }
  }
}
