import { addressFacts, hasName } from './netgroup.ts'
import type { NetgroupOptions } from './netgroup.ts'
import type { Multiaddr } from '@multiformats/multiaddr'

/** How far an address, or a peer at it, reaches: this machine, a local network, the internet. */
export type Reach = 0 | 1 | 2

const REACH = { none: 0, loopback: 0, private: 1, public: 2 } as const

/** How far the link to this address goes: for one behind a relay, to the relay. */
export function reachOfLink (remoteAddr: Multiaddr, options: NetgroupOptions = {}): Reach {
  return REACH[addressFacts(remoteAddr, options).scope]
}

/** Where a connected peer is. One behind a relay could be anywhere, so it gets, and gives, only what anybody can use. */
export function reachOfPeer (remoteAddr: Multiaddr, options: NetgroupOptions = {}): Reach {
  const { scope, relayed } = addressFacts(remoteAddr, options)
  return relayed ? 2 : REACH[scope]
}

/** The addresses that mean the same place to a peer of that reach as to this node: loopback is told to loopback only. */
export function usableAddresses (multiaddrs: readonly Multiaddr[], reach: Reach, options: NetgroupOptions = {}): Multiaddr[] {
  return multiaddrs.filter(address => REACH[addressFacts(address, options).scope] >= reach)
}

/**
 * What counts of a peer's addresses when somebody else tells them: no DNS names but those that are `known` already, as
 * a name could make this node ask for hosts of its own network. A peer may tell its own over its own connection.
 */
export function hearsay (multiaddrs: readonly Multiaddr[], known: readonly Multiaddr[] = []): Multiaddr[] {
  const names = new Set(known.map(String))
  return multiaddrs.filter(address => !hasName(address) || names.has(address.toString()))
}

/** Whether the peer was seen at an IP that one of these addresses names. Without IPs on both sides (memory transport) there is nothing to compare. */
export function vouchesFor (remoteAddr: Multiaddr, multiaddrs: readonly Multiaddr[]): boolean {
  const remote = addressFacts(remoteAddr)
  if (remote.relayed) return false
  return multiaddrs.some(address => {
    const { relayed, ip } = addressFacts(address)
    return !relayed && ip === remote.ip
  })
}

/** The reach of the most widely usable address, or `undefined` for none. */
export function widestReach (multiaddrs: readonly Multiaddr[], options: NetgroupOptions = {}): Reach | undefined {
  const reaches = multiaddrs.map(address => REACH[addressFacts(address, options).scope])
  return reaches.length === 0 ? undefined : Math.max(...reaches) as Reach
}
