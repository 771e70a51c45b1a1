import type { MulticastDNSComponents, MulticastDNSInit } from '@libp2p/mdns'
import type { PeerDiscovery } from '@libp2p/interface'
import type { UPnPNAT, UPnPNATComponents } from '@libp2p/upnp-nat'

/** Multicast DNS, loaded only when used. */
export async function loadMdns (init: MulticastDNSInit): Promise<(components: MulticastDNSComponents) => PeerDiscovery> {
  const { mdns } = await import('@libp2p/mdns')
  return mdns(init)
}

/** Port forwarding by the router, loaded only when used. */
export async function loadUpnp (): Promise<(components: UPnPNATComponents) => UPnPNAT> {
  const { uPnPNAT } = await import('@libp2p/upnp-nat')
  return uPnPNAT()
}
