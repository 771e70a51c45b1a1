import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { MessagingError } from '../messaging-error.ts'
import { withoutPeer } from './reaching.ts'
import type { PeerId } from '@libp2p/interface'
import type { MailboxPlace } from './card.ts'

/** A peer id, or a multiaddr that ends in one. Throws `MESSAGING_PEER_INVALID`. */
export function readPlace (peer: PeerId | string): MailboxPlace {
  if (typeof peer !== 'string') return { peerId: peer, multiaddrs: [] }
  try {
    if (!peer.startsWith('/')) return { peerId: peerIdFromString(peer), multiaddrs: [] }
    const address = multiaddr(peer)
    const last = address.getComponents().at(-1)
    if (last?.name !== 'p2p' || last.value == null) throw new Error('it does not end in /p2p/<peer id>')
    return { peerId: peerIdFromString(last.value), multiaddrs: [withoutPeer(address)] }
  } catch (err) {
    throw new MessagingError('MESSAGING_PEER_INVALID', `"${peer}" names no peer: give a peer id, or a multiaddr that ends in /p2p/<peer id>`, { cause: err })
  }
}
