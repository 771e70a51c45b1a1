import { equals } from 'uint8arrays/equals'
import { BoundedMap } from '../util/bounded-map.ts'
import { systemClock } from '../util/clock.ts'
import type { Peer, PeerData, PeerId, PeerStore, Tag } from '@libp2p/interface'
import type { Clock } from '../util/clock.ts'

const MAX_PEERS = 256
/** So old may be what is read, and so much later than it should be is it written that a peer was seen. */
const MAX_AGE_MS = 60_000

interface Entry {
  peer: Peer
  atMs: number
}

/**
 * Remembers what was written and read last of a peer. libp2p reads an entry four times for a connection, and writes into it for
 * every stream that the peer speaks its protocol, which is known already; each time the entry is locked, read, decoded, encoded
 * and written. Changes the store that it is given; nobody else may write into its datastore.
 */
export function cachePeers (store: PeerStore, clock: Clock = systemClock): void {
  const { get, merge, patch, save, delete: remove } = store
  const entries = new BoundedMap<string, Entry>(MAX_PEERS)
  /** Writes on their way, by peer: what is read meanwhile waits for them, as the store has it. */
  const writing = new Map<string, number>()

  const keep = (id: string, peer: Peer): void => { entries.set(id, { peer: copy(peer, clock), atMs: clock.monotonic() }) }
  const lookUp = (id: string): Peer | undefined => {
    const entry = entries.get(id)
    return entry == null || clock.monotonic() - entry.atMs > MAX_AGE_MS ? undefined : entry.peer
  }
  const write = async <T extends Peer | void> (peer: PeerId, act: () => Promise<T>): Promise<T> => {
    const id = peer.toString()
    entries.delete(id)
    writing.set(id, (writing.get(id) ?? 0) + 1)
    try {
      const result = await act()
      // of several at a time, nobody knows which was the last
      if (result != null && writing.get(id) === 1) keep(id, result)
      return result
    } finally {
      const others = (writing.get(id) ?? 1) - 1
      if (others > 0) writing.set(id, others)
      else writing.delete(id)
    }
  }

  store.get = async (peer, options) => {
    options?.signal?.throwIfAborted()
    const id = peer.toString()
    const before = lookUp(id)
    if (before != null) return copy(before, clock)
    const busy = writing.has(id)
    const found = await get.call(store, peer, options)
    // what was written meanwhile is newer
    if (!busy && !writing.has(id) && lookUp(id) == null) keep(id, found)
    return found
  }
  store.merge = async (peer, data, options) => {
    const known = lookUp(peer.toString())
    return known != null && isKnown(data, known) ? copy(known, clock) : write(peer, async () => merge.call(store, peer, data, options))
  }
  store.patch = async (peer, data, options) => write(peer, async () => patch.call(store, peer, data, options))
  store.save = async (peer, data, options) => write(peer, async () => save.call(store, peer, data, options))
  store.delete = async (peer, options) => write(peer, async () => remove.call(store, peer, options))
}

/** Pure: whether to merge it changes nothing. */
function isKnown ({ protocols = [], metadata = {}, ...more }: PeerData, known: Peer): boolean {
  const facts = metadata instanceof Map ? [...metadata] : Object.entries(metadata)
  return Object.values(more).every(value => value === undefined) &&
    protocols.every(protocol => known.protocols.includes(protocol)) &&
    facts.every(([name, value]) => {
      const before = known.metadata.get(name)
      return value == null ? before == null : before != null && equals(before, value)
    })
}

/** Whoever is given an entry may change it. */
function copy (peer: Peer, clock: Clock): Peer {
  const now = clock.now()
  const lasting = ({ expiry }: Tag & { expiry?: bigint }): boolean => expiry == null || expiry >= now
  return {
    ...peer,
    addresses: peer.addresses.map(address => ({ ...address })),
    protocols: [...peer.protocols],
    metadata: new Map(peer.metadata),
    tags: new Map([...peer.tags].filter(([, tag]) => lasting(tag)))
  }
}
