import { CODE_P2P, multiaddr } from '@multiformats/multiaddr'
import { addressFacts } from '../../util/netgroup.ts'
import { MAX_ADDRESSES, MAX_ADDRESSES_READ, MAX_ADDRESS_BYTES } from './constants.ts'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { AddressFacts, NetgroupOptions } from '../../util/netgroup.ts'

/** An address of a peer and what vouches for it. */
export interface BookAddress {
  /** Without the peer's own `/p2p/<id>`. */
  readonly multiaddr: Multiaddr
  /** It stands in the peer's signed record. */
  readonly certified: boolean
  /** The last dial that got through, 0 for never. */
  readonly lastSuccessMs: number
}

/** What of a word can be kept: without `/p2p/<id>`, no empty, overlong or repeated addresses, none of another peer, at most 16. */
export function usableAddresses (multiaddrs: readonly Multiaddr[], id: string): Multiaddr[] {
  const usable = new Map<string, Multiaddr>()
  for (const address of multiaddrs.slice(0, MAX_ADDRESSES_READ)) {
    if (usable.size === MAX_ADDRESSES) break
    const place = withoutPeer(address, id)
    if (place != null && place.bytes.byteLength <= MAX_ADDRESS_BYTES) usable.set(place.toString(), place)
  }
  return [...usable.values()]
}

/** Undefined when the address leads to another peer, or nowhere. */
function withoutPeer (address: Multiaddr, id: string): Multiaddr | undefined {
  const components = address.getComponents()
  const last = components.at(-1)
  if (last == null) return undefined
  if (last.code !== CODE_P2P) return address
  return last.value === id && components.length > 1 ? multiaddr(components.slice(0, -1)) : undefined
}

/**
 * The addresses after somebody's word. A signed record replaces what an older one said; whatever vouches more comes
 * first, so that hearsay cannot push out an address that was signed or that worked.
 */
export function mergeAddresses (known: readonly BookAddress[], said: readonly Multiaddr[], certified: boolean): BookAddress[] {
  const before = new Map(known.map(address => [address.multiaddr.toString(), address]))
  const fresh = said.map((place): BookAddress => {
    const text = place.toString()
    const old = before.get(text)
    before.delete(text)
    return { multiaddr: old?.multiaddr ?? detached(place), certified: certified || old?.certified === true, lastSuccessMs: old?.lastSuccessMs ?? 0 }
  })
  const kept = [...before.values()].filter(address => !certified || !address.certified)
  return ranked([...fresh, ...kept])
}

/** The addresses after a dial to one of them got through. */
export function provenAddress (known: readonly BookAddress[], proven: Multiaddr, nowMs: number): BookAddress[] {
  const text = proven.toString()
  const old = known.find(({ multiaddr }) => multiaddr.toString() === text)
  return ranked([{ multiaddr: old?.multiaddr ?? detached(proven), certified: old?.certified === true, lastSuccessMs: nowMs }, ...known.filter(address => address !== old)])
}

export function sameAddresses (a: readonly BookAddress[], b: readonly BookAddress[]): boolean {
  return a.length === b.length && a.every((one, i) => {
    const other = b[i]
    return other != null && one.certified === other.certified && one.lastSuccessMs === other.lastSuccessMs &&
      one.multiaddr.toString() === other.multiaddr.toString()
  })
}

/** The facts of the address that says most about where a peer is: public before local, direct before relayed. */
export function bestFacts (multiaddrs: readonly Multiaddr[], options: NetgroupOptions): AddressFacts | undefined {
  let best: AddressFacts | undefined
  for (const address of multiaddrs) {
    const facts = addressFacts(address, options)
    if (best == null || quality(facts) > quality(best)) best = facts
    if (quality(best) === 3) break
  }
  return best
}

function quality ({ scope, relayed, ip }: AddressFacts): number {
  if (relayed) return 0
  if (scope !== 'public') return 1
  // whoever owns a domain has as many names as they like
  return ip == null ? 2 : 3
}

/** A parsed address is made of views into the message it came in, and would keep all of that in memory. */
function detached (address: Multiaddr): Multiaddr {
  return multiaddr(address.getComponents().map(({ code, name, value }) => ({ code, name, value })))
}

function ranked (addresses: BookAddress[]): BookAddress[] {
  // stable: within a rank the newest word comes first
  return addresses
    .sort((a, b) => b.lastSuccessMs - a.lastSuccessMs || Number(b.certified) - Number(a.certified))
    .slice(0, MAX_ADDRESSES)
}
