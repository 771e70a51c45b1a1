import { toString } from 'uint8arrays/to-string'
import { compareBallots, MAX_HOLDER_ROUND_AHEAD, MAX_ROUND_AHEAD } from '../change/ballot.ts'
import { RefusedError } from '../model/failure.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { MAX_ROUND_BEHIND_S } from './constants.ts'
import { fits, placeOf } from './vault-record.ts'
import type { PeerId } from '@libp2p/interface'
import type { Vouched } from '../parts.ts'
import type { StoredShare } from '../pb/holder-store.ts'
import type { Ballot } from '../pb/shards.ts'
import type { Call, HolderContext } from './holder-context.ts'
import type { Place, VaultRecord } from './vault-record.ts'
import { equals } from 'uint8arrays/equals'

/** A vault that is certified, with this node among its holders. */
export interface Held {
  record: VaultRecord
  vouched: Vouched
  place: Place
}

/** Throws `UNKNOWN_VAULT` or `NOT_HOLDER`. */
export function heldOf ({ record }: Pick<Call, 'record'>, peerId: PeerId): Held {
  if (record?.vouched == null) throw new RefusedError('UNKNOWN_VAULT', 'this vault is not here, or not certified')
  const place = placeOf(record.vouched.manifest, peerId)
  if (place == null) throw new RefusedError('NOT_HOLDER', 'this node is no holder of the vault', { newer: record.vouched.signed })
  return { record, vouched: record.vouched, place }
}

/** The share of the epoch that the asker means. Throws `STALE` or `NO_SHARE`. */
export function shareOf ({ record, vouched, place }: Held, epoch: number): StoredShare {
  const { manifest, signed } = vouched
  if (epoch < manifest.epoch) throw new RefusedError('STALE', `the vault is at epoch ${manifest.epoch}, not ${epoch}`, { newer: signed })
  if (epoch > manifest.epoch) throw new RefusedError('UNAVAILABLE', `this holder is at epoch ${manifest.epoch}, behind ${epoch}: give it the newer manifest`)
  return checkedShare(record.share, manifest, place)
}

/** Throws `NO_SHARE` for a share that is not there, or not that of the manifest. */
export function checkedShare (share: StoredShare | undefined, manifest: Vouched['manifest'], place: Place): StoredShare {
  if (share == null || !fits(share, manifest, place)) throw new RefusedError('NO_SHARE', `no share of epoch ${manifest.epoch} is here: the next reshare gives one`)
  return share
}

/** Throws for a seq that is not the next one: `STALE` with what is newer, or `UNAVAILABLE` when this node is behind. */
export function checkNext ({ manifest, signed }: Vouched, seq: number): void {
  if (seq <= manifest.seq) throw new RefusedError('STALE', `the vault is at seq ${manifest.seq} already`, { newer: signed })
  if (seq > manifest.seq + 1) throw new RefusedError('UNAVAILABLE', `this holder is at seq ${manifest.seq}, behind ${seq - 1}: give it the newer manifests`)
}

/** A ballot of the asking peer's, not far from the time: the owner's may be further ahead, so that no holder outbids it. */
export function checkBallot (ballot: Ballot | undefined, { from, read: { request: { signer } } }: Pick<Call, 'from' | 'read'>, owner: Uint8Array, nowMs: number): asserts ballot is Ballot {
  if (ballot == null || !equals(ballot.proposer, peerBytes(from))) throw new RefusedError('INVALID', 'a ballot of somebody else, or none')
  const ahead = ballot.round - nowMs / 1000
  if (ahead > (equals(signer, owner) ? MAX_ROUND_AHEAD : MAX_HOLDER_ROUND_AHEAD)) throw new RefusedError('CONFLICT', `round ${ballot.round} is ${Math.floor(ahead)} seconds ahead: compare the clocks`)
  if (ahead < -MAX_ROUND_BEHIND_S) throw new RefusedError('CONFLICT', `round ${ballot.round} is ${Math.floor(-ahead)} seconds old: take a new one`)
}

export function inTheWay (ballot: Ballot, conflict: Ballot): RefusedError {
  return new RefusedError('CONFLICT', `round ${ballot.round}: ${compareBallots(ballot, conflict) === 0 ? 'this ballot' : `round ${conflict.round}`} has been promised or accepted already`, { ballot: conflict })
}

/** Takes from the budget of one signer for one vault. Throws `RATE_LIMITED`. */
export function spend ({ budgets }: Pick<HolderContext, 'budgets'>, { id, read }: Call, what: string, { perHour, burst, cost = 1 }: { perHour: number, burst: number, cost?: number }): void {
  const retryAfterMs = budgets.take(`${what}/${id}/${toString(read.request.signer, 'base64')}`, perHour, burst, cost)
  if (retryAfterMs > 0) throw new RefusedError('RATE_LIMITED', `too many requests to ${what} by this key`, { retryAfterMs })
}
