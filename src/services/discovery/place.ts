import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, CODE_P2P_CIRCUIT, multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** The address without the peer id at its end: two addresses of one place are the same text. */
export function placeOf (address: Multiaddr): string {
  const components = address.getComponents()
  return components.at(-1)?.code === CODE_P2P ? multiaddr(components.slice(0, -1)).toString() : address.toString()
}

/** Whose address it is, when it says so; a relay's id before `/p2p-circuit` does not. Throws on an id that is none. */
export function peerIdIn (address: Multiaddr): PeerId | undefined {
  const components = address.getComponents()
  const last = components.findLastIndex(({ code }) => code === CODE_P2P)
  const circuit = components.findLastIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  const id = last > circuit ? components[last]?.value : undefined
  return id == null ? undefined : peerIdFromString(id)
}
