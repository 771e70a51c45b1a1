import { toString } from 'uint8arrays/to-string'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { acceptsNeeded, quorum } from '../model/quorum.ts'
import type { PeerId } from '@libp2p/interface'
import type { ChangedBy } from '../model/succession.ts'
import type { Manifest } from '../pb/shards.ts'
import type { Electorate } from './decision.ts'

/** One who has a say in a change, or gets a share by it. */
export interface Member {
  /** Of its peer id, hexadecimal. */
  key: string
  peerId: PeerId
  /** Its index before and after: absent where it is no holder. */
  before?: number
  after?: number
}

/** All holders before and after, each once; by peer, so that one may change its index. */
export function membersOf (previous: Manifest | undefined, holders: ReadonlyArray<{ index: number, peer: Uint8Array }>): Map<string, Member> {
  const members = new Map<string, Member>()
  const add = (peer: Uint8Array, place: Pick<Member, 'before' | 'after'>): void => {
    const key = peerKey(peer)
    const member = members.get(key)
    if (member == null) members.set(key, { key, peerId: peerFromBytes(peer), ...place })
    else Object.assign(member, place)
  }
  for (const { index, peer } of previous?.holders ?? []) add(peer, { before: index })
  for (const { index, peer } of holders) add(peer, { after: index })
  return members
}

export function electorateOf (members: ReadonlyMap<string, Member>, previous: Manifest | undefined, next: { threshold: number, holders: ReadonlyArray<unknown> }, by: ChangedBy): Electorate {
  const keys = (place: 'before' | 'after'): Set<string> => new Set([...members.values()].flatMap(member => member[place] == null ? [] : [member.key]))
  return {
    before: { members: keys('before'), quorum: previous == null ? 0 : quorum(previous.threshold, previous.holders.length) },
    after: { members: keys('after'), quorum: acceptsNeeded(next.threshold, next.holders.length, by) }
  }
}

export function peerKey (peer: Uint8Array): string {
  return toString(peer, 'base16')
}
