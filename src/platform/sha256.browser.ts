import { sha256 } from '@noble/hashes/sha2.js'
import { toString } from 'uint8arrays/to-string'

/** SHA-256, as base64. Browsers' own only answers later. */
export function sha256Text (bytes: Uint8Array): string {
  return toString(sha256(bytes), 'base64')
}
