import { RateLimiter } from '../../wire/rate-limiter.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { GLARE_WINDOW_MS, MAX_REMEMBERED, MAX_SURPLUS } from './constants.ts'
import { isOverLimit } from './demand.ts'
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Bans } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { PoolLimits } from './index.ts'
import type { PeerTable } from './peers.ts'

export interface GateInit {
  clock: Clock
  netgroups: NetgroupOptions
  self: PeerId
  peers: PeerTable
  limits (): PoolLimits
  bans (): Bans
  /** Whether this node is dialling that peer now. */
  isDialing (id: string): boolean
}

type Hook = 'denyDialPeer' | 'denyDialMultiaddr' | 'denyInboundConnection' | 'denyInboundEncryptedConnection'

/** Refuses connections as early as libp2p lets it: what can be told from the address before any cryptography. */
export class Gate {
  readonly #init: GateInit
  readonly #before = new Map<Hook, ConnectionGater[Hook]>()
  #accepts: RateLimiter

  constructor (init: GateInit) {
    this.#init = init
    this.#accepts = this.#limiter()
  }

  get size (): number {
    return this.#accepts.size
  }

  /** The accept rate has changed. */
  reset (): void {
    this.#accepts = this.#limiter()
  }

  /** Puts its hooks before those that the user's gater has: either may refuse. */
  install (gater: ConnectionGater): void {
    const chain = <H extends Hook>(name: H, own: (...args: Parameters<NonNullable<ConnectionGater[H]>>) => boolean): void => {
      const before = gater[name]
      this.#before.set(name, before)
      const hook = async (...args: Parameters<NonNullable<ConnectionGater[H]>>): Promise<boolean> => {
        if (own(...args)) return true
        return await (before as ((...args: unknown[]) => Promise<boolean> | boolean) | undefined)?.apply(gater, args) ?? false
      }
      gater[name] = hook as ConnectionGater[H]
    }
    chain('denyDialPeer', (peerId) => this.#init.bans().isDenied({ peerId }))
    chain('denyDialMultiaddr', (multiaddr) => this.#init.bans().isDenied({ multiaddr }))
    chain('denyInboundConnection', ({ remoteAddr }) => this.#deniesAddress(remoteAddr))
    chain('denyInboundEncryptedConnection', (peerId, { remoteAddr }) => this.#deniesPeer(peerId, remoteAddr))
  }

  uninstall (gater: ConnectionGater): void {
    for (const [name, before] of this.#before) Object.assign(gater, { [name]: before })
    this.#before.clear()
  }

  #deniesAddress (multiaddr: Multiaddr): boolean {
    const { bans, limits, netgroups, peers } = this.#init
    if (bans().isDenied({ multiaddr })) return true
    const { inbound, outbound } = peers.occupancy()
    if (isOverLimit({ inbound: inbound + 1, outbound }, limits()) && peers.surplus() >= MAX_SURPLUS) return true
    const { scope, relayed, ip, subnet } = addressFacts(multiaddr, netgroups)
    // one relay, or one local network, is not one attacker
    if (relayed || scope !== 'public' || ip == null) return false
    const { maxPerIp, maxPerSubnet } = limits()
    return !this.#accepts.take(ip) || peers.inboundFrom('ip', ip) >= maxPerIp || peers.inboundFrom('subnet', subnet) >= maxPerSubnet
  }

  #deniesPeer (peerId: PeerId, multiaddr: Multiaddr): boolean {
    const { bans, self, peers, clock, isDialing } = this.#init
    if (bans().isDenied({ peerId, multiaddr })) return true
    // one that is leaving holds no slot: it may come again when it has left
    if (peers.get(peerId)?.goodbye != null) return true
    // Both dial each other: the connection dialled by the smaller id stays. An older one may be dead, then this one replaces it.
    if (!isSmaller(self, peerId)) return false
    const id = peerId.toString()
    const known = peers.get(id)
    const young = known != null && known.direction === 'outbound' && clock.monotonic() - known.openedMs < GLARE_WINDOW_MS
    return young || (known == null && isDialing(id))
  }

  #limiter (): RateLimiter {
    return new RateLimiter({ ...this.#init.limits().acceptRate, clock: this.#init.clock, maxKeys: MAX_REMEMBERED })
  }
}

/** The order by which two nodes agree on one of two connections. */
export function isSmaller (a: PeerId, b: PeerId): boolean {
  return a.toString() < b.toString()
}
