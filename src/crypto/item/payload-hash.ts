import { sha256 } from '@noble/hashes/sha2.js'

/** SHA-256 of what comes piece by piece: the name of an encrypted payload. */
export interface PayloadHash {
  update (bytes: Uint8Array): void
  /** Once, at the end: 32 bytes. */
  digest (): Uint8Array
}

export function payloadHash (): PayloadHash {
  const hash = sha256.create()
  return { update: bytes => { hash.update(bytes) }, digest: () => hash.digest() }
}
