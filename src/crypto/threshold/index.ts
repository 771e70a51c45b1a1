/**
 * A secret shared by a threshold of holders, as a small library: Shamir's scheme over the scalars of ristretto255 (RFC 9496)
 * with Feldman's commitments, a threshold KEM with proofs, audits, refresh, repair and resharing.
 *
 * It shares random scalars only, never a secret of yours: encrypt that under a key made of `encapsulate`'s `sharedPoint`. All
 * functions are pure and synchronous, take and give bytes (scalars 32, little-endian and reduced; points 32; proofs 64), check
 * every input, keep nothing between calls, and throw `ThresholdError` with a code and the indices of who is to blame. Nothing is
 * sent or encrypted: shares, sub-shares, deltas and sums are secrets of who they are for.
 *
 * What JavaScript does not promise: that secrets are gone when they are wiped (copies by the garbage collector, registers, and
 * in pure JavaScript the bigints of point multiplications stay until overwritten), and that no operation takes longer for one
 * secret than for another. No branch, index or table lookup here depends on a secret; scalars are computed with on bytes that
 * are wiped; long-lived shares meet points of others' choice only in random parts; `loadFastGroup` leaves bigints out. Who can
 * measure or read the process's memory is not kept out.
 *
 * @example
 * const { commitments, shares } = deal({ threshold: 2, indices: [1, 2, 3] }, systemRng)
 * const { encapsulation, sharedPoint } = encapsulate(commitments[0], systemRng)
 * const partials = shares.slice(1).map(share => ({ index: share.index, ...partialOf(share, encapsulation, context, systemRng) }))
 * const good = partials.filter(partial => verifyPartial(partial, verificationOf(commitments, partial.index), encapsulation, context))
 * combinePartials(good, 2) // sharedPoint again
 *
 * @packageDocumentation
 */
export { proveShare, verifyShareProof } from './audit.ts'
export { combine } from './combine.ts'
export { deal } from './deal.ts'
export { ThresholdError } from './errors.ts'
export { loadFastGroup } from './fast-group.ts'
export { combinePartials, encapsulate, partialOf, verifyPartial } from './kem.ts'
export { checkRefresh, dealRefresh, refreshedCommitments, refreshShare } from './refresh.ts'
export { checkDeltas, dealDeltas, repairShare, sumDeltas } from './repair.ts'
export { checkDealt, dealShare, receiveShare, resharedCommitments } from './reshare.ts'
export { publicShareOf, verificationOf, verificationsOf, verifyShare } from './verification.ts'
export type { Share, Sharing } from './checks.ts'
export type { Combination } from './combine.ts'
export type { ThresholdErrorCode } from './errors.ts'
export type { Encapsulated, Partial } from './kem.ts'
export type { Dealing } from './polynomial.ts'
export type { Delta, PublishedDeltas, Repair, Sigma } from './repair.ts'
export type { Dealt, SubShare } from './sub-shares.ts'
