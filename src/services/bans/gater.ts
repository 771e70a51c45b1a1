import { addVeto } from '../../util/veto.ts'
import type { ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { BanCheck } from '../../components.ts'

export interface GaterRules {
  isDenied (target: { peerId?: PeerId, multiaddr?: Multiaddr }, where: BanCheck): boolean
  /** Its host is refused for now, whoever it is. */
  isThrottled (multiaddr: Multiaddr): boolean
  /** A handshake of this peer from there was refused after its cryptography. */
  refused (peerId: PeerId, multiaddr: Multiaddr): void
}

/**
 * Puts the bans into every hook of libp2p that knows enough, as early as it does: dials before they are made, inbound
 * connections by their address before any cryptography and by their peer id after it, relaying, and the peer store.
 * Returns how to take them out.
 */
export function installGater (gater: ConnectionGater, { isDenied, isThrottled, refused }: GaterRules): () => void {
  const leave = [
    addVeto(gater, 'denyDialPeer', peerId => isDenied({ peerId }, 'dial')),
    addVeto(gater, 'denyDialMultiaddr', multiaddr => isDenied({ multiaddr }, 'dial')),
    addVeto(gater, 'denyInboundConnection', ({ remoteAddr }) => isDenied({ multiaddr: remoteAddr }, 'inbound') || isThrottled(remoteAddr)),
    addVeto(gater, 'denyInboundEncryptedConnection', (peerId, { remoteAddr }) => {
      const denied = isDenied({ peerId, multiaddr: remoteAddr }, 'inbound')
      if (denied) refused(peerId, remoteAddr)
      return denied
    }),
    // dialled without a peer id, only now it is known
    addVeto(gater, 'denyOutboundEncryptedConnection', (peerId, { remoteAddr }) => isDenied({ peerId, multiaddr: remoteAddr }, 'dial')),
    addVeto(gater, 'denyInboundRelayReservation', peerId => isDenied({ peerId }, 'relay')),
    addVeto(gater, 'denyOutboundRelayedConnection', (source, destination) => [source, destination].some(peerId => isDenied({ peerId }, 'relay'))),
    addVeto(gater, 'denyInboundRelayedConnection', (relay, remote) => [relay, remote].some(peerId => isDenied({ peerId }, 'inbound'))),
    addVeto(gater, 'filterMultiaddrForPeer', (peerId, multiaddr) => isDenied({ peerId, multiaddr }, 'address-book'), 'keeps')
  ]
  return () => { for (const leaveOne of leave) leaveOne() }
}
