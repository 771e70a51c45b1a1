import { TypedEventEmitter } from 'main-event'
import { BaseDatastore, MemoryDatastore } from 'datastore-core'
import { Direct } from '../../../../src/services/messaging/direct/direct.ts'
import { EventRegistry } from '../../../../src/services/messaging/events.ts'
import { messageCodec, receiptCodec } from '../../../../src/services/messaging/direct/message.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { randomPeerId } from '../../../support/random-peer.ts'
import { silentLogger } from './silent-log.ts'
import type { Connection, Libp2pEvents, PeerId } from '@libp2p/interface'
import type { Batch, Datastore } from 'interface-datastore'
import type { Direct as DirectType } from '../../../../src/services/messaging/direct/direct.ts'
import type { DirectComponents } from '../../../../src/services/messaging/direct/direct.ts'
import type { Message, Receipt } from '../../../../src/services/messaging/direct/message.ts'
import type { MessagingEvents, MessagingInit } from '../../../../src/services/messaging/index.ts'
import type { Courier, Parcel } from '../../../../src/services/messaging/parts.ts'
import type { PoolEvents } from '../../../../src/services/pool/index.ts'
import type { Rng } from '../../../../src/util/rng.ts'

type Handler = (message: Message, context: { peerId: PeerId }) => Promise<Receipt>

class FakeEvents extends TypedEventEmitter<Libp2pEvents> {}
class FakePool extends TypedEventEmitter<PoolEvents> {
  useful (): void {}
  dial: (target: unknown) => Promise<Connection> = async () => { throw new Error('nobody is there') }
}

/** What a program sees of its datastore: nothing it asks for after it was killed is done. */
class Lease extends BaseDatastore {
  alive = true
  readonly #inner: Datastore

  constructor (inner: Datastore) {
    super()
    this.#inner = inner
  }

  override get: Datastore['get'] = async (...args) => await this.#inner.get(...args)
  override query: Datastore['query'] = (...args) => this.#inner.query(...args)
  override batch (): Batch {
    const batch = this.#inner.batch()
    return { ...batch, commit: async () => { await (this.alive ? batch.commit() : new Promise(() => {})) } }
  }
}

/** What one end is made of, which outlives its restarts. */
export class End {
  readonly peerId: PeerId
  readonly datastore: Datastore
  readonly link: RoughLink
  readonly init: MessagingInit
  events = new FakeEvents()
  pool = new FakePool()
  lease!: Lease
  handler?: Handler
  direct!: DirectType
  registry!: EventRegistry
  readonly told: Array<{ type: string, id?: string, reason?: string }> = []
  readonly charges: string[] = []
  courier: Courier = { deposit: async () => new Map(), mailboxesOf: () => [] }

  constructor (peerId: PeerId, link: RoughLink, init: MessagingInit, datastore: Datastore) {
    this.peerId = peerId
    this.link = link
    this.init = init
    this.datastore = datastore
  }

  get other (): End {
    return this.link.ends.find(end => end !== this)!
  }

  /** A new program on the same datastore. */
  async open (before: (end: End) => void = () => {}): Promise<void> {
    const { clock, rng } = this.link
    const log = silentLogger().forComponent('test')
    const lease = this.lease = new Lease(this.datastore)
    this.events = new FakeEvents()
    this.pool = new FakePool()
    this.pool.dial = async target => this.link.dial(this, target as PeerId)
    this.registry = new EventRegistry({ clock, log, onFailed: () => {}, onUnknown: () => {} })
    const components = {
      peerId: this.peerId,
      datastore: this.lease,
      events: this.events,
      pool: this.pool,
      connectionManager: { getConnections: (peerId: PeerId) => this.other.peerId.equals(peerId) ? this.link.connections(this) : [] },
      scoring: { report: (_peer: PeerId, offence: string, cause: string) => { this.charges.push(`${offence} ${cause}`) } },
      protocols: {
        handle: async (_protocol: unknown, handler: Handler) => { this.handler = handler },
        unhandle: async () => { this.handler = undefined },
        request: async (_connection: unknown, _protocol: unknown, message: Message) => await this.link.carry(this, lease, message)
      }
    } as unknown as DirectComponents
    this.direct = new Direct(components, {
      minRetryMs: 100, maxRetryMs: 1_000, ...this.init, clock, rng, log, registry: this.registry, courier: () => this.courier,
      emit: (type: keyof MessagingEvents, detail: object) => { this.told.push({ type, ...detail as { id?: string, reason?: string } }) }
    })
    before(this)
    await this.direct.beforeStart()
    await this.direct.start()
    this.direct.afterStart()
  }

