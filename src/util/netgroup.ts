import { CODE_P2P, CODE_P2P_CIRCUIT } from '@multiformats/multiaddr'
import ipaddr from 'ipaddr.js'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Where an address leads: this machine, a local network, the internet, or something without an IP (memory, a DNS name is public). */
export type AddressScope = 'loopback' | 'private' | 'public' | 'none'

/** What the limits need to know of an address. */
export interface AddressFacts {
  scope: AddressScope
  /** True for `/p2p-circuit`: `ip` is then the relay's and says nothing about the peer. */
  relayed: boolean
  /** Peer id of the relay, where the address tells it. */
  relay?: string
  /** Canonical IP; IPv4-mapped IPv6 becomes IPv4. Absent for names and for transports without one. */
  ip?: string
  /** What one machine or one customer has: the IPv4 address, the IPv6 /64. Absent like `ip`. */
  host?: string
  /** Netgroup: IPv4 /16, IPv6 /32, a name as a whole. Local and IP-less addresses are a group each. */
  group: string
  /** Subnet: IPv4 /24, IPv6 /48. Local and IP-less addresses are a subnet each. */
  subnet: string
}

export interface NetgroupOptions {
  /** Treat loopback and private addresses like public ones. For attack tests and shared hosting. Default false. */
  localAsPublic?: boolean
}

const IP_PROTOCOLS = new Set(['ip4', 'ip6'])
const NAME_PROTOCOLS = new Set(['dns', 'dns4', 'dns6', 'dnsaddr'])
// 'unicast' is what ipaddr.js calls an address in none of the special ranges
const TUNNEL_RANGES = new Set(['6to4', 'teredo', 'rfc6052'])

/** Pure and total: any multiaddr has facts. Ranges as in the IANA special-purpose registries (RFC 6890). */
export function addressFacts (address: Multiaddr, options: NetgroupOptions = {}): AddressFacts {
  const components = address.getComponents()
  const circuit = components.findLastIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  const relayed = circuit >= 0
  const relay = components.slice(0, Math.max(0, circuit)).findLast(({ code }) => code === CODE_P2P)?.value
  const via = relay == null ? { relayed } : { relayed, relay }
  const named = components.find(({ name }) => IP_PROTOCOLS.has(name) || NAME_PROTOCOLS.has(name))
  // without the peer id, so that an address and its /p2p form are one place
  const place = components.filter(({ name }) => name !== 'p2p').map(({ name, value }) => `${name}/${value ?? ''}`).join('/')

  if (named?.value == null) return { scope: 'none', ...via, group: place, subnet: place }
  if (NAME_PROTOCOLS.has(named.name)) {
    const name = `name:${named.value.toLowerCase()}`
    return { scope: 'public', ...via, group: name, subnet: name }
  }
  if (!ipaddr.isValid(named.value)) return { scope: 'none', ...via, group: place, subnet: place }

  const ip = ipaddr.process(named.value)
  const scope = scopeOf(ip)
  const text = ip.toString()
  const host = ip.kind() === 'ipv4' ? text : prefix(ip, 32, 64)
  if (scope !== 'public' && options.localAsPublic !== true) return { scope, ...via, ip: text, host, group: place, subnet: place }
  return { scope: options.localAsPublic === true ? 'public' : scope, ...via, ip: text, host, group: prefix(ip, 16, 32), subnet: prefix(ip, 24, 48) }
}

/** Whether somebody has to ask the DNS to dial it. */
export function hasName (address: Multiaddr): boolean {
  return address.getComponents().some(({ name }) => NAME_PROTOCOLS.has(name))
}

function scopeOf (ip: ipaddr.IPv4 | ipaddr.IPv6): AddressScope {
  const range = ip.range()
  if (range === 'loopback') return 'loopback'
  return range === 'unicast' || TUNNEL_RANGES.has(range) ? 'public' : 'private'
}

function prefix (ip: ipaddr.IPv4 | ipaddr.IPv6, bits4: number, bits6: number): string {
  const bits = ip.kind() === 'ipv4' ? bits4 : bits6
  const bytes = ip.toByteArray().map((byte, i) => byte & mask(bits - i * 8))
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`
}

function mask (bits: number): number {
  if (bits >= 8) return 0xff
  return bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff
}
