import { BoundedMap } from '../../util/bounded-map.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { MAX_THROTTLED, THROTTLE_MS, THROTTLE_REFUSALS, THROTTLE_WINDOW_MS } from './constants.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { NetgroupOptions } from '../../util/netgroup.ts'

export interface ThrottleInit {
  netgroups: NetgroupOptions
  isAllowed (ip: string): boolean
  /** Whether somebody good was seen at this host lately. */
  isShared (host: string): boolean
}

interface Host {
  /** The refused handshakes that count. */
  refusals: Array<{ peer: string, timeMs: number }>
  untilMs: number
}

/**
 * Refuses hosts whose handshakes had to be refused time and again before the next one: with cryptography a refusal costs
 * five times as much. What the throttle itself refuses does not count. Even so a single banned peer that never gives up keeps
 * its whole host out for nearly all the time, with three handshakes a minute: where somebody good was seen it counts once,
 * and an allowed address is never refused. Times are monotonic.
 */
export class Throttle {
  readonly #init: ThrottleInit
  readonly #hosts = new BoundedMap<string, Host>(MAX_THROTTLED)

  constructor (init: ThrottleInit) {
    this.#init = init
  }

  get size (): number {
    return this.#hosts.size
  }

  /** A handshake of this peer from there was refused after its cryptography. */
  refused (peer: string, multiaddr: Multiaddr, nowMs: number): void {
    const host = this.#hostOf(multiaddr)
    if (host == null) return
    const isShared = this.#init.isShared(host)
    const recent = (this.#hosts.get(host)?.refusals ?? []).filter(refusal => nowMs - refusal.timeMs < THROTTLE_WINDOW_MS && !(isShared && refusal.peer === peer))
    const refusals = [...recent, { peer, timeMs: nowMs }]
    const count = isShared ? new Set(refusals.map(({ peer }) => peer)).size : refusals.length
    this.#hosts.set(host, count < THROTTLE_REFUSALS ? { refusals, untilMs: 0 } : { refusals: [], untilMs: nowMs + THROTTLE_MS })
  }

  /** The host that is refused for now, if this address is there. */
  throttles (multiaddr: Multiaddr, nowMs: number): string | undefined {
    const host = this.#hosts.size === 0 ? undefined : this.#hostOf(multiaddr)
    return host != null && (this.#hosts.get(host)?.untilMs ?? 0) > nowMs ? host : undefined
  }

  /** How many hosts are refused for now. */
  throttled (nowMs: number): number {
    let count = 0
    for (const [, { untilMs }] of this.#hosts) if (untilMs > nowMs) count++
    return count
  }

  /** Nobody is throttled for a relay's, a local or an allowed address. */
  #hostOf (multiaddr: Multiaddr): string | undefined {
    const { scope, relayed, ip, host } = addressFacts(multiaddr, this.#init.netgroups)
    return relayed || scope !== 'public' || ip == null || this.#init.isAllowed(ip) ? undefined : host
  }
}
