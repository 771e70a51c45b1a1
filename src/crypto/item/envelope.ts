import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { withChance } from '../threshold/chance.ts'
import { encapsulate } from '../threshold/kem.ts'
import { encodeContext } from './context.ts'
import { ItemError } from './errors.ts'
import { checkChunkBytes } from './payload.ts'
import type { Rng } from '../../util/rng.ts'
import type { ItemContext } from './context.ts'

const DATA_KEY_BYTES = 32
/** The data key and a tag of 16 bytes. */
export const WRAPPED_KEY_BYTES = DATA_KEY_BYTES + 16

const POINT_BYTES = 32
const WRAP = 'peerkeep-shards:wrap'
// a key made of a fresh point encrypts one message: the nonce need not differ
const NONCE = new Uint8Array(12)

/** A data key that only who can multiply `encapsulation` by the vault's scalar finds again. */
export interface WrappedKey {
  /** R = r.G, 32 bytes. */
  encapsulation: Uint8Array
  /** 48 bytes. */
  wrappedKey: Uint8Array
}

/** What a manifest says of an item, but for its payload. */
export interface SealedItem extends WrappedKey {
  version: number
  chunkBytes: number
}

/**
 * A new data key, and the same wrapped for the vault: a KEM-DEM hybrid (Cramer, Shoup, "Design and Analysis of Practical
 * Public-Key Encryption Schemes", 2003) with hashed ElGamal as the KEM. One data key is for one payload: wipe it when that is
 * encrypted. Throws `ITEM_INVALID`, and what `encapsulate` throws: for what is no public key, or no source of chance.
 */
export function sealItem (publicKey: Uint8Array, context: ItemContext, chunkBytes: number, rng: Rng): { item: SealedItem, dataKey: Uint8Array } {
  checkChunkBytes(chunkBytes)
  const dataKey = newDataKey(rng)
  try {
    return { item: { version: context.version, chunkBytes, ...rewrap(dataKey, publicKey, context, rng) }, dataKey }
  } catch (err) {
    dataKey.fill(0)
    throw err
  }
}

/** The same data key under another public key, for a rotation: the payload stays as it is, and so do suite, vault and version. */
export function rewrap (dataKey: Uint8Array, publicKey: Uint8Array, context: ItemContext, rng: Rng): WrappedKey {
  checkLength('data key', dataKey, DATA_KEY_BYTES)
  const { encapsulation, sharedPoint } = encapsulate(publicKey, rng)
  const { key, info } = wrappingKey(sharedPoint, encapsulation, context)
  try {
    return { encapsulation, wrappedKey: chacha20poly1305(key, NONCE, info).encrypt(dataKey) }
  } finally {
    key.fill(0)
    sharedPoint.fill(0)
  }
}

/** The data key, from s.R as `combinePartials` gives it. Throws `ITEM_KEY_INVALID` when a bit of anything differs. */
export function openDataKey (sharedPoint: Uint8Array, { encapsulation, wrappedKey }: WrappedKey, context: ItemContext): Uint8Array {
  checkLength('shared point', sharedPoint, POINT_BYTES)
  checkLength('encapsulation', encapsulation, POINT_BYTES)
  checkLength('wrapped key', wrappedKey, WRAPPED_KEY_BYTES)
  // everybody knows what the identity, which is encoded as zeros, makes of any R
  if (sharedPoint.every(byte => byte === 0)) throw new ItemError('ITEM_KEY_INVALID', 'the shared point is the identity: this is no vault\'s')
  const { key, info } = wrappingKey(sharedPoint, encapsulation, context)
  try {
    return chacha20poly1305(key, NONCE, info).decrypt(wrappedKey)
  } catch (err) {
    throw new ItemError('ITEM_KEY_INVALID', `the data key of version ${context.version} does not unwrap: its bytes were changed, or the shared point is of another vault, item or scalar`, err)
  } finally {
    key.fill(0)
  }
}

function wrappingKey (sharedPoint: Uint8Array, encapsulation: Uint8Array, context: ItemContext): { key: Uint8Array, info: Uint8Array } {
  const info = encodeContext(WRAP, context)
  return { key: hkdf(sha256, sharedPoint, encapsulation, info, DATA_KEY_BYTES), info }
}

/** Two are drawn, and one is used: what gives the same twice is no source of chance. */
function newDataKey (rng: Rng): Uint8Array {
  return withChance(rng, chance => {
    const dataKey = chance.bytes(DATA_KEY_BYTES)
    chance.bytes(DATA_KEY_BYTES).fill(0)
    return dataKey
  })
}

function checkLength (what: string, bytes: Uint8Array, length: number): void {
  if (bytes.byteLength !== length) throw new ItemError('ITEM_INVALID', `a ${what} of ${bytes.byteLength} bytes: it has ${length}`)
}
