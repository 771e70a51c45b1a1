import { ShardsError } from '../errors.ts'
import { Change } from '../pb/shards.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { place } from '../owner/placement.ts'
import type { PeerId } from '@libp2p/interface'
import type { Changed, Vouched } from '../parts.ts'
import type { KeeperContext } from './context.ts'
import type { Duty } from './duty.ts'

export interface UpkeepResult {
  changed?: Changed
  /** Why not all that are lost have been replaced. */
  tooFew?: Error
}

/**
 * Gives a vault new shares, and others the places of those that are lost: the same threshold, number and indices. Where too few peers can be
 * found as many as there are take a place; with none the others still get new shares where those are of use. Rejects as `change` does.
 */
export async function upkeep (context: KeeperContext, previous: Vouched, duty: Duty, excluded: ReadonlySet<string>, signal: AbortSignal): Promise<UpkeepResult> {
  const { manifest } = previous
  const { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, holders } = manifest
  const { chosen, tooFew } = await newcomers(context, previous, duty, excluded, signal)
  if (chosen.length === 0 && !duty.refresh) return { tooFew }
  const seats = new Map(duty.replace.slice(0, chosen.length).map((index, i) => [index, chosen[i]]))
  const changed = await context.changes.change({
    previous,
    next: { suite, vault, owner, nonce, threshold, item, policy, state, expiresMs, label, revoked, change: Change.RESHARE, holders: holders.map(({ index, peer }) => ({ index, peer: seats.get(index) ?? peerFromBytes(peer) })) },
    signal
  })
  return { changed, tooFew }
}

/** As many as can be found, and why not more. */
async function newcomers ({ caller, peers, rng }: KeeperContext, { manifest }: Vouched, { replace }: Duty, excluded: ReadonlySet<string>, signal: AbortSignal): Promise<{ chosen: PeerId[], tooFew?: Error }> {
  const count = replace.length
  if (count === 0) return { chosen: [] }
  const { threshold, item, expiresMs, holders } = manifest
  const peersWhere = (leaves: boolean): PeerId[] => holders.filter(({ index }) => replace.includes(index) === leaves).map(({ peer }) => peerFromBytes(peer))
  const shunned = new Set([...excluded, ...peersWhere(true).map(String)])
  const { chosen } = await place({ caller, peers, rng }, { count, threshold, bytes: item?.bytes ?? 0, expiresMs, taken: peersWhere(false), excluded: shunned, fewer: true }, { signal, onProgress: () => {} })
  const missing = count - chosen.length
  if (missing === 0) return { chosen }
  return { chosen, tooFew: new ShardsError('SHARDS_TOO_FEW_PEERS', `${missing} of ${count} lost holders cannot be replaced: no other peers were found that hold a share and do not fail together with those that do`, { details: { missing } }) }
}
