import { multiaddr } from '@multiformats/multiaddr'
import { hearsay, usableAddresses } from '../../../util/reach.ts'
import type { PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Reach } from '../../../util/reach.ts'
import type { CallTarget } from '../../protocols/index.ts'

/** Where to call a peer, in this order: over a connection that is there, at the addresses, wherever the node finds it. */
export function targetsOf (connectionManager: Pick<ConnectionManager, 'getConnections'>, peerId: PeerId, multiaddrs: readonly Multiaddr[]): CallTarget[] {
  const connected = connectionManager.getConnections(peerId).find(({ status, limits }) => status === 'open' && limits == null)
  if (connected != null) return [connected]
  return multiaddrs.length === 0 ? [peerId] : [multiaddrs.map(address => withPeer(address, peerId)), peerId]
}

/** The addresses of a third party that a card names, as far as its teller may choose where this node dials: see `util/reach.ts`. */
export function dialable (multiaddrs: readonly Multiaddr[], reach: Reach): Multiaddr[] {
  return usableAddresses(hearsay(multiaddrs), reach).filter(address => !isRelayed(address))
}

export function isRelayed (address: Multiaddr): boolean {
  return address.getComponents().some(({ name }) => name === 'p2p-circuit')
}

/** Without `/p2p`. */
export function withoutPeer (address: Multiaddr): Multiaddr {
  const last = address.getComponents().at(-1)
  return last?.name === 'p2p' ? address.decapsulateCode(last.code) : address
}

function withPeer (address: Multiaddr, peerId: PeerId): Multiaddr {
  return withoutPeer(address).encapsulate(multiaddr(`/p2p/${peerId.toString()}`))
}
