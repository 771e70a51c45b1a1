import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { Delegation, Right, Signed } from '../pb/shards.ts'
import { decodeCanonical } from './canonical.ts'
import { keyBytes, keyFromBytes } from './keys.ts'
import { DELEGATION_ID_BYTES, HASH_BYTES } from './manifest.ts'
import { sign, verify } from './signed.ts'
import type { PrivateKey, PublicKey } from '@libp2p/interface'
import type { Rng } from '../../../util/rng.ts'
import type { VaultRight } from '../index.ts'

const RIGHTS: Record<VaultRight, Right> = { open: Right.OPEN, export: Right.EXPORT, audit: Right.AUDIT, list: Right.LIST }
/** Two signatures, and what is between them. */
const MAX_DELEGATION_BYTES = 512

export interface DelegationInit {
  vault: Uint8Array
  subject: PublicKey
  rights: readonly VaultRight[]
  expiresMs: number
}

/** A capability for another key, as an encoded Signed Delegation: nobody can use it but who has that key. Rejects with `SHARDS_INVALID`. */
export async function makeDelegation ({ vault, subject, rights, expiresMs }: DelegationInit, ownerKey: PrivateKey, rng: Rng): Promise<Uint8Array> {
  const content = Delegation.encode({
    id: rng.bytes(DELEGATION_ID_BYTES),
    vault,
    subject: keyBytes(subject),
    rights: Object.entries(RIGHTS).flatMap(([right, value]) => rights.includes(right as VaultRight) ? [value] : []),
    expiresMs
  })
  decodeDelegation(content)
  return Signed.encode(await sign('delegation', content, ownerKey))
}

/** Reads a delegation and checks that this owner (a libp2p PublicKey message) signed it; not whether it has expired or is revoked. Rejects with `SHARDS_INVALID`. */
export async function readDelegation (bytes: Uint8Array, owner: Uint8Array): Promise<Delegation> {
  const { signed, delegation } = decodeSigned(bytes)
  if (!await verify('delegation', signed, keyFromBytes(owner))) throw invalid('the owner did not sign it')
  return delegation
}

/** What a delegation says, by whomever. Throws `SHARDS_INVALID`. */
export function peekDelegation (bytes: Uint8Array): Delegation {
  return decodeSigned(bytes).delegation
}

/** Whether it lets the key do that with that vault, now. */
export function allows (delegation: Delegation, right: VaultRight, { vault, signer, revoked, nowMs }: { vault: Uint8Array, signer: Uint8Array, revoked: readonly Uint8Array[], nowMs: number }): boolean {
  return equals(delegation.vault, vault) && equals(delegation.subject, signer) && delegation.rights.includes(RIGHTS[right]) &&
    nowMs < delegation.expiresMs && !revoked.some(id => equals(id, delegation.id))
}

function decodeSigned (bytes: Uint8Array): { signed: Signed, delegation: Delegation } {
  if (bytes.byteLength > MAX_DELEGATION_BYTES) throw invalid(`${bytes.byteLength} bytes, over ${MAX_DELEGATION_BYTES}`)
  const signed = decodeCanonical('a signed delegation', Signed, bytes)
  return { signed, delegation: decodeDelegation(signed.content) }
}

function decodeDelegation (content: Uint8Array): Delegation {
  const delegation = decodeCanonical('a delegation', Delegation, content)
  const { id, vault, subject, rights, expiresMs } = delegation
  if (id.byteLength !== DELEGATION_ID_BYTES || vault.byteLength !== HASH_BYTES) throw invalid(`an id of ${id.byteLength} bytes, for a vault id of ${vault.byteLength}`)
  keyFromBytes(subject)
  const order = Object.values(Right)
  if (rights.length === 0 || rights.some((right, i) => right === Right.UNKNOWN_RIGHT || (i > 0 && order.indexOf(right) <= order.indexOf(rights[i - 1] ?? right)))) throw invalid('its rights are not some of those there are, ascending')
  if (expiresMs < 1) throw invalid('it expires at no time')
  return delegation
}

function invalid (reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a delegation that cannot be used: ${reason}`)
}
