import { isPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P } from '@multiformats/multiaddr'
import { optionalComponent } from '../../components.ts'
import { describeError } from '../../errors.ts'
import { timeoutSignal } from '../../util/clock.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { reachOfLink, widestReach } from '../../util/reach.ts'
import { sought, whereabouts } from '../../util/whereabouts.ts'
import { PoolAddressUnknownError } from './address-unknown.ts'
import { Candidates } from './candidates.ts'
import { CHECK_AFTER_FAILURES, CHECK_RELAYS } from './constants.ts'
import { INITIAL_RATES, learnRate, planDials } from './dial-plan.ts'
import { Links } from './links.ts'
import { Retries } from './remembered.ts'
import type { Connection, Logger, PeerId, PeerRouting, PeerStore } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role } from '../../components.ts'
import type { BackoffLimits } from '../../util/backoff.ts'
import type { Reach } from '../../util/reach.ts'
import type { Rng } from '../../util/rng.ts'
import type { Guides } from '../../util/whereabouts.ts'
import type { BookEntry } from '../address-book/index.ts'
import type { CandidatesInit } from './candidates.ts'
import type { PoolComponents } from './index.ts'
import type { Keeper } from './keepers.ts'

export interface DiallerInit extends Omit<CandidatesInit, 'retries' | 'isDialing'> {
  rng: Rng
  log: Logger
  dialTimeoutMs: number
  maxDialing: number
  backoff: BackoffLimits
  preferredRoles: readonly Role[]
  /** How far away the connected peers are. */
  connectedReaches (): Iterable<Reach>
  /** Connected peers that relay for others. */
  relays (): Multiaddr[]
  /** A configured peer has been reached; its id may only be known now. */
  onKept (): void
  onKeeperFailed (keeper: Keeper, error: Error, retryInMs: number): void
  onChecked (peerId: PeerId, verdict: 'direct' | 'relayed' | 'gone'): void
  /** A dial ended: there may be room for another. */
  onSettled (): void
}

interface Dial {
  group: string
  /** Peers it is expected to bring. */
  expected: number
  feeler: boolean
}

/** Dials peers of the address book and the configured ones, paces failures, and tests what nobody has vouched for. */
export class Dialler {
  readonly #components: PoolComponents
  readonly #init: DiallerInit
  readonly #dials = new Map<string, Dial>()
  readonly #running = new Set<Promise<void>>()
  readonly #retries: Retries
  readonly #links: Links
  readonly #candidates: Candidates
  #shutdown = new AbortController()
  #rates = INITIAL_RATES

  constructor (components: PoolComponents, init: DiallerInit) {
    this.#components = components
    this.#init = init
    this.#retries = new Retries(init.backoff, init.rng)
    this.#links = new Links(init.connectedReaches)
    this.#candidates = new Candidates(components, { ...init, retries: this.#retries, isDialing: id => this.#dials.has(id) })
  }

  get dialing (): number {
    return this.#dials.size
  }

