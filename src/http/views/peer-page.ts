import { peerRow, rolesOf } from './known-peer.ts'
import type { PeerPage, PeerQuery } from '../schemas/peer.ts'
import type { Judgement, KnownPeer } from './known-peer.ts'
import type { PeerIndex } from './peer-directory.ts'

const DEFAULT_LIMIT = 200

type SortKey = NonNullable<PeerQuery['sort']>

/** Pure. The part of the list that was asked for; connected peers come first unless it is sorted. Only what is shown is made into rows. */
export function peerPage ({ all, connected }: PeerIndex, query: PeerQuery, scoring: Judgement): PeerPage {
  const { state = 'all', standing, search, sort, order = 'asc', offset = 0, limit = DEFAULT_LIMIT } = query
  const needle = search?.trim().toLowerCase() ?? ''
  const found = [...all.values()].filter(peer => (state === 'all' || (peer.link != null) === (state === 'connected')) &&
    (needle === '' || matches(peer, needle)) && (standing == null || scoring.standing(peer.id) === standing))
  const sorted = sort == null ? found : sortedBy(found, sort, order, scoring)
  return {
    peers: sorted.slice(offset, offset + limit).map(peer => peerRow(peer, scoring)),
    total: found.length,
    offset,
    connected: connected.length
  }
}

function matches ({ id, link, book, stored }: KnownPeer, needle: string): boolean {
  const addresses = [link?.address, ...(book?.multiaddrs ?? []), stored?.address]
  return [id, ...addresses, ...rolesOf({ link, book }), stored?.agent].some(text => text != null && text.toString().toLowerCase().includes(needle))
}

/** Who has no such value comes last, in either order. */
function sortedBy (peers: readonly KnownPeer[], sort: SortKey, order: 'asc' | 'desc', scoring: Judgement): KnownPeer[] {
  const sign = order === 'asc' ? 1 : -1
  const keyed = peers.map(peer => ({ peer, key: sortKey(peer, sort, scoring) }))
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === b) return 0
    if (a == null) return 1
    if (b == null) return -1
    return a < b ? -sign : sign
  })
  return keyed.map(({ peer }) => peer)
}

function sortKey ({ id, link }: KnownPeer, sort: SortKey, scoring: Judgement): string | number | undefined {
  if (sort === 'peerId') return id
  if (sort === 'score' || sort === 'quality') return scoring[sort](id)
  return link?.[sort]
}
