import { checkDealt, dealShare, receiveShare, resharedCommitments, verificationOf } from '../../src/crypto/threshold/index.ts'
import { flipped, refusal } from './threshold.ts'
import type { Share } from '../../src/crypto/threshold/index.ts'
import type { Rng } from '../../src/util/rng.ts'

export interface Epoch {
  commitments: Uint8Array[]
  shares: Share[]
}

/** What a dealer of a resharing may do wrong. */
export const CHEATS = ['another secret', 'a longer polynomial', 'a wrong sub-share', 'no commitments', 'unreduced sub-shares'] as const

/**
 * The next epoch: all holders of the old one deal, the cheater among them wrongly; who is found out is left out, and as many
 * of the rest as the threshold are taken. Returns who was found out, too.
 */
export function nextEpoch ({ commitments, shares }: Epoch, cheater: { index: number, cheat: typeof CHEATS[number] } | undefined, indices: readonly number[], rng: Rng): Epoch & { named: number[] } {
  const threshold = commitments.length
  const sharing = { threshold, indices }
  const dealings = shares.map(share => {
    const cheat = share.index === cheater?.index ? cheater.cheat : undefined
    const honest = dealShare(share, sharing, rng)
    if (cheat === 'another secret') return { dealer: share.index, ...dealShare({ ...share, scalar: flipped(share.scalar) }, sharing, rng) }
    if (cheat === 'a longer polynomial') return { dealer: share.index, ...dealShare(share, { ...sharing, threshold: threshold + 1 }, rng) }
    if (cheat === 'no commitments') return { dealer: share.index, ...honest, commitments: honest.commitments.with(1, new Uint8Array(32)) }
    const spoil = (scalar: Uint8Array): Uint8Array => cheat === 'a wrong sub-share' ? flipped(scalar) : cheat === 'unreduced sub-shares' ? scalar.with(31, 255) : scalar
    return { dealer: share.index, ...honest, shares: honest.shares.map(({ index, scalar }) => ({ index, scalar: spoil(scalar) })) }
  })
  const named = new Set(dealings
    .filter(({ dealer, commitments: dealt }) => refusal(() => { checkDealt(dealt, verificationOf(commitments, dealer), threshold) }) !== undefined)
    .map(({ dealer }) => dealer))

  for (;;) {
    const taken = dealings.filter(({ dealer }) => !named.has(dealer)).slice(0, threshold)
    const parts = (at: number): Array<{ dealer: number, commitments: Uint8Array[], scalar: Uint8Array }> => taken.map(({ dealer, commitments, shares }) => ({ dealer, commitments, scalar: shares[at]!.scalar }))
    const received: Share[] = []
    const refused = indices.flatMap((index, at) => refusal(() => { received.push(receiveShare(parts(at), index)) })?.indices ?? [])
    if (refused.length === 0) return { commitments: resharedCommitments(taken), shares: received, named: [...named] }
    for (const dealer of refused) named.add(dealer)
  }
}