  async close (): Promise<void> {
    this.link.cut()
    await this.direct.beforeStop()
    await this.direct.stop()
  }

  /** As by kill -9: what was not written is gone, and what it still does reaches nobody. */
  kill (): void {
    this.link.cut()
    this.handler = undefined
    this.lease.alive = false
  }
}

export interface Roughness {
  /** Of requests, and of answers, that get lost with the connection. @default 0 */
  loss?: number
  /** Longest way, one way; others are shorter by chance. @default 0 */
  delayMs?: number
}

/** Two ends without libp2p, on a clock that is moved by hand; what is between them is as rough as wanted. */
export class RoughLink {
  readonly clock = new ManualClock(1_700_000_000_000)
  readonly rng: Rng
  roughness: Roughness = {}
  /** Whether the ends may connect. */
  open = true
  ends: End[] = []
  requests: Message[] = []
  #connection?: object

  constructor (rng: Rng) {
    this.rng = rng
  }

  async add (init: MessagingInit = {}, datastore: Datastore = new MemoryDatastore()): Promise<End> {
    const end = new End(randomPeerId(this.rng), this, init, datastore)
    this.ends.push(end)
    return end
  }

  connections (end: End): Connection[] {
    return this.#connection == null ? [] : [{ status: 'open', remotePeer: end.other.peerId } as Connection]
  }

  connect (): void {
    if (this.#connection != null) return
    this.#connection = {}
    for (const end of this.ends) end.events.safeDispatchEvent('peer:connect', { detail: end.other.peerId })
  }

  cut (): void {
    if (this.#connection == null) return
    this.#connection = undefined
    for (const end of this.ends) end.events.safeDispatchEvent('peer:disconnect', { detail: end.other.peerId })
  }

  dial (end: End, target: PeerId): Connection {
    if (!this.open || !end.other.peerId.equals(target) || end.other.handler == null) throw new Error('nobody is there')
    this.connect()
    return this.connections(end)[0]!
  }

  async carry (from: End, lease: Lease, message: Message): Promise<Receipt> {
    const connection = this.#connection
    this.requests.push(message)
    await this.#travel(connection)
    if (!lease.alive) return await new Promise(() => {})
    const handler = from.other.handler
    if (handler == null) throw new Error('it is not served')
    const receipt = await handler(messageCodec.decode(messageCodec.encode(message)), { peerId: from.peerId })
    await this.#travel(connection)
    if (!lease.alive) return await new Promise(() => {})
    return receiptCodec.decode(receiptCodec.encode(receipt))
  }

  async #travel (connection: object | undefined): Promise<void> {
    const { loss = 0, delayMs = 0 } = this.roughness
    if (delayMs > 0) await new Promise<void>(resolve => { this.clock.after(this.rng.float() * delayMs, resolve) })
    if (this.#connection === connection && this.rng.float() < loss) this.cut()
    if (connection == null || this.#connection !== connection) throw new Error('the connection is gone')
  }
}

/** A mailbox in which everything stays. */
export class Shelf implements Courier {
  readonly parcels: Parcel[] = []

  async deposit (_peer: PeerId, parcels: Parcel[]): Promise<Map<string, string[]>> {
    this.parcels.push(...parcels)
    return new Map(parcels.map(({ id }) => [id, ['shelf']]))
  }

  mailboxesOf (): string[] {
    return ['shelf']
  }
}
