import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { reachOfPeer, usableAddresses } from '../../util/reach.ts'
import { ClockWatch } from './clock-watch.ts'
import { ANCHOR_INTERVAL_MS, ANNOUNCE_AFTER_MS, COOL_DOWN_MS, DUPLICATE_GRACE_MS, GOODBYE_GRACE_MS, MAX_ANCHORS, STABLE_AFTER_MS, SURPLUS_LINGER_MS, TICK_MS } from './constants.ts'
import { dialPace, excessPeers, isOverLimit, wantedPeers } from './demand.ts'
import { Dialler } from './dialler.ts'
import { spareConnections } from './duplicates.ts'
import { Farewell } from './farewell.ts'
import { Gate, isSmaller } from './gate.ts'
import { Keepers } from './keepers.ts'
import { poolLimits } from './limits.ts'
import { poolOptions } from './options.ts'
import { bestConnection, endOf, PeerTable, publicView } from './peers.ts'
import { Selection } from './selection.ts'
import { Solitude } from './solitude.ts'
import type { Identify } from '@libp2p/identify'
import type { Connection, IdentifyResult, Logger, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Bans, Role, Scoring } from '../../components.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { AddressBookEvents } from '../address-book/index.ts'
import type { GoodbyeReason, Pool, PoolComponents, PoolEvents, PoolInit, PoolLimits, PoolPeer, PoolSnapshot, PoolState } from './index.ts'
import type { KeeperKind } from './keepers.ts'
import type { PeerState } from './peers.ts'

