import { CODE_DNSADDR, multiaddr } from '@multiformats/multiaddr'
import ipaddr from 'ipaddr.js'
import { AppError } from '../../../errors.ts'
import { peerIdIn } from '../place.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Sighting } from '../index.ts'

/** Where to ask, and the port of peers that are found as plain IP addresses. */
export interface DnsSeed {
  name: string
  port: number
}

export const DEFAULT_PORT = 4_701
/** Of each answer, and in all for a seed. */
export const MAX_RECORDS = 64
const MAX_RECORD_CHARS = 255
const PREFIX = 'dnsaddr='
const MAX_NAME_CHARS = 253
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i

/** Not `<name>` or `<name>:<port>`. */
export class DnsSeedInvalidError extends AppError {
  constructor (seed: string) {
    super('DISCOVERY_DNS_SEED_INVALID', `the DNS seed ${JSON.stringify(seed)} is neither a name nor name:port: write it as in seed.example.org:${DEFAULT_PORT}`, { details: { seed } })
  }
}

/** `seed.example.org` or `seed.example.org:4701`. Throws `DnsSeedInvalidError`. */
export function parseSeed (seed: string): DnsSeed {
  const match = /^([^:/\s]+?)\.?(?::(\d{1,5}))?$/.exec(seed.trim())
  const name = match?.[1] ?? ''
  const port = Number(match?.[2] ?? DEFAULT_PORT)
  if (port < 1 || port > 65_535 || !isName(name)) throw new DnsSeedInvalidError(seed)
  return { name, port }
}

function isName (text: string): boolean {
  // an IP address is no name: all labels of it are digits
  return text.length <= MAX_NAME_CHARS && text.split('.').every(label => LABEL.test(label)) && /[a-z]/i.test(text)
}

/** The addresses in TXT records of the form `dnsaddr=<multiaddr>`; other records are somebody else's. */
export function addressesIn (records: readonly string[]): Multiaddr[] {
  return records
    .slice(0, MAX_RECORDS)
    .filter(record => record.length <= MAX_RECORD_CHARS && record.startsWith(PREFIX))
    .flatMap(record => parseAddress(record.slice(PREFIX.length)) ?? [])
}

/** `undefined` for what is no multiaddr, or names a peer with an id that is none. */
function parseAddress (text: string): Multiaddr | undefined {
  try {
    const address = multiaddr(text)
    peerIdIn(address)
    return address.getComponents().length === 0 ? undefined : address
  } catch {
    return undefined
  }
}

/** What a `/dnsaddr` address asks for: the name, and how the addresses found there must end. */
export function dnsaddrIn (address: Multiaddr): { name: string, suffix: string } | undefined {
  const [first, ...rest] = address.getComponents()
  if (first?.code !== CODE_DNSADDR || first.value == null || !isName(first.value)) return undefined
  return { name: first.value, suffix: rest.length === 0 ? '' : multiaddr(rest).toString() }
}

/** A and AAAA records as addresses at this port; what is no IP address is left out. */
export function addressesAt (ips: readonly string[], port: number): Multiaddr[] {
  return ips.slice(0, MAX_RECORDS).filter(ip => ipaddr.isValid(ip) && !ip.includes('%')).map(ip => {
    const { value, family } = canonical(ip)
    return multiaddr(`/${family}/${value}/tcp/${port}`)
  })
}

function canonical (ip: string): { value: string, family: 'ip4' | 'ip6' } {
  const parsed = ipaddr.process(ip)
  return { value: parsed.toString(), family: parsed.kind() === 'ipv4' ? 'ip4' : 'ip6' }
}

/** One sighting a peer, and one for each address without a peer id. */
export function sightingsOf (addresses: readonly Multiaddr[]): Sighting[] {
  const byPeer = new Map<string, Sighting>()
  for (const address of addresses.slice(0, MAX_RECORDS)) {
    const peerId = peerIdIn(address)
    const key = peerId?.toString() ?? address.toString()
    const sighting = byPeer.get(key) ?? { ...peerId == null ? {} : { peerId }, multiaddrs: [] }
    if (!sighting.multiaddrs.some(known => known.equals(address))) sighting.multiaddrs.push(address)
    byPeer.set(key, sighting)
  }
  return [...byPeer.values()]
}
