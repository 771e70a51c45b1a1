import { ItemError } from '../../../crypto/item/errors.ts'
import { payloadHash } from '../../../crypto/item/payload-hash.ts'
import { decryptPayload, decryptedBytes, encryptPayload, encryptedBytes } from '../../../crypto/item/payload.ts'
import { ShardsError } from '../errors.ts'
import type { ItemContext } from '../../../crypto/item/context.ts'
import type { Item } from '../pb/shards.ts'

/** Of a payload in one frame. */
export const PIECE_BYTES = 60 * 1024

/** As holders keep it. */
export interface EncryptedPayload {
  bytes: Uint8Array
  hash: Uint8Array
}

export async function encrypted (secret: Uint8Array, dataKey: Uint8Array, context: ItemContext, chunkBytes: number): Promise<EncryptedPayload> {
  const bytes = new Uint8Array(encryptedBytes(secret.byteLength, chunkBytes))
  const hash = payloadHash()
  let offset = 0
  for await (const chunk of encryptPayload(dataKey, context, chunkBytes, secret)) {
    bytes.set(chunk, offset)
    hash.update(chunk)
    offset += chunk.byteLength
  }
  return { bytes, hash: hash.digest() }
}

/** The secret, when all of it is there. Rejects with `SHARDS_CORRUPT`. */
export async function decrypted (bytes: Uint8Array, dataKey: Uint8Array, context: ItemContext, { chunkBytes }: Pick<Item, 'chunkBytes'>): Promise<Uint8Array> {
  const length = decryptedBytes(bytes.byteLength, chunkBytes)
  if (length == null) throw new ShardsError('SHARDS_CORRUPT', `an encrypted payload of ${bytes.byteLength} bytes in chunks of ${chunkBytes}: there is none of that length`)
  const secret = new Uint8Array(length)
  let offset = 0
  try {
    for await (const chunk of decryptPayload(dataKey, context, chunkBytes, bytes)) {
      secret.set(chunk, offset)
      offset += chunk.byteLength
      chunk.fill(0)
    }
  } catch (err) {
    secret.fill(0)
    if (!(err instanceof ItemError)) throw err
    throw new ShardsError('SHARDS_CORRUPT', 'the payload does not open with the key that the holders gave, though it is the one that the owner signed for', { cause: err })
  }
  return secret
}
