import { serviceCapabilities, serviceDependencies } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { neutralScoring, openBans, optionalComponent } from '../../components.ts'
import { exposeGauges } from '../../util/gauges.ts'
import { reachOfLink } from '../../util/reach.ts'
import { Arrivals } from './arrivals.ts'
import { Balance } from './balance.ts'
import { GOODBYE_GRACE_MS } from './constants.ts'
import { wantedPeers } from './demand.ts'
import { Dialler } from './dialler.ts'
import { Expulsion } from './expulsion.ts'
import { Farewell } from './farewell.ts'
import { Gate } from './gate.ts'
import { Keepers } from './keepers.ts'
import { poolLimits } from './limits.ts'
import { poolOptions } from './options.ts'
import { PeerTable, publicView } from './peers.ts'
import { Remembrance } from './remembrance.ts'
import { Selection } from './selection.ts'
import { Solitude } from './solitude.ts'
import { StaleStreams } from './stale-streams.ts'
import { Timers } from './timers.ts'
import type { Connection, Metrics, PeerId, Startable } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Bans, Role, Scoring } from '../../components.ts'
import type { AddressBookEvents } from '../address-book/index.ts'
import type { PoolContext } from './context.ts'
import type { GoodbyeReason, Pool, PoolComponents, PoolEvents, PoolInit, PoolLimits, PoolPeer, PoolSnapshot, PoolState } from './index.ts'
import type { KeeperKind } from './keepers.ts'

