import { RateLimiter } from './rate-limiter.ts'
import type { RateLimiterInit } from './rate-limiter.ts'
import type { AddressFacts } from '../util/netgroup.ts'

/** What a subnet has, in hosts. */
const HOSTS_PER_SUBNET = 4

/**
 * A budget that everybody at one public host shares (IPv4 address, IPv6 /64), and one of four times as much for its subnet:
 * a new peer id costs nothing, an address does. One local network, or one relay, is not one attacker: those are free.
 */
export class CrowdLimiter {
  readonly #hosts: RateLimiter
  readonly #subnets: RateLimiter

  /** The rate is that of a host. */
  constructor ({ perSecond, burst, ...init }: RateLimiterInit) {
    this.#hosts = new RateLimiter({ perSecond, burst, ...init })
    this.#subnets = new RateLimiter({ perSecond: perSecond * HOSTS_PER_SUBNET, burst: burst * HOSTS_PER_SUBNET, ...init })
  }

  get hosts (): number {
    return this.#hosts.size
  }

  get subnets (): number {
    return this.#subnets.size
  }

  /** False when host or subnet have used theirs up. What a host is refused costs its subnet nothing. */
  take ({ scope, relayed, host, subnet }: AddressFacts): boolean {
    if (relayed || scope !== 'public' || host == null) return true
    return this.#hosts.take(host) && this.#subnets.take(subnet)
  }
}
