import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { MAX_LABEL_BYTES } from '../../../crypto/item/label.ts'
import { DEFAULT_CHUNK_BYTES, encryptedBytes } from '../../../crypto/item/payload.ts'
import { ShardsError } from '../errors.ts'
import { POLICY_VERSION } from '../model/manifest.ts'
import { MAX_HOLDERS, MIN_THRESHOLD } from '../model/quorum.ts'
import type { PeerId } from '@libp2p/interface'
import type { StoreOptions, VaultPolicy } from '../index.ts'
import type { Policy } from '../pb/shards.ts'

/** Of an encrypted secret: what a holder keeps for one owner. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
export const DEFAULT_TIMEOUT_MS = 30_000

const DEFAULT_THRESHOLD = 6
const DEFAULT_HOLDERS = 10
const VAULT_HEX = /^[0-9a-f]{64}$/
const HOUR_MS = 3_600_000
/** Of any time in a policy: ten years. */
const MAX_MS = 87_600 * HOUR_MS

const DEFAULT_POLICY: Required<VaultPolicy> = {
  auditEveryMs: 6 * HOUR_MS,
  refreshEveryMs: 7 * 24 * HOUR_MS,
  lostAfterMs: 24 * HOUR_MS,
  holdersMayReshare: true,
  exportable: true,
  opensPerHour: 60
}

/** Who is to hold shares: so many, or exactly these. */
export type Wanted = { count: number, peers?: readonly PeerId[] }

export interface StorePlan {
  threshold: number
  wanted: Wanted
  label: string
  policy: Policy
  /** 0: never. */
  expiresMs: number
}

/** What `store` was asked for, checked before anything is done or allocated. Throws `SHARDS_INVALID` and `SHARDS_TOO_LARGE`. */
export function readStore (secret: Uint8Array, { threshold = DEFAULT_THRESHOLD, holders = DEFAULT_HOLDERS, label = '', policy = {}, expiresAt }: StoreOptions, nowMs: number): StorePlan {
  checkSecret(secret)
  const wanted = readWanted(holders)
  checkThreshold(threshold, wanted.count)
  checkLabel(label)
  return { threshold, wanted, label, policy: readPolicy(policy), expiresMs: readExpiry(expiresAt, nowMs) }
}

export function checkSecret (secret: Uint8Array): void {
  if (!(secret instanceof Uint8Array)) throw invalid('a secret is a Uint8Array: encode what is something else')
  if (secret.byteLength === 0) throw invalid('an empty secret: there is nothing to keep')
  const bytes = encryptedBytes(secret.byteLength, DEFAULT_CHUNK_BYTES)
  if (bytes <= MAX_PAYLOAD_BYTES) return
  throw new ShardsError('SHARDS_TOO_LARGE', `a secret of ${secret.byteLength} bytes: encrypted it may have ${MAX_PAYLOAD_BYTES}. Store a key, and keep what it encrypts elsewhere`, { details: { bytes: secret.byteLength, maxBytes: MAX_PAYLOAD_BYTES } })
}

export function readWanted (holders: number | readonly PeerId[]): Wanted {
  const count = typeof holders === 'number' ? holders : holders.length
  if (!Number.isInteger(count) || count < MIN_THRESHOLD || count > MAX_HOLDERS) throw invalid(`${count} holders: there are ${MIN_THRESHOLD} to ${MAX_HOLDERS}`)
  if (typeof holders === 'number') return { count }
  const twice = holders.find((peer, i) => holders.findIndex(other => other.equals(peer)) !== i)
  const keyless = holders.find(({ type }) => type !== 'Ed25519')
  if (keyless != null) throw invalid(`${keyless.toString()} cannot be a holder: its peer id has no Ed25519 key inside`)
  if (twice != null) throw invalid(`${twice.toString()} is named twice as a holder: each holds one share`)
  return { count, peers: [...holders] }
}

export function checkThreshold (threshold: number, holders: number): void {
  if (Number.isInteger(threshold) && threshold >= MIN_THRESHOLD && threshold <= holders) return
  throw invalid(`a threshold of ${threshold} with ${holders} holders: it is an integer from ${MIN_THRESHOLD} to the number of holders`)
}

export function checkLabel (label: string): void {
  const bytes = utf8ToBytes(label).byteLength
  if (bytes > MAX_LABEL_BYTES) throw invalid(`a label of ${bytes} bytes: it has at most ${MAX_LABEL_BYTES}`)
}

/** What is not named is as in `base`. */
export function readPolicy (changes: VaultPolicy, base: Required<VaultPolicy> = DEFAULT_POLICY): Policy {
  const policy = { ...base }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue
    if (!(name in DEFAULT_POLICY)) throw invalid(`policy.${name}: there are ${Object.keys(DEFAULT_POLICY).join(', ')}`)
    checkRule(name as keyof VaultPolicy, value)
    Object.assign(policy, { [name]: value })
  }
  return { version: POLICY_VERSION, ...policy }
}

/** In milliseconds since 1970, 0 for never. */
export function readExpiry (expiresAt: number | null | undefined, nowMs: number): number {
  if (expiresAt == null) return 0
  if (!Number.isSafeInteger(expiresAt) || expiresAt <= nowMs) throw invalid(`expiresAt ${expiresAt} is past, or no number of milliseconds since 1970; now is ${nowMs}`)
  return expiresAt
}

/** Throws `SHARDS_INVALID`. */
export function readVaultId (id: string): Uint8Array {
  if (typeof id === 'string' && VAULT_HEX.test(id)) return hexToBytes(id)
  throw invalid('a vault id has 64 hexadecimal digits, in lower case')
}

export function vaultIdText (vault: Uint8Array): string {
  return bytesToHex(vault)
}

function checkRule (name: keyof VaultPolicy, value: unknown): void {
  if (typeof DEFAULT_POLICY[name] === 'boolean') {
    if (typeof value !== 'boolean') throw invalid(`policy.${name} is true or false`)
    return
  }
  const [least, most] = name === 'refreshEveryMs' ? [0, MAX_MS] : name === 'opensPerHour' ? [1, 2 ** 32 - 1] : [1, MAX_MS]
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) throw invalid(`policy.${name} is an integer from ${least} to ${most}`)
}

function invalid (message: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', message)
}
