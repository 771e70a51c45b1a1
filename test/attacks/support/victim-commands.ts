import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { watch } from './victim-watch.ts'
import type { LearnedPeer } from '../../../src/services/address-book/index.ts'
import type { VictimConnection, VictimNode, VictimStats } from './victim-contract.ts'

/** As plain data: what an address book is told. */
export interface PlainPeer extends Omit<LearnedPeer, 'peerId' | 'multiaddrs' | 'toldBy'> {
  id: string
  addresses: string[]
  toldBy?: string
}

export type Snapshot = ReturnType<typeof commands.snapshot>

/** What every victim can be asked, in its own process. */
export const commands = {
  stats: (node: VictimNode): VictimStats => ({ ...watch.take(), connections: connectionsOf(node) }),

  connections: (node: VictimNode): VictimConnection[] => connectionsOf(node),

  /** What it can be spoken to about. */
  protocols: (node: VictimNode): string[] => node.getProtocols(),

  snapshot: ({ services: { pool, bans, scoring, pex, addressBook, gossipGuard } }: VictimNode) => ({
    pool: pool?.snapshot(),
    bans: bans?.snapshot(),
    scoring: scoring?.snapshot(),
    pex: pex?.snapshot(),
    addressBook: addressBook?.snapshot(),
    gossipGuard: gossipGuard?.snapshot()
  }),

  /** Addresses that are kept of a peer: in libp2p's peer store, and in the address book. */
  addressesOf: async ({ peerStore, services }: VictimNode, id: string): Promise<{ peerStore: string[], book: string[] }> => {
    const peerId = peerIdFromString(id)
    const stored = await peerStore.has(peerId) ? (await peerStore.get(peerId)).addresses.map(({ multiaddr }) => multiaddr.toString()) : []
    return { peerStore: stored, book: (services.addressBook?.get(peerId)?.multiaddrs ?? []).map(String) }
  },

  /** What libp2p's DHT does with the addresses of a peer that somebody tells of. */
  hear: async ({ peerStore }: VictimNode, id: string, addresses: string[]): Promise<void> => {
    await peerStore.merge(peerIdFromString(id), { multiaddrs: addresses.map(address => multiaddr(address)) })
  },

  /** Puts peers into the address book as if somebody had told of them; resolves when they are on disk. */
  learn: async ({ services: { addressBook } }: VictimNode, peers: PlainPeer[]): Promise<number> => {
    if (addressBook == null) throw new Error('this victim has no address book')
    const outcomes = peers.map(({ id, addresses, toldBy, ...peer }) => addressBook.add({
      ...peer,
      peerId: peerIdFromString(id),
      multiaddrs: addresses.map(address => multiaddr(address)),
      ...toldBy == null ? {} : { toldBy: multiaddr(toldBy) }
    }))
    await addressBook.flush()
    return outcomes.filter(outcome => outcome === 'added').length
  },

  setAnchors: async ({ services: { addressBook } }: VictimNode, ids: string[]): Promise<void> => {
    addressBook?.setAnchors(ids.map(id => peerIdFromString(id)))
    await addressBook?.flush()
  },

  ban: async ({ services: { bans } }: VictimNode, target: string): Promise<void> => {
    if (bans == null) throw new Error('this victim has no bans')
    await bans.ban(target, { reason: 'a test' })
  },

  ping: async ({ services: { ping } }: VictimNode, id: string): Promise<number> => await ping.ping(peerIdFromString(id), { signal: AbortSignal.timeout(10_000) }),

  subscribe: ({ services: { pubsub } }: VictimNode, topic: string): void => { pubsub.subscribe(topic) }
}

function connectionsOf (node: VictimNode): VictimConnection[] {
  return node.getConnections().map(({ remotePeer, remoteAddr, direction, streams }) => ({
    peer: remotePeer.toString(),
    from: remoteAddr.toString(),
    direction,
    streams: streams.map(({ protocol, direction }) => ({ protocol, direction }))
  }))
}
