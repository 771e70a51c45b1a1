import type { Connection, PeerId } from '@libp2p/interface'
import type { PeerRecord } from './peer-record.ts'

/** A connected peer. Times are monotonic milliseconds. */
export interface Neighbour {
  readonly peerId: PeerId
  readonly record: PeerRecord
  /** Whom it shares its way here with: its host, its relay's, or itself on a local network. */
  place: string
  /** Of its first connection, since when it was never without one. */
  readonly sinceMs: number
  /** Open, the oldest first, and since when. */
  readonly connections: Map<Connection, number>
  /** Until when its uptime is accounted for. */
  countedMs: number
}

/** Who is connected, and how. */
export class Neighbours {
  readonly #byId = new Map<string, Neighbour>()

  get size (): number {
    return this.#byId.size
  }

  get (id: string): Neighbour | undefined {
    return this.#byId.get(id)
  }

  opened (connection: Connection, record: PeerRecord, place: string, nowMs: number): Neighbour {
    const neighbour = this.#byId.get(record.id) ?? { peerId: connection.remotePeer, record, place, sinceMs: nowMs, connections: new Map<Connection, number>(), countedMs: nowMs }
    this.#byId.set(record.id, neighbour)
    neighbour.connections.set(connection, nowMs)
    return neighbour
  }

  /** How long this connection was open; `isLast` when the peer is gone with it. Undefined for one that is not known. */
  closed (connection: Connection, id: string, nowMs: number): { neighbour: Neighbour, openMs: number, isLast: boolean } | undefined {
    const neighbour = this.#byId.get(id)
    const openedMs = neighbour?.connections.get(connection)
    if (neighbour == null || openedMs == null) return undefined
    neighbour.connections.delete(connection)
    const isLast = neighbour.connections.size === 0
    if (isLast) this.#byId.delete(id)
    return { neighbour, openMs: nowMs - openedMs, isLast }
  }

  /** Where those are that have been here since then. */
  placesSince (sinceMs: number): Set<string> {
    const places = new Set<string>()
    for (const neighbour of this.#byId.values()) if (neighbour.sinceMs <= sinceMs) places.add(neighbour.place)
    return places
  }

  clear (): void {
    this.#byId.clear()
  }

  [Symbol.iterator] (): IterableIterator<Neighbour> {
    return this.#byId.values()
  }
}

/** Of its connections: the shortest round trip that was measured. */
export function roundTripMs ({ connections }: Neighbour): number | undefined {
  let best: number | undefined
  for (const { rtt } of connections.keys()) {
    if (rtt != null && Number.isFinite(rtt) && rtt >= 0 && (best == null || rtt < best)) best = rtt
  }
  return best
}
