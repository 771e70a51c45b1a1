import { equals } from 'uint8arrays/equals'
import { BoundedMap } from '../util/bounded-map.ts'
import { systemClock } from '../util/clock.ts'
import type { Address, Peer, PeerData, PeerId, PeerStore, Tag } from '@libp2p/interface'
import type { Clock } from '../util/clock.ts'

/** More than most nodes are connected to: each is asked for at every ping, in turn, and of fewer none would be found again. */
const MAX_PEERS = 1_024
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
 * every stream that the peer speaks its protocol, and for every connection all that identify tells, which is known already of
 * who comes back; each time the entry is locked, read, decoded, encoded and written. Changes the store that it is given; nobody
 * else may write into its datastore. Of its own node (`self`) a write answers with less than a read: only reads are remembered.
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
    return isFresh(entry?.atMs) ? entry : undefined
  }
  /** Written lately, so that it need not be written again that the peer was seen. */
  const lookUpWritten = (id: string): Peer | undefined => {
    const entry = lookUp(id)
    return isFresh(entry?.writtenMs) ? entry?.peer : undefined
  }
  const write = async <T extends Peer | void> (peer: PeerId, act: () => Promise<T>): Promise<T> => {
    const id = peer.toString()
    entries.delete(id)
    writes++
    writing.set(id, (writing.get(id) ?? 0) + 1)
    try {
      const result = await act()
      // of several at a time, nobody knows which was the last
      if (result != null && writing.get(id) === 1 && !self.equals(id)) entries.set(id, { peer: copy(result, clock), atMs: clock.monotonic(), writtenMs: clock.monotonic() })
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
    const known = lookUpWritten(peer.toString())
    return known != null && isKnown(data, known) ? copy(known, clock) : write(peer, async () => merge.call(store, peer, data, options))
  }
  store.patch = async (peer, data, options) => {
    const known = lookUpWritten(peer.toString())
    return known != null && isSame(data, known) ? copy(known, clock) : write(peer, async () => patch.call(store, peer, data, options))
  }
  store.save = async (peer, data, options) => write(peer, async () => save.call(store, peer, data, options))
  store.delete = async (peer, options) => write(peer, async () => remove.call(store, peer, options))
}

/** Pure: whether to merge it changes nothing. */
function isKnown ({ protocols = [], metadata = {}, ...more }: PeerData, known: Peer): boolean {
  return Object.values(more).every(value => value === undefined) &&
    protocols.every(protocol => known.protocols.includes(protocol)) &&
    factsOf(metadata).every(([name, value]) => isFact(known, name, value))
}

/** Pure: whether to patch with it changes nothing. */
function isSame ({ addresses, multiaddrs, protocols, metadata, publicKey, peerRecordEnvelope, tags }: PeerData, known: Peer): boolean {
  const told = [...(multiaddrs ?? []).map(multiaddr => ({ multiaddr, isCertified: false })), ...addresses ?? []]
  return tags === undefined &&
    ((addresses ?? multiaddrs) === undefined || isSameSet(told.map(addressName), known.addresses.map(addressName))) &&
    (protocols === undefined || isSameSet(protocols, known.protocols)) &&
    (metadata === undefined || (factsOf(metadata).length === known.metadata.size && factsOf(metadata).every(([name, value]) => isFact(known, name, value)))) &&
    (publicKey === undefined || known.id.publicKey?.equals(publicKey) === true) &&
    (peerRecordEnvelope === undefined || (known.peerRecordEnvelope != null && equals(peerRecordEnvelope, known.peerRecordEnvelope)))
}

function factsOf (metadata: NonNullable<PeerData['metadata']>): Array<[string, Uint8Array | undefined]> {
  return metadata instanceof Map ? [...metadata] : Object.entries(metadata)
}

function isFact ({ metadata }: Peer, name: string, value?: Uint8Array): boolean {
  const before = metadata.get(name)
  return value == null ? before == null : before != null && equals(before, value)
}

function addressName ({ multiaddr, isCertified }: Address): string {
  return `${multiaddr.toString()} ${isCertified}`
}

function isSameSet (one: readonly string[], other: readonly string[]): boolean {
  const all = new Set(one)
  return all.size === other.length && other.every(item => all.has(item))
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
