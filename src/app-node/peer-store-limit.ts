import type { AbortOptions, Address, Peer, PeerData, PeerId, PeerStore } from '@libp2p/interface'

/** As many as the address book keeps of one peer. */
export const MAX_ADDRESSES = 16

/**
 * Bounds what libp2p remembers of one peer, which it does not do itself: whoever tells thousands of addresses would
 * make every later word about that peer block this node for a second. Certified addresses stay before others, and those
 * known before the news, so that nobody can talk the right ones away. Changes the store that it is given.
 */
export function limitPeerStore (store: PeerStore): void {
  const { patch, merge, save } = { patch: store.patch.bind(store), merge: store.merge.bind(store), save: store.save.bind(store) }
  store.patch = async (peer, data, options) => patch(peer, limited(data), options)
  store.save = async (peer, data, options) => save(peer, limited(data), options)
  store.merge = async (peer: PeerId, data: PeerData, options?: AbortOptions): Promise<Peer> => {
    // libp2p does this for every stream that is opened
    if (data.multiaddrs == null && data.addresses == null) return merge(peer, data, options)
    const before = await knownOf(store, peer, options)
    const merged = await merge(peer, limited(data), options)
    return merged.addresses.length > MAX_ADDRESSES ? patch(peer, { addresses: choose(merged.addresses, before) }, options) : merged
  }
}

function limited (data: PeerData): PeerData {
  const { multiaddrs, addresses } = data
  return {
    ...data,
    ...multiaddrs == null ? {} : { multiaddrs: multiaddrs.slice(0, MAX_ADDRESSES) },
    ...addresses == null ? {} : { addresses: choose(addresses) }
  }
}

/** Pure. */
export function choose (addresses: readonly Address[], known: ReadonlySet<string> = new Set()): Address[] {
  if (addresses.length <= MAX_ADDRESSES) return [...addresses]
  const rank = ({ isCertified, multiaddr }: Address): number => (isCertified ? 2 : 0) + (known.has(multiaddr.toString()) ? 1 : 0)
  return addresses.map(address => ({ address, rank: rank(address) })).sort((a, b) => b.rank - a.rank).slice(0, MAX_ADDRESSES).map(({ address }) => address)
}

async function knownOf (store: PeerStore, peer: PeerId, options?: AbortOptions): Promise<Set<string>> {
  try {
    return new Set((await store.get(peer, options)).addresses.map(({ multiaddr }) => multiaddr.toString()))
  } catch (err) {
    if (err instanceof Error && err.name === 'NotFoundError') return new Set()
    throw err
  }
}
