import { reachOfPeer } from '../../util/reach.ts'
import type { Neighbour } from './push-queue.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'

/** The connected peers that speak peer exchange: as many as there are connections. */
export class Neighbours {
  readonly #connectionManager: ConnectionManager
  readonly #netgroup: NetgroupOptions
  readonly #asked = new Map<string, PeerId>()
  readonly #pushed = new Map<string, PeerId>()
  readonly #met = new Set<string>()

  constructor ({ connectionManager }: { connectionManager: ConnectionManager }, netgroup: NetgroupOptions) {
    this.#connectionManager = connectionManager
    this.#netgroup = netgroup
  }

  get gauges (): Record<string, number> {
    return { askable: this.#asked.size, pushable: this.#pushed.size, met: this.#met.size }
  }

  /** It answers requests. */
  addAskable (peerId: PeerId): void {
    // libp2p may tell of a peer that has gone meanwhile
    if (this.isConnected(peerId)) this.#asked.set(peerId.toString(), peerId)
  }

  /** It takes pushes. */
  addPushable (peerId: PeerId): void {
    if (this.isConnected(peerId)) this.#pushed.set(peerId.toString(), peerId)
  }

  /** It is of this node's network. */
  meet (connection: Connection): void {
    // an answer may come after the end of the connection
    if (connection.status === 'open') this.#met.add(connection.remotePeer.toString())
  }

  hasMet (peerId: PeerId): boolean {
    return this.#met.has(peerId.toString())
  }

  remove (peerId: PeerId): void {
    const id = peerId.toString()
    this.#asked.delete(id)
    this.#pushed.delete(id)
    this.#met.delete(id)
  }

  clear (): void {
    this.#asked.clear()
    this.#pushed.clear()
    this.#met.clear()
  }

  /** Its direct connection, or none. */
  connection (peerId: PeerId): Connection | undefined {
    return this.#connectionManager.getConnections(peerId).find(({ status, limits }) => status === 'open' && limits == null)
  }

  isConnected (peerId: PeerId): boolean {
    return this.#connectionManager.getConnections(peerId).length > 0
  }

  askable (): PeerId[] {
    return [...this.#asked.values()].filter(peerId => this.connection(peerId) != null)
  }

  pushable (): Array<Omit<Neighbour, 'room'> & { peerId: PeerId }> {
    return [...this.#pushed].flatMap(([id, peerId]) => {
      const connection = this.#met.has(id) ? this.connection(peerId) : undefined
      return connection == null ? [] : [{ id, peerId, reach: reachOfPeer(connection.remoteAddr, this.#netgroup) }]
    })
  }
}
