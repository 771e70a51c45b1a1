import { CrowdLimiter } from '../../wire/crowd-limiter.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { addVeto } from '../../util/veto.ts'
import { GLARE_WINDOW_MS, MAX_REMEMBERED, MAX_SURPLUS, RELAY_ACCEPT_RATE } from './constants.ts'
import { isOverLimit } from './demand.ts'
import { Handshakes } from './handshakes.ts'
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../util/clock.ts'
import type { AddressFacts, NetgroupOptions } from '../../util/netgroup.ts'
import type { PoolLimits } from './index.ts'
import type { PeerTable } from './peers.ts'

export interface GateInit {
  clock: Clock
  netgroups: NetgroupOptions
  self: PeerId
  peers: PeerTable
  limits (): PoolLimits
  /** It has misbehaved: neither let in nor dialled for a while. */
  isTurnedAway (peerId: PeerId, multiaddr?: Multiaddr): boolean
  /** Better such a peer than nobody. */
  isIsolated (): boolean
  /** Whether this node is dialling that peer now. */
  isDialing (id: string): boolean
}

/** Refuses connections as early as libp2p lets it: what can be told from the address before any cryptography. */
export class Gate {
  readonly #init: GateInit
  readonly #handshakes = new Handshakes()
  #leave: Array<() => void> = []
  /** What comes through one relay, which cannot tell the ids of one machine from many machines either. */
  readonly #relays: RateLimiter
  #accepts: CrowdLimiter

  constructor (init: GateInit) {
    this.#init = init
    this.#relays = new RateLimiter({ ...RELAY_ACCEPT_RATE, clock: init.clock, maxKeys: MAX_REMEMBERED })
    this.#accepts = this.#limiter()
  }

  get gauges (): Record<string, number> {
    return { acceptRates: this.#accepts.hosts, subnetRates: this.#accepts.subnets, relayRates: this.#relays.size, handshakes: this.#handshakes.size }
  }

  /** The accept rate has changed. */
  reset (): void {
    this.#accepts = this.#limiter()
  }

  /** Adds its say to that of the bans and of the user's own gater. */
  install (gater: ConnectionGater): void {
    this.#leave = [
      addVeto(gater, 'denyInboundConnection', connection => this.#deniesAddress(connection)),
      addVeto(gater, 'denyInboundEncryptedConnection', (peerId, { remoteAddr }) => this.#deniesPeer(peerId, remoteAddr)),
      // not only the pool dials: the DHT, autonat and dcutr do for whoever asks
      addVeto(gater, 'denyDialPeer', peerId => this.#deniesDial(peerId)),
      addVeto(gater, 'denyOutboundEncryptedConnection', (peerId, { remoteAddr }) => this.#deniesDial(peerId, remoteAddr)),
      // no veto: it is here that libp2p tells of the end of a handshake
      addVeto(gater, 'denyInboundUpgradedConnection', (_, connection) => {
        this.#handshakes.done(connection)
        return false
      })
    ]
  }

  uninstall (): void {
    for (const leave of this.#leave.splice(0)) leave()
    this.#handshakes.clear()
  }

  #deniesAddress (connection: MultiaddrConnection): boolean {
    const { limits, netgroups, peers, clock } = this.#init
    const { inbound, outbound } = peers.occupancy()
    if (isOverLimit({ inbound: inbound + 1, outbound }, limits()) && peers.surplus() >= MAX_SURPLUS) return true
    const facts = addressFacts(connection.remoteAddr, netgroups)
    if (facts.relayed && facts.scope === 'public' && !this.#relays.take(facts.relay ?? facts.host ?? facts.group)) return true
    return this.#isCrowded(facts) || !this.#handshakes.begin(connection, facts, clock.monotonic())
  }

  #isCrowded (facts: AddressFacts): boolean {
    if (!this.#accepts.take(facts)) return true
    const { scope, relayed, host, subnet } = facts
    if (relayed || scope !== 'public' || host == null) return false
    const { limits, peers } = this.#init
    const { maxPerIp, maxPerSubnet } = limits()
    // handshakes count, too, or those that begin together would all get in
    return peers.inboundFrom('host', host) + this.#handshakes.from('host', host) >= maxPerIp ||
      peers.inboundFrom('subnet', subnet) + this.#handshakes.from('crowd', subnet) >= maxPerSubnet
  }

  #deniesDial (peerId: PeerId, multiaddr?: Multiaddr): boolean {
    return this.#init.isTurnedAway(peerId, multiaddr) && !this.#init.isIsolated()
  }

  #deniesPeer (peerId: PeerId, multiaddr: Multiaddr): boolean {
    const { self, peers, clock, isDialing, isTurnedAway } = this.#init
    if (isTurnedAway(peerId, multiaddr)) return true
    // one that is leaving holds no slot: it may come again when it has left
    if (peers.get(peerId)?.goodbye != null) return true
    // Both dial each other: the connection dialled by the smaller id stays. An older one may be dead, then this one replaces it.
    if (!isSmaller(self, peerId)) return false
    const id = peerId.toString()
    const known = peers.get(id)
    const young = known != null && known.direction === 'outbound' && clock.monotonic() - known.openedMs < GLARE_WINDOW_MS
    return young || (known == null && isDialing(id))
  }

  #limiter (): CrowdLimiter {
    return new CrowdLimiter({ ...this.#init.limits().acceptRate, clock: this.#init.clock, maxKeys: MAX_REMEMBERED })
  }
}

/** The order by which two nodes agree on one of two connections. */
export function isSmaller (a: PeerId, b: PeerId): boolean {
  return a.toString() < b.toString()
}
