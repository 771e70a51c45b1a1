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
  /** When the store last wrote it, and with it that the peer was seen; absent when it was only read. */
  writtenMs?: number
}

/**
 * Remembers what was written and read last of a peer. libp2p reads an entry four times for a connection, and writes into it for
 * every stream that the peer speaks its protocol, which is known already; each time the entry is locked, read, decoded, encoded
 * and written. Changes the store that it is given; nobody else may write into its datastore. What the store has of its own node
 * (`self`) is always read.
 */
export function cachePeers (store: PeerStore, self: PeerId, clock: Clock = systemClock): void {
  const { get, merge, patch, save, delete: remove } = store
  const entries = new BoundedMap<string, Entry>(MAX_PEERS)
  /** Writes on their way, by peer: what is read meanwhile waits for them, as the store has it. */
  const writing = new Map<string, number>()
  let writes = 0

  const isFresh = (atMs = -Infinity): boolean => clock.monotonic() - atMs <= MAX_AGE_MS
  const lookUp = (id: string): Entry | undefined => {
    const entry = entries.get(id)
    return isFresh(entry?.atMs) && !self.equals(id) ? entry : undefined
  }
  const write = async <T extends Peer | void> (peer: PeerId, act: () => Promise<T>): Promise<T> => {
    const id = peer.toString()
    entries.delete(id)
    writes++
    writing.set(id, (writing.get(id) ?? 0) + 1)
    try {
      const result = await act()
      // of several at a time, nobody knows which was the last
      if (result != null && writing.get(id) === 1) entries.set(id, { peer: copy(result, clock), atMs: clock.monotonic(), writtenMs: clock.monotonic() })
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
    if (before != null) return copy(before.peer, clock)
    const [isBusy, writesBefore] = [writing.has(id), writes]
    const found = await get.call(store, peer, options)
    // what was written meanwhile is newer, and what was deleted is gone
    if (!isBusy && writes === writesBefore) entries.set(id, { peer: copy(found, clock), atMs: clock.monotonic(), writtenMs: entries.get(id)?.writtenMs })
    return found
  }
  store.merge = async (peer, data, options) => {
    const known = lookUp(peer.toString())
    return known != null && isFresh(known.writtenMs) && isKnown(data, known.peer) ? copy(known.peer, clock) : write(peer, async () => merge.call(store, peer, data, options))
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
