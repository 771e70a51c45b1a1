import { peerIdFromString } from '@libp2p/peer-id'
import { toString } from 'uint8arrays/to-string'
import type { PeerId } from '@libp2p/interface'

/** No peer id in use is longer: an Ed25519 one has 38 bytes, one of another key is a hash of 34. */
const MAX_PEER_BYTES = 64

/** A peer id as its multihash. */
export function peerBytes (peerId: PeerId): Uint8Array {
  return peerId.toMultihash().bytes
}

/** Throws for what is no peer id. */
export function peerFromBytes (bytes: Uint8Array): PeerId {
  if (bytes.byteLength > MAX_PEER_BYTES) throw new Error(`${bytes.byteLength} bytes are no peer id`)
  return peerIdFromString(toString(bytes, 'base58btc'))
}
