import { encodeContext } from './context.ts'
import { ItemError } from './errors.ts'
import { pieces } from './pieces.ts'
import type { ItemContext } from './context.ts'

/** Plaintext in a chunk. Smaller ones cost more calls into WebCrypto than encryption: 64 KiB takes three times as long. */
export const DEFAULT_CHUNK_BYTES = 256 * 1024
export const MIN_CHUNK_BYTES = 1024
export const MAX_CHUNK_BYTES = 1024 * 1024
/** What a chunk is longer than its plaintext. */
export const CHUNK_TAG_BYTES = 16

const PAYLOAD = 'peerkeep-shards:payload'
const NONCE_BYTES = 12
const MAX_INDEX = 2 ** 32 - 1

/**
 * Encrypts a payload chunk by chunk in constant memory: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online
 * Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015) over AES-256-GCM. Every chunk has `chunkBytes` of
 * plaintext but the last, which has at least 1. Its nonce is 7 zero bytes, its index from 0 in 4 bytes (big-endian), and 1 for the
 * last, else 0; its associated data are suite, vault, version and `chunkBytes`. The same bytes under the same key give the same
 * chunks; **never encrypt two payloads under one key**. Rejects with `ITEM_EMPTY`, `ITEM_INVALID`, `ITEM_UNSUPPORTED`, and with
 * whatever the source does.
 */
export async function * encryptPayload (dataKey: Uint8Array, context: ItemContext, chunkBytes: number, source: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const { subtle, key, parameters } = await cipher(dataKey, context, chunkBytes, 'encrypt')
  for await (const { bytes, index, last } of pieces(source, chunkBytes)) {
    if (bytes.byteLength === 0) throw new ItemError('ITEM_EMPTY', 'an empty payload: there is nothing to encrypt')
    yield new Uint8Array(await subtle.encrypt(parameters(index, last), key, bytes as Uint8Array<ArrayBuffer>))
  }
}

/**
 * The plaintext in chunks. Every one that it gives is as it was encrypted and where it was; that it is all is known at the end
 * only: **use nothing of it before then**, or what can be taken back. Rejects with `ITEM_CORRUPT` as soon as a chunk is changed,
 * missing, repeated or of another payload, and at the end when the last is missing.
 */
export async function * decryptPayload (dataKey: Uint8Array, context: ItemContext, chunkBytes: number, source: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const { subtle, key, parameters } = await cipher(dataKey, context, chunkBytes, 'decrypt')
  for await (const { bytes, index, last } of pieces(source, chunkBytes + CHUNK_TAG_BYTES)) {
    if (bytes.byteLength <= CHUNK_TAG_BYTES) throw new ItemError('ITEM_CORRUPT', `the encrypted payload ends ${bytes.byteLength} bytes into chunk ${index}: it was cut`)
    let plaintext: ArrayBuffer
    try {
      plaintext = await subtle.decrypt(parameters(index, last), key, bytes as Uint8Array<ArrayBuffer>)
    } catch (err) {
      throw new ItemError('ITEM_CORRUPT', `chunk ${index} of the encrypted payload${last ? ', its last,' : ''} is not what was encrypted here: changed, cut, moved, or of another key, vault or version`, err)
    }
    yield new Uint8Array(plaintext)
  }
}

/** How long so many bytes are when they are encrypted. */
export function encryptedBytes (bytes: number, chunkBytes: number): number {
  return bytes + Math.ceil(bytes / chunkBytes) * CHUNK_TAG_BYTES
}

/** How many bytes are encrypted in so many; undefined for a length that no payload has. */
export function decryptedBytes (bytes: number, chunkBytes: number): number | undefined {
  const tags = Math.ceil(bytes / (chunkBytes + CHUNK_TAG_BYTES)) * CHUNK_TAG_BYTES
  return bytes > tags && encryptedBytes(bytes - tags, chunkBytes) === bytes ? bytes - tags : undefined
}

/** Throws `ITEM_INVALID`. */
export function checkChunkBytes (chunkBytes: number): void {
  if (Number.isInteger(chunkBytes) && chunkBytes >= MIN_CHUNK_BYTES && chunkBytes <= MAX_CHUNK_BYTES) return
  throw new ItemError('ITEM_INVALID', `chunks of ${chunkBytes} bytes: they have ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}`)
}

interface Cipher {
  subtle: SubtleCrypto
  key: CryptoKey
  parameters (index: number, last: boolean): AesGcmParams
}

async function cipher (dataKey: Uint8Array, context: ItemContext, chunkBytes: number, usage: 'encrypt' | 'decrypt'): Promise<Cipher> {
  checkChunkBytes(chunkBytes)
  if (dataKey.byteLength !== 32) throw new ItemError('ITEM_INVALID', `a data key of ${dataKey.byteLength} bytes: it has 32`)
  const additionalData = encodeContext(PAYLOAD, context, chunkBytes) as Uint8Array<ArrayBuffer>
  // browsers give it to pages that came by https, and to localhost
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined
  if (subtle == null) throw new ItemError('ITEM_UNSUPPORTED', 'there is no WebCrypto here: serve the page by https')
  const key = await subtle.importKey('raw', dataKey as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [usage])
  return { subtle, key, parameters: (index, last) => ({ name: 'AES-GCM', iv: nonceOf(index, last), additionalData, tagLength: CHUNK_TAG_BYTES * 8 }) }
}

function nonceOf (index: number, last: boolean): Uint8Array<ArrayBuffer> {
  if (index > MAX_INDEX) throw new ItemError('ITEM_INVALID', `a payload of more than ${MAX_INDEX} chunks`)
  const nonce = new Uint8Array(NONCE_BYTES)
  new DataView(nonce.buffer).setUint32(7, index)
  nonce[11] = last ? 1 : 0
  return nonce
}
