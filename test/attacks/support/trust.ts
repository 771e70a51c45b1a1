import { start, stop } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { TypedEventEmitter } from 'main-event'
import { bans } from '../../../src/services/bans/index.ts'
import { scoring } from '../../../src/services/scoring/index.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import type { Connection, ConnectionGater, Libp2pEvents, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { BansInit, PeerBans } from '../../../src/services/bans/index.ts'
import type { PeerScoring, ScoringInit } from '../../../src/services/scoring/index.ts'

export interface TrustInit {
  scoring?: ScoringInit
  bans?: BansInit
}

/** Turns of the event loop: enough for every batch that is being written to a datastore in memory. */
const TURNS = 4

/** The real scoring and bans wired together, as in a node, around connections without wires, a clock moved by hand and a datastore in memory. */
export class Trust {
  readonly self = randomPeerId(seededRng(0))
  readonly scoring: PeerScoring
  readonly bans: PeerBans
  readonly clock: ManualClock
  readonly datastore: MemoryDatastore
  /** What libp2p asks. */
  readonly gater: ConnectionGater = {}
  readonly #init: TrustInit
  readonly #events = new TypedEventEmitter<Libp2pEvents>()
  readonly #connections = new Map<string, Set<StubConnection>>()

  private constructor (init: TrustInit, clock: ManualClock, datastore: MemoryDatastore) {
    this.#init = init
    this.clock = clock
    this.datastore = datastore
    const connectionManager = { getConnections: (peer?: PeerId) => this.connections(peer) } as unknown as ConnectionManager
    const common = { peerId: this.self, connectionManager, datastore, events: this.#events, logger: defaultLogger() }
    this.scoring = scoring({ ...init.scoring, clock })(common)
    // found among the components, though none of those that are asked for by type
    const wired = { ...common, connectionGater: this.gater, scoring: this.scoring }
    this.bans = bans({ ...init.bans, clock })(wired)
  }

  static async open (init: TrustInit = {}, clock = new ManualClock(START_MS), datastore = new MemoryDatastore()): Promise<Trust> {
    const trust = new Trust(init, clock, datastore)
    await start(trust.scoring, trust.bans)
    return trust
  }

  connections (peer?: PeerId): Connection[] {
    const sets = peer == null ? this.#connections.values() : [this.#connections.get(peer.toString()) ?? []]
    return [...sets].flatMap(set => [...set]) as unknown as Connection[]
  }

  /** Somebody dials this node, or it dials somebody; resolves to undefined when the gater refuses. */
  async connect (peer: PeerId, from: string, direction: 'inbound' | 'outbound' = 'inbound'): Promise<StubConnection | undefined> {
    const remoteAddr = multiaddr(from)
    const raw = { remoteAddr } as MultiaddrConnection
    const { gater } = this
    const refused = direction === 'inbound'
      ? await gater.denyInboundConnection?.(raw) === true || await gater.denyInboundEncryptedConnection?.(peer, raw) === true
      : await gater.denyDialPeer?.(peer) === true || await gater.denyDialMultiaddr?.(remoteAddr) === true || await gater.denyOutboundEncryptedConnection?.(peer, raw) === true
    if (refused) return undefined
    const connection = new StubConnection(peer, { from, direction })
    const id = peer.toString()
    const known = this.#connections.get(id) ?? new Set()
    this.#connections.set(id, known.add(connection))
    connection.addEventListener('close', () => { this.#closed(id, connection) }, { once: true })
    this.#events.safeDispatchEvent('connection:open', { detail: connection as unknown as Connection })
    return connection
  }

  /** Resolves when everything that was being written is written. */
  async settled (): Promise<void> {
    for (let i = 0; i < TURNS; i++) await new Promise(resolve => setImmediate(resolve))
  }

  async stop (): Promise<void> {
    await stop(this.scoring, this.bans)
    for (const connection of this.connections()) connection.abort(new Error('stopped'))
  }

  /** Stops, and starts anew on what is in the datastore: connections are gone, the monotonic clock begins again. */
  async reopen (): Promise<Trust> {
    await this.stop()
    return await Trust.open(this.#init, new ManualClock(this.clock.now()), this.datastore)
  }

  /** The same after `kill -9`: from what is in the datastore at this moment. */
  async crash (): Promise<Trust> {
    const found = new MemoryDatastore()
    for await (const { key, value } of this.datastore.query({})) await found.put(key, value)
    return await Trust.open(this.#init, new ManualClock(this.clock.now()), found)
  }

  #closed (id: string, connection: StubConnection): void {
    const open = this.#connections.get(id)
    open?.delete(connection)
    const detail = connection as unknown as Connection
    if (open?.size === 0) {
      this.#connections.delete(id)
      this.#events.safeDispatchEvent('peer:disconnect', { detail: detail.remotePeer })
    }
    this.#events.safeDispatchEvent('connection:close', { detail })
  }
}
