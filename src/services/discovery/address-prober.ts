import { describeError } from '../../errors.ts'
import { timeoutSignal } from '../../util/clock.ts'
import { placeOf } from './place.ts'
import { RecentKeys } from './recent-keys.ts'
import type { Logger } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../util/clock.ts'
import type { Pool } from '../pool/index.ts'
import type { DiscoveryComponents } from './index.ts'

export type AddressProberComponents = Pick<DiscoveryComponents, 'addressBook' | 'addressManager' | 'connectionManager' | 'pool'>

export const MAX_DIALING = 8
const AGAIN_AFTER_MS = 60_000
const MAX_RECENT = 4_096
const MAX_ADDRESSES = 16
// above the pool's own limit, in case that one was raised by much
const DIAL_TIMEOUT_MS = 30_000

export function wantsPeers (pool: Pick<Pool, 'state' | 'wanted'>): boolean {
  return pool.wanted() > 0 || pool.state === 'isolated'
}

/** Dials addresses to learn whose they are. What a dial teaches goes into the address book by the pool. */
export class AddressProber {
  readonly #components: AddressProberComponents
  readonly #clock: Clock
  readonly #log: Logger
  readonly #recent: RecentKeys
  readonly #dialing = new Set<Promise<void>>()

  constructor (components: AddressProberComponents, { clock, log }: { clock: Clock, log: Logger }) {
    this.#components = components
    this.#clock = clock
    this.#log = log
    this.#recent = new RecentKeys({ clock, windowMs: AGAIN_AFTER_MS, maxKeys: MAX_RECENT })
  }

  get gauges (): { dialing: number, recentAddresses: number } {
    return { dialing: this.#dialing.size, recentAddresses: this.#recent.size }
  }

  /** Resolves when the dial has begun or was needless, which paces the source. The addresses are of one place. */
  async probe (multiaddrs: Multiaddr[], signal: AbortSignal): Promise<void> {
    while (this.#dialing.size >= MAX_DIALING) await Promise.race(this.#dialing)
    signal.throwIfAborted()
    if (!wantsPeers(this.#components.pool)) return
    const taken = this.#takenPlaces()
    const candidates = multiaddrs.slice(0, MAX_ADDRESSES)
    if (candidates.some(address => taken.has(placeOf(address)))) return
    const fresh = candidates.filter(address => this.#recent.claim(placeOf(address)))
    if (fresh.length === 0) return
    const dial = this.#dial(fresh, signal).finally(() => { this.#dialing.delete(dial) })
    this.#dialing.add(dial)
  }

  /** Resolves when no dial is under way; abort their signal first. */
  async settled (): Promise<void> {
    await Promise.all(this.#dialing)
  }

  async #dial (multiaddrs: Multiaddr[], signal: AbortSignal): Promise<void> {
    const timeout = timeoutSignal(this.#clock, DIAL_TIMEOUT_MS, signal)
    try {
      const connection = await this.#components.pool.dial(multiaddrs, { signal: timeout.signal })
      this.#log('%a is %p', connection.remoteAddr, connection.remotePeer)
    } catch (err) {
      // nobody there is the usual answer of a probe
      this.#log('nobody at %s: %s', multiaddrs.join(', '), describeError(err))
      // alone, whoever starts there next is needed: again as soon as the source says so again
      if (this.#components.pool.state !== 'connected') for (const address of multiaddrs) this.#recent.release(placeOf(address))
    } finally {
      timeout.clear()
    }
  }

  /** Where this node is, and where its peers are: dialled from there, or said by the book to listen there. */
  #takenPlaces (): Set<string> {
    const { addressBook, addressManager, connectionManager } = this.#components
    const addresses = addressManager.getAddresses()
    for (const { remoteAddr, remotePeer } of connectionManager.getConnections()) {
      addresses.push(remoteAddr, ...addressBook.get(remotePeer)?.multiaddrs ?? [])
    }
    return new Set(addresses.map(placeOf))
  }
}