  /** Peers that the dials under way are expected to bring. */
  get expected (): number {
    return [...this.#dials.values()].reduce((sum, dial) => sum + dial.expected, 0)
  }

  get gauges (): Record<string, number> {
    return { retries: this.#retries.size, foreignHosts: this.#candidates.foreignHosts, dialing: this.#dials.size, keepers: this.#init.keepers.size }
  }

  isDialing (id: string): boolean {
    return this.#dials.has(id)
  }

  isFeeler (id: string): boolean {
    return this.#dials.get(id)?.feeler === true
  }

  /** Dial these before anybody else. */
  setFirst (peers: PeerId[]): void {
    this.#candidates.setFirst(peers)
  }

  start (): void {
    this.#shutdown = new AbortController()
    this.reset()
  }

  /** Aborts what is under way and waits for it. */
  async stop (): Promise<void> {
    this.#shutdown.abort()
    await Promise.all(this.#running)
  }

  /** Forgets every reason to wait. */
  reset (): void {
    this.#retries.reset()
    this.#candidates.reset()
    this.#init.keepers.reset()
  }

  /** A dial or a young connection came to nothing. `denied`: by this node's own gater. */
  failed (peerId: PeerId, denied = false): void {
    const id = peerId.toString()
    const excused = denied || this.#isExcused(peerId)
    const failures = this.#retries.failed(id, this.#now(), excused)
    // a configured peer may let us in only to throw us out
    this.#init.keepers.disconnected(id, false, this.#now(), excused)
    if (excused) return
    this.#init.scoring().observe(peerId, { what: 'dial-failed' })
    this.#components.addressBook.failed(peerId)
    if (failures >= CHECK_AFTER_FAILURES) this.#run(this.#check(peerId))
  }

  /** A connection ended; one that held begins the backoff anew. `rejected`: it wants nothing to do with us. */
  disconnected (peerId: PeerId, stable: boolean, coolDownMs: number, rejected: boolean): void {
    const id = peerId.toString()
    const excused = this.#isExcused(peerId)
    if (stable) this.#retries.forget(id)
    if (coolDownMs > 0) this.#retries.coolDown(id, this.#now(), coolDownMs)
    else this.#retries.failed(id, this.#now(), excused)
    this.#init.keepers.disconnected(id, stable, this.#now(), excused, rejected ? coolDownMs : 0)
  }

  /** Begins dials for the configured peers that are due and, at most `pace`, for `wanted` more; returns how many of those nobody could be found for. */
  fill (wanted: number, pace: number, outboundGroups: ReadonlySet<string>): number {
    if (this.#shutdown.signal.aborted) return 0
    const { keepers, isConnected } = this.#init
    for (const keeper of keepers.due(this.#now(), id => isConnected(id) || this.#dials.has(id), wanted > 0)) {
      if (this.#candidates.maySee(keeper)) this.#run(this.#dialKeeper(keeper))
    }
    const missing = wanted - this.expected
    const room = Math.min(pace, this.#init.maxDialing - this.#dials.size)
    if (missing <= 0 || room <= 0) return 0

    const plan = planDials({
      candidates: this.#candidates.draw(room * 2).map(entry => ({ entry, group: this.#group(entry) })),
      takenGroups: new Set([...outboundGroups, ...[...this.#dials.values()].map(({ group }) => group)]),
      wanted: missing,
      room,
      rates: this.#rates,
      preferredRoles: this.#init.preferredRoles
    })
    for (const { entry } of plan) this.#run(this.#dialEntry(entry, false))
    return plan.length < Math.min(room, Math.ceil(missing)) ? Math.ceil(missing) - plan.length : 0
  }

  /** Tests one address nobody has vouched for. */
  feel (): void {
    const entry = this.#candidates.toTest()
    if (entry != null) this.#run(this.#dialEntry(entry, true))
  }

  /** Dials what the caller names. */
  async dial (target: PeerId | Multiaddr | Multiaddr[], signal?: AbortSignal): Promise<Connection> {
    const timeout = timeoutSignal(this.#init.clock, this.#init.dialTimeoutMs, signal == null ? this.#shutdown.signal : AbortSignal.any([signal, this.#shutdown.signal]))
    try {
      const connection = await this.#open(target, timeout.signal)
      this.#links.reached(reachOfLink(connection.remoteAddr, this.#init.netgroups), this.#now())
      return connection
    } finally {
      timeout.clear()
    }
  }

  /** Components that a pool on its own may not have. */
  get #guides (): Guides {
    return { peerStore: optionalComponent<PeerStore>(this.#components, 'peerStore'), peerRouting: optionalComponent<PeerRouting>(this.#components, 'peerRouting') }
  }

  async #open (target: PeerId | Multiaddr | Multiaddr[], signal: AbortSignal): Promise<Connection> {
    const { addressBook, connectionGater, connectionManager } = this.#components
    if (!isPeerId(target) || connectionManager.getConnections(target).length > 0) return connectionManager.openConnection(target, { signal })
    // nobody is looked for that is not dialled anyway: libp2p says so
    if (await connectionGater.denyDialPeer?.(target) === true) return connectionManager.openConnection(target, { signal })
    const { peerStore, peerRouting } = this.#guides
    const booked = addressBook.get(target)?.multiaddrs ?? []
    const known = booked.length > 0 ? withPeerId(booked, target.toString()) : await whereabouts(target, { peerStore }, signal)
    const missed = known.length === 0 ? new PoolAddressUnknownError(target) : await this.#tried(known, signal)
    if (!(missed instanceof Error)) return missed
    // it may have moved
    const tried = new Set(known.map(String))
    const found = (await sought(target, peerRouting, signal)).filter(address => !tried.has(address.toString()))
    if (found.length === 0) throw missed
    return connectionManager.openConnection(found, { signal })
  }

  async #tried (addresses: Multiaddr[], signal: AbortSignal): Promise<Connection | Error> {
    return this.#components.connectionManager.openConnection(addresses, { signal }).catch((err: Error) => err)
  }

  async #dialEntry (entry: BookEntry, feeler: boolean): Promise<void> {
    const id = entry.peerId.toString()
    const table = entry.tried ? 'tried' : 'new'
    this.#dials.set(id, { group: this.#group(entry), expected: feeler ? 0 : this.#rates[table], feeler })
    this.#candidates.dialled(entry)
    this.#components.addressBook.attempted(entry.peerId)
    const outcome = await this.#attempt(withPeerId(entry.multiaddrs, id))
    this.#dials.delete(id)
    if (this.#shutdown.signal.aborted) return
    this.#rates = learnRate(this.#rates, table, outcome === 'answered')
    if (outcome !== 'answered') this.failed(entry.peerId, outcome === 'denied')
  }

  async #dialKeeper (keeper: Keeper): Promise<void> {
    const { addressBook } = this.#components
    const key = keeper.peerId ?? keeper.multiaddr.toString()
    // it may have moved since it was configured
    const targets = keeper.peerId == null
      ? [keeper.multiaddr]
      : withPeerId([keeper.multiaddr, ...(addressBook.get(peerIdFromString(keeper.peerId))?.multiaddrs ?? [])], keeper.peerId)
    keeper.dialing = true
    this.#dials.set(key, { group: addressFacts(keeper.multiaddr, this.#init.netgroups).group, expected: 1, feeler: false })
    try {
      const connection = await this.dial(targets)
      this.#init.keepers.succeeded(keeper, connection.remotePeer.toString())
      this.#init.onKept()
    } catch (err) {
      if (this.#shutdown.signal.aborted) return
      const peerId = keeper.learned || keeper.peerId == null ? undefined : peerIdFromString(keeper.peerId)
      this.#init.keepers.unlearn(keeper)
      const excused = isDenied(err) || this.#isCutOff([keeper.multiaddr])
      if (peerId != null && !excused) this.#init.scoring().observe(peerId, { what: 'dial-failed' })
      const retryInMs = this.#init.keepers.failed(keeper, this.#now(), excused)
      this.#init.onKeeperFailed(keeper, err as Error, retryInMs)
    } finally {
      keeper.dialing = false
      this.#dials.delete(key)
    }
  }

  /** A peer that seems gone: once more directly, then through relays; if nothing answers it leaves the book. */
  async #check (peerId: PeerId): Promise<void> {
    const id = peerId.toString()
    const entry = this.#components.addressBook.get(peerId)
    if (entry == null || this.#dials.has(id)) return
    this.#dials.set(id, { group: this.#group(entry), expected: 0, feeler: false })
    const sinceMs = this.#now()
    try {
      const circuits = this.#init.relays().slice(0, CHECK_RELAYS).map(relay => relay.encapsulate(`/p2p-circuit/p2p/${id}`))
      const attempts = [
        { verdict: 'direct' as const, targets: withPeerId(entry.multiaddrs, id) },
        ...circuits.map(circuit => ({ verdict: 'relayed' as const, targets: [circuit] }))
      ]
      for (const { verdict, targets } of attempts) {
        if (await this.#attempt(targets) === 'answered') {
          this.#init.onChecked(peerId, verdict)
          return
        }
      }
      // it may be this node that went off line meanwhile, or only its way to the internet
      if (this.#shutdown.signal.aborted || this.#isCutOff(entry.multiaddrs, sinceMs)) return
      this.#components.addressBook.remove(peerId, 'gone')
      this.#init.onChecked(peerId, 'gone')
    } finally {
      this.#dials.delete(id)
    }
  }

  async #attempt (targets: Multiaddr[]): Promise<'answered' | 'failed' | 'denied'> {
    try {
      await this.dial(targets)
      return 'answered'
    } catch (err) {
      this.#init.log('no answer from %s: %s', targets.join(', '), describeError(err))
      return isDenied(err) ? 'denied' : 'failed'
    }
  }

  /** Whether a failure says nothing of the peer. */
  #isExcused (peerId: PeerId): boolean {
    const multiaddrs = this.#components.addressBook.get(peerId)?.multiaddrs ?? []
    return this.#isCutOff(multiaddrs, this.#retries.lastFailureMs(peerId.toString()))
  }

  /** Whether, for all this node knows, its own way to these addresses is down. */
  #isCutOff (multiaddrs: readonly Multiaddr[], sinceMs = this.#now()): boolean {
    const { isIsolated, scoring, netgroups } = this.#init
    return isIsolated() || scoring().isOutage() || !this.#links.work(widestReach(multiaddrs, netgroups) ?? 0, sinceMs)
  }

  #group (entry: BookEntry): string {
    const first = entry.multiaddrs[0]
    return first == null ? '' : addressFacts(first, this.#init.netgroups).group
  }

  #run (work: Promise<void>): void {
    const tracked = work
      .catch((err: unknown) => { this.#init.log.error('dial failed unexpectedly - %e', err) })
      .finally(() => {
        this.#running.delete(tracked)
        if (!this.#shutdown.signal.aborted) this.#init.onSettled()
      })
    this.#running.add(tracked)
  }

  #now (): number {
    return this.#init.clock.monotonic()
  }
}

/** By this node's own gater. */
function isDenied (err: unknown): boolean {
  return err instanceof Error && err.name === 'DialDeniedError'
}

/** libp2p wants the peer id on every address of a list, or on none. */
function withPeerId (multiaddrs: readonly Multiaddr[], id: string): Multiaddr[] {
  return multiaddrs.map(multiaddr => {
    const last = multiaddr.getComponents().at(-1)
    return last?.code === CODE_P2P && last.value === id ? multiaddr : multiaddr.encapsulate(`/p2p/${id}`)
  })
}
