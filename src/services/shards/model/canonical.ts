import { sha256 } from '@noble/hashes/sha2.js'
import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'

interface MessageCodec<T> {
  encode (value: NoInfer<Partial<T>>): Uint8Array
  decode (bytes: Uint8Array): T
}

/**
 * Reads what is signed or hashed. There is one encoding of each value: fields ascending by number, none twice, defaults left out, varints
 * as short as can be, and none that this version does not know. Otherwise implementations could read different things in the same bytes,
 * and what a later version demands would be passed over. Throws `SHARDS_INVALID`.
 */
export function decodeCanonical<T extends object> (what: string, codec: MessageCodec<T>, bytes: Uint8Array): T {
  let value: T
  let again: Uint8Array
  try {
    // throws for numbers above 2^53 - 1, too, at the latest when they are encoded again
    value = codec.decode(bytes)
    again = codec.encode(value)
  } catch (err) {
    throw new ShardsError('SHARDS_INVALID', `${what} cannot be read`, { cause: err })
  }
  if (!equals(again, bytes)) throw new ShardsError('SHARDS_INVALID', `${what} has fields that are unknown, or another encoding than the shortest in order`)
  return value
}

/** SHA-256, by which everything names everything else. */
export function hashOf (bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}
