import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { verificationsOf } from '../../../crypto/threshold/verification.ts'
import { ShardsError } from '../errors.ts'
import { Change, Manifest, State } from '../pb/shards.ts'
import { decodeCanonical, hashOf } from './canonical.ts'
import { keyFromBytes, keyOfPeer } from './keys.ts'
import { MAX_HOLDERS, MIN_THRESHOLD } from './quorum.ts'
import type { Holder, Item, Policy } from '../pb/shards.ts'

export const SUITE = 1
export const POLICY_VERSION = 1
export const HASH_BYTES = 32
export const POINT_BYTES = 32
export const NONCE_BYTES = 16
export const WRAPPED_KEY_BYTES = 48
export const DELEGATION_ID_BYTES = 16
/** Encrypted. */
export const MAX_LABEL_BYTES = 1_024
export const MAX_REVOKED = 64
export const MAX_INDEX = 65_535
export const MIN_CHUNK_BYTES = 1_024
export const MAX_CHUNK_BYTES = 1_048_576
/** A manifest of 64 holders, a threshold of 64, and all that it may have, is smaller. */
export const MAX_MANIFEST_BYTES = 16_384

const MAX_U32 = 2 ** 32 - 1
/** The tag of the field `suite`, which is the first of every manifest. */
const SUITE_TAG = 0x08

/** Whose vault it is follows from its id. `owner` is a libp2p PublicKey message, `nonce` 16 random bytes. */
export function vaultId (owner: Uint8Array, nonce: Uint8Array): Uint8Array {
  return hashOf(concatBytes(utf8ToBytes('peerkeep-shards:vault\0'), owner, nonce))
}

export function manifestHash (bytes: Uint8Array): Uint8Array {
  return hashOf(bytes)
}

/** Throws `SHARDS_INVALID` for what no reader takes. */
export function encodeManifest (manifest: Manifest): Uint8Array {
  const bytes = Manifest.encode(manifest)
  readManifest(bytes)
  return bytes
}

/**
 * A manifest with every limit checked, and every verification computed from the commitments; not who signed it, nor what was before it.
 * Takes some milliseconds. Throws `SHARDS_INVALID`; `SHARDS_UNSUPPORTED` for another suite or policy version.
 */
export function readManifest (bytes: Uint8Array): Manifest {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) throw invalid(`${bytes.byteLength} bytes, over ${MAX_MANIFEST_BYTES}`)
  // before it is decoded: of another suite nothing else is known
  if (bytes[0] === SUITE_TAG && bytes[1] !== SUITE) throw new ShardsError('SHARDS_UNSUPPORTED', `a vault of suite ${bytes[1]}: this version reads ${SUITE} only, a later one may read it`)
  const manifest = decodeCanonical('a manifest', Manifest, bytes)
  check(manifest)
  checkVerifications(manifest)
  return manifest
}

function check (manifest: Manifest): void {
  const { suite, vault, owner, nonce, seq, prev, epoch, transcript, label, revoked, issuedMs, expiresMs, state, change } = manifest
  if (suite !== SUITE) throw invalid('no suite')
  keyFromBytes(owner)
  length('nonce', nonce, NONCE_BYTES)
  if (!equals(vault, vaultId(owner, nonce))) throw invalid('the vault id is not that of owner and nonce')
  if (seq < 1 || epoch < 1 || epoch > seq) throw invalid(`seq ${seq}, epoch ${epoch}: both count from 1, and the epoch never faster`)
  if (change === Change.UNKNOWN_CHANGE || state === State.UNKNOWN_STATE) throw invalid('change or state is missing')
  if ((change === Change.GENESIS) !== (seq === 1)) throw invalid(`seq ${seq} with ${change}: the first, and only the first, is ${Change.GENESIS}`)
  length('hash of the manifest before', prev, seq === 1 ? 0 : HASH_BYTES)
  length('hash of the transcript', transcript, HASH_BYTES)
  if (issuedMs < 1 || (expiresMs !== 0 && expiresMs <= issuedMs)) throw invalid(`issued at ${issuedMs}, expires at ${expiresMs}`)
  if (label.byteLength > MAX_LABEL_BYTES) throw invalid(`a label of ${label.byteLength} bytes, over ${MAX_LABEL_BYTES}`)
  if (revoked.length > MAX_REVOKED) throw invalid(`${revoked.length} revoked delegations, over ${MAX_REVOKED}`)
  for (const id of revoked) length('id of a delegation', id, DELEGATION_ID_BYTES)
  checkSharing(manifest)
  for (const { verification, kemKey } of manifest.holders) {
    point('verification', verification)
    length('KEM key', kemKey, POINT_BYTES)
  }
  if (manifest.commitments.length !== manifest.threshold) throw invalid(`${manifest.commitments.length} commitments for a threshold of ${manifest.threshold}`)
  checkItem(manifest.item)
  checkPolicy(manifest.policy)
}