export class PoolService extends TypedEventEmitter<PoolEvents> implements Pool, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/pool'
  readonly [serviceCapabilities] = ['@peerkeep/pool']
  readonly [serviceDependencies] = ['@libp2p/identify', '@peerkeep/address-book']

  readonly #components: PoolComponents
  readonly #context: PoolContext
  readonly #dialler: Dialler
  readonly #gate: Gate
  readonly #farewell: Farewell
  readonly #expulsion: Expulsion
  readonly #arrivals: Arrivals
  readonly #balance: Balance
  readonly #remembrance: Remembrance
  readonly #staleStreams: StaleStreams
  readonly #feelerIntervalMs: number
  #limits: PoolLimits
  #scoring: Scoring = neutralScoring
  #bans: Bans = openBans

  constructor (components: PoolComponents, init: PoolInit) {
    super()
    const { keepNearest, feelerIntervalMs, clock, rng, netgroups, preferredRoles, ...dialling } = poolOptions(init)
    this.#components = components
    this.#limits = poolLimits(init.limits)
    this.#feelerIntervalMs = feelerIntervalMs
    const peers = new PeerTable(netgroups)
    const keepers = new Keepers(dialling.backoff, rng)
    const log = components.logger.forComponent('peerkeep:pool')
    const context: PoolContext = this.#context = {
      components,
      clock,
      log,
      timers: new Timers(clock),
      peers,
      keepers,
      solitude: new Solitude(),
      limits: () => this.#limits,
      scoring: () => this.#scoring,
      bans: () => this.#bans,
      emit: (type, detail) => { this.safeDispatchEvent(type, { detail }) }
    }
    const selection = new Selection({ self: components.peerId, rng, keepNearest, preferredRoles, scoring: context.scoring })
    const dialler = this.#dialler = new Dialler(components, {
      ...dialling,
      clock,
      rng,
      netgroups,
      preferredRoles,
      log,
      keepers,
      isConnected: id => peers.get(id) != null,
      isIsolated: () => peers.size === 0,
      isTurnedAway: id => this.#expulsion.isTurnedAway(id),
      scoring: context.scoring,
      bans: context.bans,
      connectedReaches: () => peers.announced().map(({ connections: [first] }) => first == null ? 0 : reachOfLink(first.remoteAddr, netgroups)),
      onKept: () => this.#markExplicit(),
      relays: () => peers.announced().filter(({ roles }) => roles.includes('relay')).map(peer => publicView(peer).multiaddr),
      onKeeperFailed: (keeper, error, retryInMs) => context.emit('dial:failed', { multiaddr: keeper.multiaddr, error, attempt: keeper.attempt, retryInMs }),
      onChecked: (peerId, verdict) => context.emit('peer:checked', { peerId, verdict }),
      onSettled: () => this.#balance.fillSoon()
    })
    const farewell = this.#farewell = new Farewell(components, {
      clock,
      netgroups,
      log,
      peers,
      report: (peerId, offence, cause, evidence) => this.#scoring.report(peerId, offence, cause, evidence),
      // who says goodbye no longer holds a slot, so it must not stay
      onHeard: peer => context.timers.after(GOODBYE_GRACE_MS, () => {
        if (peers.get(peer.id) === peer) farewell.partSoon(peer, 'requested')
      })
    })
    const expulsion = this.#expulsion = new Expulsion(context, farewell)
    this.#gate = new Gate({
      clock,
      netgroups,
      self: components.peerId,
      peers,
      limits: context.limits,
      isTurnedAway: (peerId, multiaddr) => expulsion.isTurnedAway(peerId, multiaddr),
      isIsolated: () => expulsion.isIsolated(),
      isDialing: id => dialler.isDialing(id)
    })
    this.#balance = new Balance(context, { dialler, farewell, selection })
    this.#arrivals = new Arrivals(context, {
      dialler,
      farewell,
      onOpened: () => expulsion.review(),
      onSurplus: newcomer => this.#balance.makeRoomFor(newcomer),
      onLeft: () => this.#balance.fillSoon()
    })
    this.#remembrance = new Remembrance(context)
    this.#staleStreams = new StaleStreams(context)
    for (const multiaddr of init.bootstrap ?? []) keepers.add(multiaddr, 'bootstrap')
    for (const multiaddr of init.peers ?? []) keepers.add(multiaddr, 'explicit')
  }

  get state (): PoolState {
    return this.#context.solitude.state
  }

  get limits (): Readonly<PoolLimits> {
    return { ...this.#limits }
  }

  beforeStart (): void {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    this.#bans = optionalComponent<Bans>(this.#components, 'bans') ?? openBans
    this.#gate.install(this.#components.connectionGater)
    exposeGauges(optionalComponent<Metrics>(this.#components, 'metrics'), 'pool', () => this.#gauges())
  }

  async start (): Promise<void> {
    this.#arrivals.start()
    this.#components.addressBook.addEventListener('peer:discovered', this.#onDiscovered)
    this.#expulsion.start()
    await this.#farewell.start()
  }

  afterStart (): void {
    const { solitude, timers, clock } = this.#context
    this.#dialler.start()
    solitude.start(clock.monotonic())
    if (this.#feelerIntervalMs > 0) timers.every(this.#feelerIntervalMs, () => this.#dialler.feel())
    this.#dialler.setFirst(this.#components.addressBook.anchors())
    this.#remembrance.start()
    this.#staleStreams.start()
    this.#balance.start()
  }

  async beforeStop (): Promise<void> {
    this.#balance.stop()
    this.#remembrance.note()
    await this.#dialler.stop()
    await Promise.all(this.#context.peers.all().map(async peer => this.disconnect(peer.peerId, 'shutdown')))
  }

  async stop (): Promise<void> {
    await this.#farewell.stop()
    this.#expulsion.stop()
    this.#components.addressBook.removeEventListener('peer:discovered', this.#onDiscovered)
    this.#arrivals.stop()
    this.#gate.uninstall()
    this.#context.timers.clear()
  }

  setLimits (limits: Partial<PoolLimits>): void {
    this.#limits = poolLimits(limits, this.#limits)
    if (limits.acceptRate != null) this.#gate.reset()
    this.#balance.trim()
    this.#balance.fillSoon()
  }

  peers (): PoolPeer[] {
    return this.#context.peers.announced().map(publicView)
  }

  wanted (): number {
    return Math.max(0, Math.ceil(wantedPeers(this.#context.peers.occupancy(), this.#limits) - this.#dialler.expected))
  }

  keep (multiaddr: Multiaddr, kind: KeeperKind = 'explicit'): void {
    this.#context.keepers.add(multiaddr, kind)
    this.#markExplicit()
    this.#balance.fillSoon()
  }

  release (multiaddr: Multiaddr): void {
    this.#context.keepers.delete(multiaddr)
    this.#markExplicit()
  }

  async dial (target: PeerId | Multiaddr | Multiaddr[], options: { signal?: AbortSignal } = {}): Promise<Connection> {
    return this.#dialler.dial(target, options.signal)
  }

  async disconnect (peerId: PeerId, reason: GoodbyeReason = 'requested'): Promise<void> {
    const peer = this.#context.peers.get(peerId)
    if (peer != null) await this.#farewell.part(peer, reason)
  }

  setRoles (peerId: PeerId, roles: Role[]): void {
    const peer = this.#context.peers.get(peerId)
    if (peer != null) peer.roles = [...roles]
  }

  useful (peerId: PeerId): void {
    const { peers, clock } = this.#context
    const peer = peers.get(peerId)
    if (peer != null) peer.usefulMs = clock.monotonic()
  }

  snapshot (): PoolSnapshot {
    return {
      state: this.state,
      limits: { ...this.#limits },
      ...this.#context.peers.occupancy(),
      dialing: this.#dialler.dialing,
      wanted: this.wanted(),
      peers: this.peers().map(({ peerId, multiaddr, limited, ...peer }) => ({ ...peer, peerId: peerId.toString(), multiaddr: multiaddr.toString() })),
      gauges: this.#gauges()
    }
  }

  readonly #onDiscovered = ({ detail }: AddressBookEvents['peer:discovered']): void => {
    this.#context.emit('peer:discovered', detail)
    this.#balance.fillSoon()
  }

  #gauges (): Record<string, number> {
    const { peers, timers } = this.#context
    return { ...this.#dialler.gauges, ...this.#gate.gauges, ...this.#farewell.gauges, peers: peers.size, surplus: peers.surplus(), timers: timers.size }
  }

  #markExplicit (): void {
    const { peers, keepers } = this.#context
    for (const peer of peers.all()) peer.explicit = keepers.isExplicit(peer.id)
  }
}
