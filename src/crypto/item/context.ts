import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { ItemError } from './errors.ts'

const VAULT_BYTES = 32
const MAX_U32 = 2 ** 32 - 1

/** Which item this is. What is encrypted as one opens as no other. */
export interface ItemContext {
  /** Of the manifest, a u32. */
  suite: number
  /** Its id, 32 bytes. */
  vault: Uint8Array
  /** From 1, one more with each payload of the vault, a u32. */
  version: number
}

/** `label`, a zero byte, suite, vault, version and what else there is; numbers are 4 bytes, big-endian. Throws `ITEM_INVALID`. */
export function encodeContext (label: string, { suite, vault, version }: ItemContext, ...more: number[]): Uint8Array {
  if (vault.byteLength !== VAULT_BYTES) throw new ItemError('ITEM_INVALID', `a vault id of ${vault.byteLength} bytes: it has ${VAULT_BYTES}`)
  if (version === 0) throw new ItemError('ITEM_INVALID', 'an item of version 0: the first is 1')
  return concatBytes(utf8ToBytes(label), Uint8Array.of(0), u32(suite), vault, u32(version), ...more.map(u32))
}

function u32 (value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > MAX_U32) throw new ItemError('ITEM_INVALID', `${value} is no integer from 0 to ${MAX_U32}`)
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
