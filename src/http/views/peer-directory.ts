import { FreshCache } from './fresh-cache.ts'
import { peerLink } from './known-peer.ts'
import { StoredPeers } from './stored-peers.ts'
import type { Connection, Libp2pEvents } from '@libp2p/interface'
import type { AppNode } from '../../app-node/init.ts'
import type { BansEvents } from '../../services/bans/index.ts'
import type { Clock } from '../../util/clock.ts'
import type { KnownPeer } from './known-peer.ts'

/** What a request may change; who asks after it must see that. The rest is seen within the age of what is kept. */
const LINK_EVENTS = ['connection:open', 'connection:close'] as const satisfies Array<keyof Libp2pEvents>
const BAN_EVENTS = ['ban:added', 'ban:lifted', 'ban:expired', 'ban:displaced'] as const satisfies Array<keyof BansEvents>

/** All peers that anything is known of, by their ids: those that are connected first. */
export interface PeerIndex {
  readonly all: ReadonlyMap<string, KnownPeer>
  readonly connected: readonly KnownPeer[]
}

/** Who is known, from everybody who knows peers, each once. */
export class PeerDirectory {
  readonly #node: AppNode
  readonly #stored: StoredPeers
  readonly #index: FreshCache<PeerIndex>
  #version = 0

  constructor ({ node, clock }: { node: AppNode, clock: Clock }) {
    this.#node = node
    this.#stored = new StoredPeers(node)
    this.#index = new FreshCache({ clock, version: () => this.#version, capacity: 1 })
  }

  /** Another number after every change that somebody may wait for. */
  get version (): number {
    return this.#version
  }

  start (): void {
    this.#stored.start()
    for (const type of LINK_EVENTS) this.#node.addEventListener(type, this.#onChange)
    for (const type of BAN_EVENTS) this.#node.services.bans.addEventListener(type, this.#onChange)
  }

  stop (): void {
    for (const type of BAN_EVENTS) this.#node.services.bans.removeEventListener(type, this.#onChange)
    for (const type of LINK_EVENTS) this.#node.removeEventListener(type, this.#onChange)
    this.#stored.stop()
  }

  /** At most a quarter of a second old. */
  index (): PeerIndex {
    return this.#index.get('', () => this.#gather())
  }

  /** The peer store no longer has it. */
  forget (id: string): void {
    this.#stored.forget(id)
  }

  #gather (): PeerIndex {
    const { addressBook, bans, pool, scoring } = this.#node.services
    const peers = new Map<string, KnownPeer>()
    const known = (id: string): KnownPeer => {
      const found = peers.get(id) ?? { id, banned: false }
      peers.set(id, found)
      return found
    }
    const pooled = new Map(pool.peers().map(peer => [peer.peerId.toString(), peer]))
    for (const [id, connections] of byPeer(this.#node.getConnections())) known(id).link = peerLink(connections, pooled.get(id))
    const connected = [...peers.values()]
    for (const entry of addressBook.entries()) known(entry.peerId.toString()).book = entry
    for (const id of this.#stored.ids()) known(id).stored = this.#stored.get(id)
    for (const id of scoring.ids()) known(id)
    for (const { key } of bans.list({ kind: 'peer' })) known(key).banned = true
    return { all: peers, connected }
  }

  readonly #onChange = (): void => {
    this.#version++
  }
}

function byPeer (connections: readonly Connection[]): Map<string, [Connection, ...Connection[]]> {
  const peers = new Map<string, [Connection, ...Connection[]]>()
  for (const connection of connections) {
    const id = connection.remotePeer.toString()
    const others = peers.get(id)
    if (others == null) peers.set(id, [connection])
    else others.push(connection)
  }
  return peers
}
