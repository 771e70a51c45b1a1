import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { equals } from 'uint8arrays/equals'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { ShardsError } from '../errors.ts'
import type { PublicKey } from '@libp2p/interface'

/** Of an Ed25519 key as a libp2p PublicKey message: a header of 4 bytes, then the key. */
const KEY_HEADER = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
export const KEY_BYTES = 36
/** A peer id that has such a key inside: the multihash "identity", its length, the key. */
const IDENTITY_HEADER = Uint8Array.of(0x00, KEY_BYTES)

const MAX_KNOWN_KEYS = 1_024
const knownKeys = new BoundedMap<string, PublicKey>(MAX_KNOWN_KEYS)

/** As a libp2p PublicKey message. */
export function keyBytes (publicKey: PublicKey): Uint8Array {
  if (publicKey.type !== 'Ed25519') throw new ShardsError('SHARDS_INVALID', `a key of type ${publicKey.type}: vaults are signed with Ed25519 keys`)
  return publicKeyToProtobuf(publicKey)
}

/**
 * An Ed25519 key, whose signatures all implementations judge alike: in its canonical encoding, on the curve and of prime order
 * (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020). Throws `SHARDS_INVALID`.
 */
export function keyFromBytes (bytes: Uint8Array): PublicKey {
  const name = bytesToHex(bytes.subarray(0, KEY_BYTES + 1))
  const known = knownKeys.get(name)
  if (known != null) return known
  if (bytes.byteLength !== KEY_BYTES || !equals(bytes.subarray(0, KEY_HEADER.byteLength), KEY_HEADER) || !isPrimeOrder(bytes.subarray(KEY_HEADER.byteLength))) {
    throw new ShardsError('SHARDS_INVALID', `these ${bytes.byteLength} bytes are no Ed25519 key as a libp2p PublicKey message`)
  }
  const key = publicKeyFromProtobuf(bytes.slice())
  knownKeys.set(name, key)
  return key
}

/** The key in a peer id. Peers with other keys can own and open vaults, with a key of their own for that, and hold none. Throws `SHARDS_INVALID`. */
export function keyOfPeer (peer: Uint8Array): PublicKey {
  return keyFromBytes(keyBytesOfPeer(peer))
}

export function keyBytesOfPeer (peer: Uint8Array): Uint8Array {
  if (peer.byteLength !== IDENTITY_HEADER.byteLength + KEY_BYTES || !equals(peer.subarray(0, IDENTITY_HEADER.byteLength), IDENTITY_HEADER)) {
    throw new ShardsError('SHARDS_INVALID', `a peer id of ${peer.byteLength} bytes without an Ed25519 key inside`)
  }
  return peer.subarray(IDENTITY_HEADER.byteLength)
}

function isPrimeOrder (key: Uint8Array): boolean {
  try {
    const point = ed25519.Point.fromBytes(key)
    return !point.is0() && point.isTorsionFree()
  } catch {
    // not on the curve
    return false
  }
}
