import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { SealingError } from './sealing.ts'
import type { Rng } from '../util/rng.ts'

const SALT_BYTES = 32
const NONCE = new Uint8Array(12)
const KEY_BYTES = 32

/**
 * Encrypts what rests on a disk under a secret that does not: 32 bytes of salt, then ChaCha20Poly1305 (RFC 8439) under a key of
 * its own, made by HKDF-SHA256 (RFC 5869) from the secret, the salt and the name. The name is not stored.
 */
export async function lock (secret: Uint8Array, name: string, plaintext: Uint8Array, rng: Rng): Promise<Uint8Array> {
  const salt = rng.bytes(SALT_BYTES)
  // one key, one message: the nonce need not differ
  const ciphertext = chacha20poly1305(keyOf(secret, name, salt), NONCE, utf8ToBytes(name)).encrypt(plaintext)
  const locked = new Uint8Array(SALT_BYTES + ciphertext.byteLength)
  locked.set(salt)
  locked.set(ciphertext, SALT_BYTES)
  return locked
}

/** Rejects with `SEALING_OPEN_FAILED` when secret, name or bytes are not those of `lock`. */
export async function unlock (secret: Uint8Array, name: string, locked: Uint8Array): Promise<Uint8Array> {
  try {
    return chacha20poly1305(keyOf(secret, name, locked.subarray(0, SALT_BYTES)), NONCE, utf8ToBytes(name)).decrypt(locked.subarray(SALT_BYTES))
  } catch (err) {
    throw new SealingError('SEALING_OPEN_FAILED', `${locked.byteLength} bytes under the name ${name} do not open: locked with another secret, or damaged`, err)
  }
}

function keyOf (secret: Uint8Array, name: string, salt: Uint8Array): Uint8Array {
  return hkdf(sha256, secret, salt, utf8ToBytes(name), KEY_BYTES)
}
