import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P } from '@multiformats/multiaddr'
import { describeError } from '../../errors.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { timeoutSignal } from '../../util/clock.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { CHECK_AFTER_FAILURES, CHECK_RELAYS, FOREIGN_IP_INTERVAL_MS, MAX_REMEMBERED } from './constants.ts'
import { INITIAL_RATES, learnRate, planDials } from './dial-plan.ts'
import { Retries } from './remembered.ts'
import type { Connection, Logger, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Role } from '../../components.ts'
import type { BackoffLimits } from '../../util/backoff.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Rng } from '../../util/rng.ts'
import type { BookEntry, SourceName } from '../address-book/index.ts'
import type { PoolComponents } from './index.ts'
import type { Keeper, Keepers } from './keepers.ts'

export interface DiallerInit {
  clock: Clock
  rng: Rng
  log: Logger
  netgroups: NetgroupOptions
  keepers: Keepers
  dialTimeoutMs: number
  maxDialing: number
  backoff: BackoffLimits
  preferredRoles: readonly Role[]
  isConnected (id: string): boolean
  isIsolated (): boolean
  /** Banned or discouraged. */
  isUnwelcome (entry: BookEntry): boolean
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

/** Somebody else's word, not the peer's own nor the user's. */
const HEARSAY: ReadonlySet<SourceName> = new Set(['pex', 'dht', 'presence'])

/** Dials peers of the address book and the configured ones, paces failures, and tests what nobody has vouched for. */
export class Dialler {
  readonly #components: PoolComponents
  readonly #init: DiallerInit
  readonly #dials = new Map<string, Dial>()
  readonly #running = new Set<Promise<void>>()
  readonly #retries: Retries
  readonly #foreignIps = new BoundedMap<string, number>(MAX_REMEMBERED)
  #shutdown = new AbortController()
  #rates = INITIAL_RATES
  #first: PeerId[] = []

  constructor (components: PoolComponents, init: DiallerInit) {
    this.#components = components
    this.#init = init
    this.#retries = new Retries(init.backoff, init.rng)
  }

  get dialing (): number {
    return this.#dials.size
  }

