import { peerIdFromString } from '@libp2p/peer-id'
import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { optionalComponent } from '../../components.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import { systemRng } from '../../util/rng.ts'
import { Broadcasts } from './broadcast/broadcast.ts'
import { Direct } from './direct/direct.ts'
import { EventRegistry } from './events.ts'
import { Files } from './files/files.ts'
import { Mailboxes } from './mailbox/mailboxes.ts'
import { networkComponents } from './network-protocols.ts'
import type { Metrics, PeerId, Startable } from '@libp2p/interface'
import type { FileOffer, FileSource, FileTransfer, SendFileOptions } from './files/contract.ts'
import type {
  BroadcastOptions, EventSchema, MessageContext, Messaging, MessagingComponents, MessagingEvents, MessagingInit, MessagingSnapshot, OnOptions, OutboxEntry, SendOptions,
  SentMessage
} from './index.ts'

const DEFAULT_NETWORK = 'main'

/** Puts the parts together: which events are taken, direct messages, mailboxes, broadcasts and files. */
export class MessagingService extends TypedEventEmitter<MessagingEvents> implements Messaging, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/messaging'
  readonly [serviceCapabilities] = ['@peerkeep/messaging']
  readonly [serviceDependencies] = ['@libp2p/identify', '@libp2p/pubsub', '@peerkeep/pool', '@peerkeep/protocols']

  readonly #components: MessagingComponents
  readonly #registry: EventRegistry
  readonly #direct: Direct
  readonly #mailboxes: Mailboxes
  readonly #broadcasts: Broadcasts
  readonly #files: Files
  #exposed = false

  constructor (given: MessagingComponents, init: MessagingInit) {
    super()
    const { clock = systemClock, rng = systemRng, network = DEFAULT_NETWORK } = init
    const components = networkComponents(given, network)
    const log = components.logger.forComponent('peerkeep:messaging')
    this.#components = components
    this.#registry = new EventRegistry({ clock, log, onFailed: detail => { this.#emit('handler:failed', detail) }, onUnknown: detail => { this.#emit('event:unknown', detail) } })
    this.#direct = new Direct(components, { ...init, clock, rng, log, registry: this.#registry, courier: () => this.#mailboxes, emit: (type, detail) => { this.#emit(type, detail) } })
    this.#mailboxes = new Mailboxes(components, { ...init, clock, rng, log, intake: this.#direct.intake })
    this.#broadcasts = new Broadcasts(components, { network, clock, rng, log }, this.#registry)
    this.#files = new Files(components, { clock, rng, log, collectYoung: init.collectYoung })
  }

  async beforeStart (): Promise<void> {
    this.#broadcasts.beforeStart()
    await this.#direct.beforeStart()
    await this.#mailboxes.beforeStart()
    await this.#files.beforeStart()
    const metrics = optionalComponent<Metrics>(this.#components, 'metrics')
    if (metrics == null || this.#exposed) return
    this.#exposed = true
    exposeGauges(metrics, 'messaging', () => this.#gauges())
    exposeCounters(metrics, 'messaging', 'messages', 'what', () => this.#counts())
  }

  async start (): Promise<void> {
    await this.#direct.start()
    await this.#mailboxes.start()
    await this.#files.start()
  }

  afterStart (): void {
    this.#broadcasts.start()
    this.#mailboxes.afterStart()
    this.#direct.afterStart()
  }

  /** Connections are still there. */
  async beforeStop (): Promise<void> {
    this.#broadcasts.stop()
    await Promise.all([this.#direct.beforeStop(), this.#files.stop()])
  }

  async stop (): Promise<void> {
    await this.#mailboxes.stop()
    await this.#direct.stop()
  }

  on<T> (event: string, schema: EventSchema<T>, handler: (data: T, context: MessageContext) => void | Promise<void>, options?: OnOptions<T>): () => void {
    return this.#registry.on(event, schema, handler, options)
  }

  async send (peer: PeerId | string, event: string, data: unknown, options?: SendOptions): Promise<SentMessage> {
    const sent = await this.#direct.send(peer, event, data, options)
    this.#mailboxes.wroteTo(typeof peer === 'string' ? peerIdFromString(peer) : peer)
    return sent
  }

  outbox (): OutboxEntry[] {
    return this.#direct.outbox()
  }

  cancel (id: string): boolean {
    return this.#direct.cancel(id)
  }

  async broadcast (event: string, data: unknown, options?: BroadcastOptions): Promise<{ id: string, peers: number }> {
    return await this.#broadcasts.broadcast(event, data, options)
  }

  sendFile (peer: PeerId | string, source: FileSource, options: SendFileOptions): FileTransfer {
    return this.#files.sendFile(peer, source, options)
  }

  onFile (handler: (offer: FileOffer) => void | Promise<void>): () => void {
    return this.#files.onFile(handler)
  }

  async useMailboxes (peers: Array<PeerId | string>, options?: { signal?: AbortSignal }): Promise<PeerId[]> {
    return await this.#mailboxes.useMailboxes(peers, options)
  }

  async fetchMailboxes (options?: { signal?: AbortSignal }): Promise<number> {
    return await this.#mailboxes.fetchMailboxes(options)
  }

  snapshot (): MessagingSnapshot {
    return {
      events: this.#registry.snapshot(),
      ...this.#direct.snapshot(),
      unknown: this.#registry.unknown,
      mailbox: this.#mailboxes.snapshot(),
      broadcast: this.#broadcasts.snapshot(),
      files: this.#files.snapshot(),
      gauges: this.#gauges()
    }
  }

  #gauges (): Record<string, number> {
    return { ...this.#registry.gauges, ...this.#direct.gauges, ...this.#mailboxes.gauges(), ...this.#broadcasts.gauges, ...this.#files.gauges }
  }

  #counts (): Record<string, number> {
    const { delivered, received, duplicates, broadcast } = this.snapshot()
    return { delivered, received, duplicates, unknown: this.#registry.unknown, published: broadcast.published, heard: broadcast.received }
  }

  #emit<K extends keyof MessagingEvents> (type: K, detail: MessagingEvents[K]['detail']): void {
    // most have nobody who listens
    if (this.listenerCount(type) > 0) this.safeDispatchEvent(type, { detail })
  }
}
