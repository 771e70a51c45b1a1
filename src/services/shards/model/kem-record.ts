import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { KEY_BYTES } from '../../../crypto/sealing.ts'
import { ShardsError } from '../errors.ts'
import { KemRecord } from '../pb/shards.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { decodeCanonical } from './canonical.ts'
import { keyOfPeer } from './keys.ts'
import { verify } from './signed.ts'
import type { PeerId } from '@libp2p/interface'
import type { Signed } from '../pb/shards.ts'

/** 2^255 - 19, least significant byte first. */
const PRIME = new Uint8Array(KEY_BYTES).fill(0xff).with(0, 0xed).with(31, 0x7f)
/** The u of the points of small order (Bernstein, "Curve25519", 2006), of which every shared secret is zero; p - 1 is one, too. */
const SMALL_ORDER = [
  new Uint8Array(KEY_BYTES),
  new Uint8Array(KEY_BYTES).with(0, 1),
  PRIME.with(0, 0xec),
  fromString('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'base16'),
  fromString('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157', 'base16')
]

/** Whether something can be sealed to an X25519 key: in its one encoding, below the prime, and not of small order. */
export function canSealTo (key: Uint8Array): boolean {
  if (key.byteLength !== KEY_BYTES || SMALL_ORDER.some(point => equals(point, key))) return false
  return compare(key.toReversed(), PRIME.toReversed()) < 0
}

/**
 * The X25519 key that sub-shares for this peer can be sealed to, as it signed, good at this time; undefined when there is none. Whoever
 * deals looks at the record itself: a key that somebody else named could be his own. Never rejects for what a record says.
 */
export async function readKemRecord (signed: Signed | undefined, peer: PeerId, nowMs: number): Promise<Uint8Array | undefined> {
  if (signed == null) return undefined
  try {
    const record = decodeCanonical('a KEM record', KemRecord, signed.content)
    const named = peerBytes(peer)
    if (!equals(record.peer, named) || !canSealTo(record.key) || record.expiresMs <= nowMs) return undefined
    return await verify('kem', signed, keyOfPeer(named)) ? record.key : undefined
  } catch (err) {
    if (err instanceof ShardsError) return undefined
    throw err
  }
}
