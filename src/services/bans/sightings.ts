import { addressFacts } from '../../util/netgroup.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { MAX_HOSTS_ASKED, MAX_SEEN, SPREAD_WINDOW_MS } from './constants.ts'
import { targetOf, targetOfKey, widened } from './target.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { Target } from './target.ts'

/** Where a peer was seen with its own address: never through a relay. */
export interface Sighting {
  ip: string
  /** The IPv4 address, the IPv6 /64. */
  host: string
  /** IPv4 /24, IPv6 /48, if it is not local. */
  subnet: string
  /** Of this machine or a local network. */
  local: boolean
  timeMs: number
}

interface Seen {
  firstMs: number
  /** The latest. */
  sighting?: Sighting
}

/** Who is connected, and where peers came from of late. */
export class Sightings {
  readonly #netgroups: NetgroupOptions
  readonly #seen = new BoundedMap<string, Seen>(MAX_SEEN)
  readonly #connected = new Map<string, number>()

  constructor (netgroups: NetgroupOptions) {
    this.#netgroups = netgroups
  }

  get size (): number {
    return this.#seen.size
  }

  /** Peers connected now. */
  get connected (): number {
    return this.#connected.size
  }

  opened ({ remotePeer, remoteAddr }: Connection, nowMs: number): void {
    const id = remotePeer.toString()
    if (!this.#connected.has(id)) this.#connected.set(id, nowMs)
    const { scope, relayed, ip, host, subnet } = addressFacts(remoteAddr, this.#netgroups)
    const known = this.#seen.get(id)
    const sighting = relayed || ip == null || host == null ? known?.sighting : { ip, host, subnet, local: scope !== 'public', timeMs: nowMs }
    this.#seen.set(id, { firstMs: known?.firstMs ?? nowMs, sighting })
  }

  closed (peerId: PeerId): void {
    this.#connected.delete(peerId.toString())
  }

  clear (): void {
    this.#connected.clear()
  }

  /** Milliseconds since its first connection that is still there; 0 when there is none. */
  connectedFor (peer: string, nowMs: number): number {
    return nowMs - (this.#connected.get(peer) ?? nowMs)
  }

  /** Milliseconds since its first connection that is remembered; 0 when there is none. */
  knownFor (peer: string, nowMs: number): number {
    return nowMs - (this.#seen.get(peer)?.firstMs ?? nowMs)
  }

  get (peer: string, nowMs: number): Sighting | undefined {
    const sighting = this.#seen.get(peer)?.sighting
    return sighting != null && nowMs - sighting.timeMs < SPREAD_WINDOW_MS ? sighting : undefined
  }

  /** Hosts within an IPv6 /48 or a part of it that somebody was seen at: of the connected, then the latest of the /48, as many as may be asked about. */
  hostsIn ({ bits = '' }: Target): Set<string> {
    const around = targetOf(widened(bits, 48)).key
    const latest = new Set<string>()
    for (const [, { sighting }] of this.#seen) {
      if (sighting?.subnet !== around) continue
      latest.delete(sighting.host)
      latest.add(sighting.host)
    }
    const hosts = new Set<string>()
    const look = (host: string): void => { if (targetOfKey(host).bits?.startsWith(bits) === true) hosts.add(host) }
    // whoever rotates through addresses does not push out those who stay
    for (const peer of this.#connected.keys()) {
      const sighting = this.#seen.get(peer)?.sighting
      if (sighting?.subnet === around && hosts.size < MAX_HOSTS_ASKED / 2) look(sighting.host)
    }
    for (const host of [...latest].slice(-MAX_HOSTS_ASKED / 2)) look(host)
    return hosts
  }
}
