import { peerIdFromString } from '@libp2p/peer-id'
import ipaddr from 'ipaddr.js'
import { BansError } from './bans-error.ts'
import type { BanKind, BanTarget } from './index.ts'

/** What can be banned or allowed, in its one canonical form. */
export interface Target {
  kind: BanKind
  key: string
  /** Of an IP or a prefix: the family, `4` or `6`, then its bits as `0` and `1`: whatever starts with them is in it. */
  bits?: string
}

/** What a ban reaches: a peer, what one customer has (an IP, an IPv6 /64), or more. */
export type Reach = 'peer' | 'host' | 'network'

type Ip = ipaddr.IPv4 | ipaddr.IPv6

const ALLOWED = 'give a peer id (12D3Koo..., Qm..., bafz...), an IP (192.0.2.7, 2001:db8::7) or a prefix (192.0.2.0/24, 2001:db8::/48)'
const MAX_SHOWN = 100
const HOST_BITS = { 4: 32, 6: 64 }
const WIDTH = { 4: 32, 6: 128 }
const DECIMAL_IP4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/
const BITS_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'))

/** Throws `BansError` (`BANS_TARGET_INVALID`). */
export function parseTarget (target: BanTarget): Target {
  if (typeof target !== 'string') return { kind: 'peer', key: target.toString() }
  const text = target.trim()
  const slash = text.indexOf('/')
  if (slash > 0) return parsePrefix(text, text.slice(0, slash), text.slice(slash + 1))
  const ip = parseIp(text)
  if (ip != null) return targetOf(bitsOf(ip))
  try {
    return { kind: 'peer', key: peerIdFromString(text).toString() }
  } catch (err) {
    throw invalid(target, 'is neither a peer id nor an IP nor a prefix', err)
  }
}

/** Of a key that is canonical already: that of a ban. */
export function targetOfKey (key: string): Target {
  // only IPs and prefixes have one of these; to decode a peer id takes long
  return key.includes('.') || key.includes(':') ? parseTarget(key) : { kind: 'peer', key }
}

/** The bits of an IP; undefined for what is none. */
export function bitsOfIp (text: string): string | undefined {
  const ip = parseIp(text)
  return ip == null ? undefined : bitsOf(ip)
}

/** The IP or prefix that has these bits. */
export function targetOf (bits: string): Target {
  const family = familyOf(bits)
  const length = bits.length - 1
  const bytes = Array.from({ length: WIDTH[family] / 8 }, (_, i) => Number.parseInt(bits.slice(1 + i * 8, 9 + i * 8).padEnd(8, '0'), 2))
  const ip = ipaddr.fromByteArray(bytes).toString()
  return length === WIDTH[family] ? { kind: 'ip', key: ip, bits } : { kind: 'prefix', key: `${ip}/${length}`, bits }
}

/** The first `length` bits, fewer when there are fewer. */
export function widened (bits: string, length: number): string {
  return bits.slice(0, 1 + length)
}

export function familyOf (bits: string): 4 | 6 {
  return bits.startsWith('4') ? 4 : 6
}

export function reachOf ({ bits }: Pick<Target, 'bits'>): Reach {
  if (bits == null) return 'peer'
  return bits.length - 1 >= HOST_BITS[familyOf(bits)] ? 'host' : 'network'
}

// not the parser for either, which throws and catches on its way, and takes '1' and '010.1.2.3' for IPv4 addresses
function parseIp (text: string): Ip | undefined {
  if (!text.includes(':')) return DECIMAL_IP4.test(text) && ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  const ip = ipaddr.IPv6.parse(text)
  return ip.isIPv4MappedAddress() ? ip.toIPv4Address() : ip
}

function parsePrefix (whole: string, address: string, length: string): Target {
  const ip = parseIp(address)
  if (ip == null || !/^\d{1,3}$/.test(length)) throw invalid(whole, 'is not a prefix in CIDR notation')
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24
  const mapped = ip.kind() === 'ipv4' && address.includes(':')
  const bits = Number(length) - (mapped ? 96 : 0)
  const width = WIDTH[ip.kind() === 'ipv4' ? 4 : 6]
  if (bits > width) throw invalid(whole, `has more than ${width + (mapped ? 96 : 0)} bits`)
  if (bits <= 0) throw invalid(whole, 'is everybody')
  const all = bitsOf(ip)
  const target = targetOf(widened(all, bits))
  if (all.includes('1', 1 + bits)) throw invalid(whole, `has bits set after the first ${bits}: did you mean ${target.key}?`)
  return target
}

function bitsOf (ip: Ip): string {
  let bits = ip.kind() === 'ipv4' ? '4' : '6'
  for (const byte of ip.toByteArray()) bits += BITS_OF_BYTE[byte]
  return bits
}

function invalid (target: string, what: string, cause?: unknown): BansError {
  const shown = target.length > MAX_SHOWN ? `${target.slice(0, MAX_SHOWN)}...` : target
  return new BansError('BANS_TARGET_INVALID', `"${shown}" ${what}: ${ALLOWED}`, { cause, details: { target: shown } })
}
