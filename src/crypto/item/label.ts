import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { pad, unpad } from '../padding.ts'
import { lock, unlock } from '../secret-box.ts'
import { ItemError } from './errors.ts'
import type { Rng } from '../../util/rng.ts'

/** In UTF-8. */
export const MAX_LABEL_BYTES = 256

/**
 * Encrypts a vault's name for its owner: 304 bytes, however short it is, 336 at most. The key comes from the seed of the owner's Ed25519
 * key by HKDF, so whoever has that reads it, and nobody else. Rejects with `ITEM_INVALID` for one that is too long.
 */
export async function sealLabel (ownerSeed: Uint8Array, vault: Uint8Array, text: string, rng: Rng): Promise<Uint8Array> {
  const bytes = utf8ToBytes(text)
  if (bytes.byteLength > MAX_LABEL_BYTES) throw new ItemError('ITEM_INVALID', `a label of ${bytes.byteLength} bytes: it has ${MAX_LABEL_BYTES} at most`)
  return await lock(ownerSeed, nameOf(vault), pad(bytes), rng)
}

/** Rejects with `ITEM_CORRUPT` for one of another owner or vault, or changed. */
export async function openLabel (ownerSeed: Uint8Array, vault: Uint8Array, sealed: Uint8Array): Promise<string> {
  let bytes: Uint8Array | undefined
  try {
    bytes = unpad(await unlock(ownerSeed, nameOf(vault), sealed))
    if (bytes != null) return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (err) {
    throw new ItemError('ITEM_CORRUPT', `a label of ${sealed.byteLength} bytes does not open: of another owner or vault, or changed`, err)
  }
  throw new ItemError('ITEM_CORRUPT', `a label of ${sealed.byteLength} bytes opens to what no label is padded to`)
}

function nameOf (vault: Uint8Array): string {
  return `peerkeep-shards:label:${bytesToHex(vault)}`
}