export class PoolService extends TypedEventEmitter<PoolEvents> implements Pool, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/pool'
  readonly [serviceCapabilities] = ['@peerkeep/pool']
  readonly [serviceDependencies] = ['@libp2p/identify', '@peerkeep/address-book']

  readonly #components: PoolComponents
  readonly #clock: Clock
  readonly #log: Logger
  readonly #peers: PeerTable
  readonly #keepers: Keepers
  readonly #dialler: Dialler
  readonly #gate: Gate
  readonly #selection: Selection
  readonly #farewell: Farewell
  readonly #watch: ClockWatch
  readonly #feelerIntervalMs: number
  readonly #solitude = new Solitude()
  readonly #timers = new Set<Timer>()
  #limits: PoolLimits
  #running = false
  #filling = false
  #scoring: Scoring = neutralScoring
  #bans: Bans = openBans
  #identify: Identify | undefined

  constructor (components: PoolComponents, init: PoolInit) {
    super()
    const { keepNearest, feelerIntervalMs, backoff, ...options } = poolOptions(init)
    const { clock, rng, netgroups, preferredRoles } = options
    this.#components = components
    this.#clock = clock
    this.#log = components.logger.forComponent('peerkeep:pool')
    this.#limits = poolLimits(init.limits)
    this.#feelerIntervalMs = feelerIntervalMs
    this.#peers = new PeerTable(netgroups)
    this.#keepers = new Keepers(backoff, rng)
    this.#selection = new Selection({ self: components.peerId, rng, keepNearest, preferredRoles, isDiscouraged: peerId => this.#scoring.isDiscouraged(peerId) })
    this.#watch = new ClockWatch(clock, TICK_MS)
    this.#dialler = new Dialler(components, {
      ...options,
      backoff,
      log: this.#log,
      keepers: this.#keepers,
      isConnected: id => this.#peers.get(id) != null,
      isIsolated: () => this.#peers.size === 0,
      isUnwelcome: ({ peerId }) => this.#bans.isDenied({ peerId }) || (this.#peers.size > 0 && this.#scoring.isDiscouraged(peerId)),
      onKept: () => this.#markExplicit(),
      relays: () => this.#announced().filter(({ roles }) => roles.includes('relay')).map(peer => publicView(peer).multiaddr),
      onKeeperFailed: (keeper, error, retryInMs) => this.#emit('dial:failed', { multiaddr: keeper.multiaddr, error, attempt: keeper.attempt, retryInMs }),
      onChecked: (peerId, verdict) => this.#emit('peer:checked', { peerId, verdict }),
      onSettled: () => this.#fillSoon()
    })
    this.#gate = new Gate({
      clock,
      netgroups,
      self: components.peerId,
      peers: this.#peers,
      limits: () => this.#limits,
      bans: () => this.#bans,
      isDialing: id => this.#dialler.isDialing(id)
    })
    this.#farewell = new Farewell(components, {
      clock,
      log: this.#log,
      peers: this.#peers,
      report: (peerId, offence, cause) => this.#scoring.report(peerId, offence, cause),
      // who says goodbye no longer holds a slot, so it must not stay
      onHeard: peer => this.#after(GOODBYE_GRACE_MS, () => {
        if (this.#peers.get(peer.id) === peer) this.#farewell.partSoon(peer, 'requested')
      })
    })
    for (const multiaddr of init.bootstrap ?? []) this.#keepers.add(multiaddr, 'bootstrap')
    for (const multiaddr of init.peers ?? []) this.#keepers.add(multiaddr, 'explicit')
  }

  get state (): PoolState {
    return this.#solitude.state
  }

  get limits (): Readonly<PoolLimits> {
    return { ...this.#limits }
  }

  beforeStart (): void {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    this.#identify = optionalComponent<Identify>(this.#components, 'identify')
    this.#gate.install(this.#components.connectionGater)
  }

  async start (): Promise<void> {
    const { events, addressBook } = this.#components
    events.addEventListener('connection:open', this.#onOpen)
    events.addEventListener('peer:identify', this.#onIdentify)
    addressBook.addEventListener('peer:discovered', this.#onDiscovered)
    await this.#farewell.start()
  }

  afterStart (): void {
    this.#running = true
    this.#dialler.start()
    this.#watch.start()
    this.#solitude.start(this.#now())
    this.#timers.add(this.#clock.every(TICK_MS, () => this.#tick()))
    this.#timers.add(this.#clock.every(ANCHOR_INTERVAL_MS, () => this.#remember()))
    if (this.#feelerIntervalMs > 0) this.#timers.add(this.#clock.every(this.#feelerIntervalMs, () => this.#dialler.feel()))
    this.#dialler.setFirst(this.#components.addressBook.anchors())
    this.#fillSoon()
  }

  async beforeStop (): Promise<void> {
    this.#running = false
    this.#remember()
    await this.#dialler.stop()
    await Promise.all(this.#peers.all().map(async peer => this.disconnect(peer.peerId, 'shutdown')))
  }

  async stop (): Promise<void> {
    const { events, addressBook, connectionGater } = this.#components
    addressBook.removeEventListener('peer:discovered', this.#onDiscovered)
    events.removeEventListener('peer:identify', this.#onIdentify)
    events.removeEventListener('connection:open', this.#onOpen)
    this.#gate.uninstall(connectionGater)
    await this.#farewell.stop()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  setLimits (limits: Partial<PoolLimits>): void {
    this.#limits = poolLimits(limits, this.#limits)
    if (limits.acceptRate != null) this.#gate.reset()
    this.#trim()
    this.#fillSoon()
  }

  peers (): PoolPeer[] {
    return this.#announced().map(publicView)
  }

  wanted (): number {
    return Math.max(0, Math.ceil(wantedPeers(this.#peers.occupancy(), this.#limits) - this.#dialler.expected))
  }

  keep (multiaddr: Multiaddr, kind: KeeperKind = 'explicit'): void {
    this.#keepers.add(multiaddr, kind)
    this.#markExplicit()
    this.#fillSoon()
  }

  release (multiaddr: Multiaddr): void {
    this.#keepers.delete(multiaddr)
    this.#markExplicit()
  }

  async dial (target: PeerId | Multiaddr | Multiaddr[], options: { signal?: AbortSignal } = {}): Promise<Connection> {
    return this.#dialler.dial(target, options.signal)
  }

  async disconnect (peerId: PeerId, reason: GoodbyeReason = 'requested'): Promise<void> {
    const peer = this.#peers.get(peerId)
    if (peer != null) await this.#farewell.part(peer, reason)
  }

  setRoles (peerId: PeerId, roles: Role[]): void {
    const peer = this.#peers.get(peerId)
    if (peer != null) peer.roles = [...roles]
  }

  useful (peerId: PeerId): void {
    const peer = this.#peers.get(peerId)
    if (peer != null) peer.usefulMs = this.#now()
  }

  snapshot (): PoolSnapshot {
    return {
      state: this.state,
      limits: { ...this.#limits },
      ...this.#peers.occupancy(),
      dialing: this.#dialler.dialing,
      wanted: this.wanted(),
      peers: this.peers().map(({ peerId, multiaddr, limited, ...peer }) => ({ ...peer, peerId: peerId.toString(), multiaddr: multiaddr.toString() })),
      gauges: { ...this.#dialler.gauges, acceptRates: this.#gate.size, peers: this.#peers.size, surplus: this.#peers.surplus() }
    }
  }

  readonly #onDiscovered = ({ detail }: AddressBookEvents['peer:discovered']): void => {
    this.#emit('peer:discovered', detail)
    this.#fillSoon()
  }

  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    const id = connection.remotePeer.toString()
    const { peer, isNew } = this.#peers.opened(connection, {
      nowMs: this.#now(),
      wallMs: this.#clock.now(),
      explicit: this.#keepers.isExplicit(id),
      feeler: connection.direction === 'outbound' && this.#dialler.isFeeler(id),
      roles: this.#components.addressBook.get(connection.remotePeer)?.roles ?? []
    })
    connection.addEventListener('close', ({ error }) => {
      peer.ended = endOf(error)
      // here, as libp2p's own event, `connection:close`, comes before this one and does not say how
      this.#onClose(connection)
    }, { once: true })
    if (!isNew) {
      this.#after(DUPLICATE_GRACE_MS, () => this.#closeSpares(peer))
      return
    }
    this.#after(ANNOUNCE_AFTER_MS, () => {
      // libp2p asks once who a peer is: one that was too busy to say would stay of no use
      if (!peer.announced) this.#renew(peer)
      this.#announce(peer)
    })
    if (peer.direction === 'inbound' && !peer.explicit && isOverLimit(this.#peers.occupancy(), this.#limits)) this.#makeRoomFor(peer)
  }

  readonly #onIdentify = ({ detail: { peerId, connection, listenAddrs } }: CustomEvent<IdentifyResult>): void => {
    const peer = this.#peers.get(peerId)
    if (peer == null) return
    const { addressBook } = this.#components
    const told = usableAddresses(listenAddrs, reachOfPeer(connection.remoteAddr))
    const multiaddrs = connection.direction === 'outbound' ? [connection.remoteAddr, ...told] : told
    if (addressBook.get(peerId)?.record == null && multiaddrs.length > 0) {
      // whoever comes to us may claim any address: its netgroup limits how many such claims the book takes
      const toldBy = connection.direction === 'inbound' ? { toldBy: connection.remoteAddr } : {}
      addressBook.add({ peerId, multiaddrs, source: connection.direction, ...toldBy })
    }
    if (connection.direction === 'outbound') addressBook.succeeded(peerId, connection.remoteAddr)
    this.#announce(peer)
  }

  #onClose (connection: Connection): void {
    const closed = this.#peers.closed(connection)
    if (closed == null) return
    const { peer, isLast } = closed
    if (!isLast) {
      this.#renew(peer)
      return
    }
    const { reason, by } = peer.goodbye ?? peer.ended ?? { reason: 'closed' as const, by: 'remote' as const }
    if (this.#peers.size === 0) this.#solitude.emptied(this.#now())
    const stable = this.#now() - peer.openedMs >= STABLE_AFTER_MS
    if (peer.announced || peer.goodbye?.by === 'remote') this.#dialler.disconnected(peer.peerId, stable, peer.goodbye?.retryAfterMs ?? COOL_DOWN_MS[reason] ?? 0)
    // let in and thrown out before a word was exchanged: that is a refusal
    else if (peer.direction === 'outbound' && peer.goodbye == null) this.#dialler.failed(peer.peerId)
    if (peer.announced) {
      this.#components.addressBook.seen(peer.peerId)
      this.#emit('peer:disconnected', { peerId: peer.peerId, reason, by })
    }
    this.#fillSoon()
  }

  /** The first exchange with a peer has succeeded: now it counts as connected. */
  #announce (peer: PeerState): void {
    if (peer.announced || this.#peers.get(peer.id) !== peer) return
    if (peer.feeler && wantedPeers(this.#peers.occupancy(), this.#limits) === 0) {
      // the address is good, that is all that was asked
      this.#farewell.partSoon(peer, 'feeler')
      return
    }
    peer.feeler = false
    peer.announced = true
    if (this.#solitude.joined()) this.#emit('pool:recovered', undefined)
    this.#emit('peer:connected', publicView(peer))
  }

  #makeRoomFor (newcomer: PeerState): void {
    const victim = this.#scoring.isDiscouraged(newcomer.peerId) ? undefined : this.#selection.plan(this.#evictable('inbound').filter(peer => peer !== newcomer))
    if (victim != null) {
      this.#evict(victim.peer, victim.why)
      return
    }
    newcomer.surplus = true
    this.#after(SURPLUS_LINGER_MS, () => {
      if (this.#peers.get(newcomer.id) === newcomer) this.#farewell.partSoon(newcomer, 'too-many-peers')
    })
  }

  /** More peers than the limits allow, because they were lowered or because other modules dialled. */
  #trim (): void {
    const excess = excessPeers(this.#peers.occupancy(), this.#limits)
    for (const direction of ['outbound', 'inbound'] as const) {
      for (const { peer, why } of this.#selection.worst(this.#evictable(direction), excess[direction], this.#now())) this.#evict(peer, why)
    }
  }

  #evictable (direction: 'inbound' | 'outbound'): PeerState[] {
    return this.#peers.holding().filter(peer => peer.direction === direction && !peer.explicit)
  }

  #evict (peer: PeerState, why: string): void {
    this.#emit('peer:evicted', { peerId: peer.peerId, why })
    this.#farewell.partSoon(peer, 'evicted')
  }

  #closeSpares (peer: PeerState): void {
    const facts = peer.connections.map(({ id, direction, limits, timeline }) => ({ id, direction, limited: limits != null, openedMs: timeline.open }))
    const spare = new Set(spareConnections(facts, isSmaller(this.#components.peerId, peer.peerId)))
    for (const connection of peer.connections.filter(({ id }) => spare.has(id))) {
      connection.close().catch((err: unknown) => { connection.abort(err as Error) })
    }
  }

  /** Identify makes libp2p tell its modules of a connection: of one they have missed, or of the one left when theirs has closed. */
  #renew (peer: PeerState): void {
    const connection = this.#peers.get(peer.id) === peer ? bestConnection(peer) : undefined
    if (connection?.status !== 'open') return
    this.#identify?.identify(connection).catch((err: unknown) => { this.#log('could not identify %p again - %e', peer.peerId, err) })
  }

  #tick (): void {
    const gapMs = this.#watch.beat()
    if (gapMs != null) {
      this.#dialler.reset()
      this.#emit('pool:woke', { gapMs })
    }
    const wasConnected = this.state === 'connected'
    if (this.#solitude.beat(this.#now(), this.#peers.size === 0)) {
      if (wasConnected) this.#dialler.reset()
      this.#emit('pool:isolated', undefined)
    }
    this.#trim()
    this.#fill(true)
  }

  /** Once for all that happens in this turn of the event loop. */
  #fillSoon (): void {
    if (this.#filling || !this.#running) return
    this.#filling = true
    queueMicrotask(() => {
      this.#filling = false
      this.#fill(false)
    })
  }

  #fill (isBeat: boolean): void {
    if (!this.#running) return
    const occupancy = this.#peers.occupancy()
    const missing = this.#dialler.fill(wantedPeers(occupancy, this.#limits), dialPace(occupancy, this.#dialler.dialing, isBeat), this.#peers.outboundGroups())
    if (missing > 0) this.#emit('pool:demand', { wanted: missing })
  }

  #remember (): void {
    const peers = this.#announced()
    for (const { peerId } of peers) this.#components.addressBook.seen(peerId)
    const oldest = peers.filter(({ direction }) => direction === 'outbound').sort((a, b) => a.openedMs - b.openedMs)
    if (oldest.length > 0) this.#components.addressBook.setAnchors(oldest.slice(0, MAX_ANCHORS).map(({ peerId }) => peerId))
  }

  #markExplicit (): void {
    for (const peer of this.#peers.all()) peer.explicit = this.#keepers.isExplicit(peer.id)
  }

  #announced (): PeerState[] {
    return this.#peers.all().filter(({ announced }) => announced)
  }

  #after (ms: number, fn: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer)
      fn()
    })
    this.#timers.add(timer)
  }

  #emit<K extends keyof PoolEvents> (type: K, detail: PoolEvents[K]['detail']): void {
    this.safeDispatchEvent(type, { detail })
  }

  #now (): number {
    return this.#clock.monotonic()
  }
}
