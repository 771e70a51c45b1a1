import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { loadFastGroup } from '../../crypto/threshold/index.ts'
import { describeError } from '../../errors.ts'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { systemClock } from '../../util/clock.ts'
import { exposeCounters, exposeGauges } from '../../util/gauges.ts'
import { MAIN_NETWORK } from '../../util/network-id.ts'
import { systemRng } from '../../util/rng.ts'
import { Announcer } from './announcer.ts'
import { Assembly } from './assembly.ts'
import { holdingOptions } from './options.ts'
import { KnownPeers } from './peers.ts'
import { shardsProtocols } from './shards-protocols.ts'
import { ProtocolsTransport } from './transport.ts'
import type { Connection, Logger, Metrics, PeerId, PrivateKey, Startable } from '@libp2p/interface'
import type { Bans, Scoring } from '../../components.ts'
import type { Owner } from './owner/owner.ts'
import type { ShardsProtocols } from './shards-protocols.ts'
import type {
  OpenOptions, Shards, ShardsComponents, ShardsEvents, ShardsInit, ShardsSnapshot, StoreOptions, Vault, VaultCall, VaultLogEntry, VaultPolicy, VaultRight, VaultStatus
} from './index.ts'

/** Puts the parts together with the network: what is asked of this node, whom it asks, and what it tells. */
export class ShardsService extends TypedEventEmitter<ShardsEvents> implements Shards, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/shards'
  readonly [serviceCapabilities] = ['@peerkeep/shards']
  readonly [serviceDependencies] = ['@libp2p/identify', '@peerkeep/address-book', '@peerkeep/pool', '@peerkeep/protocols']

  readonly #components: ShardsComponents
  readonly #log: Logger
  readonly #protocols: ShardsProtocols
  readonly #transport: ProtocolsTransport
  readonly #assembly: Assembly
  readonly #announcer?: Announcer
  #scoring: Scoring = neutralScoring
  #bans: Bans = openBans
  #exposed = false
  #quickened = false

  /** Throws `SHARDS_INVALID`. */
  constructor (components: ShardsComponents, init: ShardsInit) {
    super()
    const { clock = systemClock, rng = systemRng, network = MAIN_NETWORK, hold = true, localAsPublic = false, ownerKey } = init
    const { peerId: self, privateKey, datastore, contentRouting, logger } = components
    const log = logger.forComponent('peerkeep:shards')
    const holding = holdingOptions(init)
    // what holders say is signed with the key of the node, and everybody has to judge it alike
    const holds = hold && privateKey.type === 'Ed25519'
    if (hold && !holds) log.error('this node holds no shares: its key is of type %s, and holders need an Ed25519 key', privateKey.type)
    const scoring = (): Scoring => this.#scoring
    this.#components = components
    this.#log = log
    this.#protocols = shardsProtocols(network)
    const peers = new KnownPeers({ ...lazily(components), self, id: this.#protocols.call.ids[0], scoring, bans: () => this.#bans, clock, log, localAsPublic })
    this.#transport = new ProtocolsTransport({
      self, clock,
      protocols: () => components.protocols,
      ids: this.#protocols,
      receive: holds ? async (from, frame) => await this.#receive(from, frame) : undefined,
      dial: async (peer, signal) => { await peers.dial(peer, signal) },
      onEvidence: async (from, bytes) => { await this.#assembly.informer.receive(from, bytes) }
    })
    this.#assembly = new Assembly({
      self, privateKey, datastore, clock, rng, log, scoring, peers, ownerKey,
      transport: this.#transport,
      ...holds ? { holding } : {},
      listeners: async () => await peers.connectedServing(this.#protocols.evidence.ids[0]),
      tell: async (peer, bytes, signal) => { await components.protocols.notify(peer, this.#protocols.evidence, bytes, { signal }) },
      knows: peer => peers.knows(peer),
      emit: (type, detail) => { this.#emit(type, detail) }
    })
    const { holder } = this.#assembly
    if (holder != null) this.#announcer = new Announcer({ contentRouting, holdings: holder, clock, rng, log })
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async beforeStart (): Promise<void> {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    await this.#assembly.load()
    const metrics = optionalComponent<Metrics>(this.#components, 'metrics')
    if (metrics == null || this.#exposed) return
    this.#exposed = true
    exposeGauges(metrics, 'shards', () => this.#gauges())
    exposeCounters(metrics, 'shards', 'calls', 'what', () => this.#assembly.counters)
  }

  async start (): Promise<void> {
    await this.#transport.start()
    this.#components.events.addEventListener('connection:open', this.#onOpen)
  }

  /** Calls others from here on. */
  afterStart (): void {
    this.#assembly.start()
    this.#announcer?.start()
  }

  /** Connections are still there. */
  async beforeStop (): Promise<void> {
    await this.#announcer?.stop()
    await this.#assembly.stop()
  }

  async stop (): Promise<void> {
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    await this.#transport.stop()
  }

  async store (secret: Uint8Array, options?: StoreOptions): Promise<Vault> {
    return await this.#owner.store(secret, options)
  }

  async open (id: string, options?: OpenOptions): Promise<Uint8Array> {
    return await this.#owner.open(id, options)
  }

  async update (id: string, secret: Uint8Array, options?: VaultCall): Promise<Vault> {
    return await this.#owner.update(id, secret, options)
  }

  async export (id: string, options?: OpenOptions): Promise<Uint8Array> {
    return await this.#owner.export(id, options)
  }

  async list (options?: VaultCall): Promise<Vault[]> {
    return await this.#owner.list(options)
  }

  async status (id: string, options?: VaultCall): Promise<VaultStatus> {
    return await this.#owner.status(id, options)
  }

  async audit (id: string, options?: VaultCall): Promise<VaultStatus> {
    return await this.#owner.audit(id, options)
  }

  async refresh (id: string, options?: VaultCall): Promise<Vault> {
    return await this.#owner.refresh(id, options)
  }

  async repair (id: string, options?: VaultCall): Promise<Vault> {
    return await this.#owner.repair(id, options)
  }

  async reshare (id: string, options: VaultCall & { threshold?: number, holders?: number | PeerId[] }): Promise<Vault> {
    return await this.#owner.reshare(id, options)
  }

  async rotate (id: string, options?: VaultCall): Promise<Vault> {
    return await this.#owner.rotate(id, options)
  }

  async amend (id: string, change: { label?: string, policy?: VaultPolicy, expiresAt?: number | null }, options?: VaultCall): Promise<Vault> {
    return await this.#owner.amend(id, change, options)
  }

  async delegate (id: string, subject: PrivateKey['publicKey'], rights: VaultRight[], options: { expiresAt: number }): Promise<Uint8Array> {
    return await this.#owner.delegate(id, subject, rights, options)
  }

  async undelegate (id: string, delegation: Uint8Array, options?: VaultCall): Promise<Vault> {
    return await this.#owner.undelegate(id, delegation, options)
  }

  async revoke (id: string, options?: VaultCall): Promise<PeerId[]> {
    return await this.#owner.revoke(id, options)
  }

  async log (id: string, options?: VaultCall): Promise<VaultLogEntry[]> {
    return await this.#owner.log(id, options)
  }

  snapshot (): ShardsSnapshot {
    const { holder, counters } = this.#assembly
    return { holding: holder != null, held: this.#assembly.held(), own: this.#assembly.own(), counters, gauges: this.#gauges() }
  }

  get #owner (): Owner {
    this.#quicken()
    return this.#assembly.owner
  }

  async #receive (from: PeerId, frame: Uint8Array): Promise<Uint8Array> {
    this.#quicken()
    return await this.#assembly.receive(from, frame)
  }

  /** With what takes 100 ms to load, and most nodes never use. Nobody waits: until then, and where it cannot be had, the same is computed in JavaScript. */
  #quicken (): void {
    if (this.#quickened) return
    this.#quickened = true
    loadFastGroup().catch((err: unknown) => { this.#log('%s', describeError(err)) })
  }

  #gauges (): Record<string, number> {
    return { ...this.#assembly.gauges, ...this.#announcer?.gauges }
  }

  readonly #onOpen = ({ detail: { remotePeer } }: CustomEvent<Connection>): void => {
    this.#assembly.owner.met(remotePeer)
  }

  #emit<K extends keyof ShardsEvents> (type: K, detail: ShardsEvents[K]['detail']): void {
    // most have nobody who listens
    if (this.listenerCount(type) > 0) this.safeDispatchEvent(type, { detail })
  }
}

/** Services that may be made after this one. */
function lazily (components: ShardsComponents) {
  const { peerStore, connectionManager, contentRouting } = components
  return { peerStore, connectionManager, contentRouting, addressBook: () => components.addressBook, pool: () => components.pool }
}
