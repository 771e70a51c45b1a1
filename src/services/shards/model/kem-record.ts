import { equals } from 'uint8arrays/equals'
import { KEY_BYTES } from '../../../crypto/sealing.ts'
import { ShardsError } from '../errors.ts'
import { KemRecord } from '../pb/shards.ts'
import { peerBytes } from '../peer-bytes.ts'
import { decodeCanonical } from './canonical.ts'
import { keyOfPeer } from './keys.ts'
import { verify } from './signed.ts'
import type { PeerId } from '@libp2p/interface'
import type { Signed } from '../pb/shards.ts'

/**
 * The X25519 key that sub-shares for this peer can be sealed to, as it signed, good at this time; undefined when there is none. Whoever
 * deals looks at the record itself: a key that somebody else named could be his own. Never rejects for what a record says.
 */
export async function readKemRecord (signed: Signed | undefined, peer: PeerId, nowMs: number): Promise<Uint8Array | undefined> {
  if (signed == null) return undefined
  try {
    const record = decodeCanonical('a KEM record', KemRecord, signed.content)
    const named = peerBytes(peer)
    if (!equals(record.peer, named) || record.key.byteLength !== KEY_BYTES || record.expiresMs <= nowMs) return undefined
    return await verify('kem', signed, keyOfPeer(named)) ? record.key : undefined
  } catch (err) {
    if (err instanceof ShardsError) return undefined
    throw err
  }
}
