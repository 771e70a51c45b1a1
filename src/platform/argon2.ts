// by default import: Node 22 has no such function, and a named import of what is missing fails before anything runs
import crypto from 'node:crypto'
import { promisify } from 'node:util'

/** Argon2id (RFC 9106). */
export interface Argon2Cost {
  memoryKiB: number
  passes: number
  lanes: number
}

const native = (crypto as { argon2?: typeof crypto.argon2 }).argon2

/** 32 bytes from a passphrase: on another thread where Node can (24.7 and later), else here, about six times slower. */
export async function argon2id (passphrase: string, salt: Uint8Array, cost: Argon2Cost, { inJavaScript = native == null } = {}): Promise<Uint8Array> {
  // how a keyboard composes accents does not matter
  const message = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const { memoryKiB: memory, passes, lanes: parallelism } = cost
  try {
    if (native != null && !inJavaScript) return await promisify(native)('argon2id', { message, nonce: salt, parallelism, tagLength: 32, memory, passes })
    const { argon2idAsync } = await import('@noble/hashes/argon2.js')
    return await argon2idAsync(message, salt, { t: passes, m: memory, p: parallelism, dkLen: 32 })
  } finally {
    message.fill(0)
  }
}