  /** Peers that the dials under way are expected to bring. */
  get expected (): number {
    return [...this.#dials.values()].reduce((sum, dial) => sum + dial.expected, 0)
  }

  get gauges (): Record<string, number> {
    return { retries: this.#retries.size, foreignIps: this.#foreignIps.size, dialing: this.#dials.size, keepers: this.#init.keepers.size }
  }

  isDialing (id: string): boolean {
    return this.#dials.has(id)
  }

  isFeeler (id: string): boolean {
    return this.#dials.get(id)?.feeler === true
  }

  /** Dial these before anybody else. */
  setFirst (peers: PeerId[]): void {
    this.#first = peers
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
    this.#foreignIps.clear()
    this.#init.keepers.reset()
  }

  /** A dial or a young connection came to nothing. */
  failed (peerId: PeerId): void {
    const isolated = this.#init.isIsolated()
    const failures = this.#retries.failed(peerId.toString(), this.#now(), isolated)
    // a configured peer may let us in only to throw us out
    this.#init.keepers.disconnected(peerId.toString(), false, this.#now(), isolated)
    // alone, it is rather this node that is gone: nobody is blamed
    if (isolated) return
    this.#components.addressBook.failed(peerId)
    if (failures >= CHECK_AFTER_FAILURES) this.#run(this.#check(peerId))
  }

  /** A connection ended; one that held begins the backoff anew. */
  disconnected (peerId: PeerId, stable: boolean, coolDownMs: number): void {
    const id = peerId.toString()
    if (stable) this.#retries.forget(id)
    if (coolDownMs > 0) this.#retries.coolDown(id, this.#now(), coolDownMs)
    else this.#retries.failed(id, this.#now(), this.#init.isIsolated())
    this.#init.keepers.disconnected(id, stable, this.#now(), this.#init.isIsolated())
  }

  /** Begins dials for the configured peers that are due and, at most `pace`, for `wanted` more; returns how many of those nobody could be found for. */
  fill (wanted: number, pace: number, outboundGroups: ReadonlySet<string>): number {
    if (this.#shutdown.signal.aborted) return 0
    const { keepers, isConnected } = this.#init
    for (const keeper of keepers.due(this.#now(), id => isConnected(id) || this.#dials.has(id), wanted > 0)) {
      this.#run(this.#dialKeeper(keeper))
    }
    const missing = wanted - this.expected
    const room = Math.min(pace, this.#init.maxDialing - this.#dials.size)
    if (missing <= 0 || room <= 0) return 0

    const plan = planDials({
      candidates: this.#candidates(room * 2).map(entry => ({ entry, group: this.#group(entry) })),
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
    const { addressBook } = this.#components
    const waiting = addressBook.nextToTest()
    const entry = waiting != null && this.#mayDial(waiting)
      ? waiting
      : addressBook.select(1, { table: 'new', filter: entry => this.#mayDial(entry) })[0]
    if (entry != null) this.#run(this.#dialEntry(entry, true))
  }

  /** Dials what the caller names. */
  async dial (target: PeerId | Multiaddr | Multiaddr[], signal?: AbortSignal): Promise<Connection> {
    const timeout = timeoutSignal(this.#init.clock, this.#init.dialTimeoutMs, signal == null ? this.#shutdown.signal : AbortSignal.any([signal, this.#shutdown.signal]))
    try {
      return await this.#components.connectionManager.openConnection(target, { signal: timeout.signal })
    } finally {
      timeout.clear()
    }
  }

  #candidates (count: number): BookEntry[] {
    const { addressBook } = this.#components
    const first = this.#first.map(peerId => addressBook.get(peerId)).filter(entry => entry != null)
    this.#first = []
    const filter = (entry: BookEntry): boolean => this.#mayDial(entry)
    // half from either table: neither a poisoned `new` nor a stale `tried` gets all the dials
    const tried = addressBook.select(count, { table: 'tried', filter })
    const fresh = addressBook.select(count, { table: 'new', filter })
    const mixed = Array.from({ length: Math.max(tried.length, fresh.length) }, (_, i) => [tried[i], fresh[i]]).flat()
    const seen = new Set<string>()
    return [...first.filter(filter), ...mixed]
      .filter(entry => entry != null)
      .filter(({ peerId }) => !seen.has(peerId.toString()) && seen.add(peerId.toString()))
  }

  #mayDial (entry: BookEntry): boolean {
    const id = entry.peerId.toString()
    if (this.#init.isConnected(id) || this.#dials.has(id) || this.#init.isUnwelcome(entry)) return false
    // configured peers have a schedule of their own
    if (this.#init.keepers.has(id)) return false
    if (!this.#retries.isDue(id, this.#now())) return false
    return this.#init.isIsolated() || this.#ipsOnHearsay(entry).every(ip => this.#now() - (this.#foreignIps.get(ip) ?? -Infinity) >= FOREIGN_IP_INTERVAL_MS)
  }

  /** Public IPs that would be dialled only because somebody said so. */
  #ipsOnHearsay (entry: BookEntry): string[] {
    if (entry.tried || entry.lastObservedMs > 0 || !HEARSAY.has(entry.source)) return []
    const facts = entry.multiaddrs.map(multiaddr => addressFacts(multiaddr, this.#init.netgroups))
    return [...new Set(facts.flatMap(({ scope, relayed, ip }) => scope === 'public' && !relayed && ip != null ? [ip] : []))]
  }

  async #dialEntry (entry: BookEntry, feeler: boolean): Promise<void> {
    const id = entry.peerId.toString()
    const table = entry.tried ? 'tried' : 'new'
    this.#dials.set(id, { group: this.#group(entry), expected: feeler ? 0 : this.#rates[table], feeler })
    for (const ip of this.#ipsOnHearsay(entry)) this.#foreignIps.set(ip, this.#now())
    this.#components.addressBook.attempted(entry.peerId)
    const answered = await this.#answers(withPeerId(entry.multiaddrs, id))
    this.#dials.delete(id)
    if (this.#shutdown.signal.aborted) return
    this.#rates = learnRate(this.#rates, table, answered)
    if (!answered) this.failed(entry.peerId)
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
      this.#init.keepers.unlearn(keeper)
      const retryInMs = this.#init.keepers.failed(keeper, this.#now(), this.#init.isIsolated())
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
    try {
      const circuits = this.#init.relays().slice(0, CHECK_RELAYS).map(relay => relay.encapsulate(`/p2p-circuit/p2p/${id}`))
      const attempts = [
        { verdict: 'direct' as const, targets: withPeerId(entry.multiaddrs, id) },
        ...circuits.map(circuit => ({ verdict: 'relayed' as const, targets: [circuit] }))
      ]
      for (const { verdict, targets } of attempts) {
        if (await this.#answers(targets)) {
          this.#init.onChecked(peerId, verdict)
          return
        }
      }
      // it may be this node that went off line meanwhile
      if (this.#shutdown.signal.aborted || this.#init.isIsolated()) return
      this.#components.addressBook.remove(peerId, 'gone')
      this.#init.onChecked(peerId, 'gone')
    } finally {
      this.#dials.delete(id)
    }
  }

  async #answers (targets: Multiaddr[]): Promise<boolean> {
    try {
      await this.dial(targets)
      return true
    } catch (err) {
      this.#init.log('no answer from %s: %s', targets.join(', '), describeError(err))
      return false
    }
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

/** libp2p wants the peer id on every address of a list, or on none. */
function withPeerId (multiaddrs: readonly Multiaddr[], id: string): Multiaddr[] {
  return multiaddrs.map(multiaddr => {
    const last = multiaddr.getComponents().at(-1)
    return last?.code === CODE_P2P && last.value === id ? multiaddr : multiaddr.encapsulate(`/p2p/${id}`)
  })
}