/** Threshold, indices and peers: of a manifest, or of a proposal. Throws `SHARDS_INVALID`. */
export function checkSharing ({ threshold, holders }: { threshold: number, holders: readonly Holder[] }): void {
  const n = holders.length
  if (n > MAX_HOLDERS) throw invalid(`${n} holders, over ${MAX_HOLDERS}`)
  if (threshold < MIN_THRESHOLD || threshold > n) throw invalid(`a threshold of ${threshold} of ${n} holders: from ${MIN_THRESHOLD} to all of them`)
  let last = 0
  for (const { index } of holders) {
    if (index <= last || index > MAX_INDEX) throw invalid(`index ${index} after ${last}: indices ascend, from 1 to ${MAX_INDEX}`)
    last = index
  }
  const peers = holders.map(({ peer }) => peer).sort(compare)
  for (const [i, peer] of peers.entries()) {
    keyOfPeer(peer)
    const next = peers[i + 1]
    if (next != null && equals(peer, next)) throw invalid('one peer twice among the holders')
  }
}

function checkItem (item: Item | undefined): void {
  if (item == null) throw invalid('no item')
  const { version, encapsulation, wrappedKey, payload, bytes, chunkBytes } = item
  if (version < 1 || version > MAX_U32) throw invalid(`version ${version} of the item`)
  point('encapsulation', encapsulation)
  length('wrapped key', wrappedKey, WRAPPED_KEY_BYTES)
  length('hash of the payload', payload, HASH_BYTES)
  if (bytes < 1) throw invalid('an empty payload')
  if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES) throw invalid(`pieces of ${chunkBytes} bytes: from ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}`)
}

function checkPolicy (policy: Policy | undefined): void {
  if (policy == null) throw invalid('no policy')
  if (policy.version !== POLICY_VERSION) throw new ShardsError('SHARDS_UNSUPPORTED', `a policy of version ${policy.version}: this version reads ${POLICY_VERSION} only, a later one may read it`)
  const { auditEveryMs, lostAfterMs, opensPerHour } = policy
  for (const [name, value] of Object.entries({ auditEveryMs, lostAfterMs, opensPerHour })) {
    if (value < 1) throw invalid(`${name} is ${value}`)
  }
}

function checkVerifications ({ commitments, holders }: Manifest): void {
  let expected: Uint8Array[]
  try {
    expected = verificationsOf(commitments, holders.map(({ index }) => index))
  } catch (err) {
    throw new ShardsError('SHARDS_INVALID', 'a manifest that cannot be used: its commitments are no points', { cause: err })
  }
  for (const [i, { index, verification }] of holders.entries()) {
    if (!equals(verification, expected[i] ?? new Uint8Array(0))) throw invalid(`the verification of index ${index} is not that of the commitments`)
  }
}

function length (what: string, bytes: Uint8Array, expected: number): void {
  if (bytes.byteLength !== expected) throw invalid(`a ${what} of ${bytes.byteLength} bytes: it has ${expected}`)
}

/** The identity is encoded as zeros. Whether it is a point at all is found where it is used. */
function point (what: string, bytes: Uint8Array): void {
  length(what, bytes, POINT_BYTES)
  if (bytes.every(byte => byte === 0)) throw invalid(`the identity as ${what}`)
}

function invalid (reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a manifest that cannot be used: ${reason}`)
}
