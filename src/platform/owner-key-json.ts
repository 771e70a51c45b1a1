import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { privateKeyFromProtobuf, privateKeyToProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { ShardsError } from '../services/shards/errors.ts'
import { argon2id } from './argon2.ts'
import type { Ed25519PrivateKey, PrivateKey } from '@libp2p/interface'
import type { Argon2Cost } from './argon2.ts'

/** Under a passphrase. Byte strings are base64. */
interface SealedKey extends Argon2Cost {
  kdf: 'argon2id'
  salt: string
  cipher: 'aes-256-gcm'
  nonce: string
  /** The ciphertext, then the tag of 16 bytes; the public key is authenticated with it. */
  ciphertext: string
}

/** Keys are base64 of libp2p's protobuf form. */
interface OwnerKeyJson {
  kind: 'peerkeep-owner-key'
  version: 1
  /** ISO 8601 */
  createdAt: string
  publicKey: string
  privateKey: string | SealedKey
  /** SHA-256 of the rest: tells a damaged file from a wrong passphrase. */
  checksum: string
}

// RFC 9106, section 4, the second recommended: 64 MiB
const COST: Argon2Cost = { memoryKiB: 2 ** 16, passes: 3, lanes: 4 }
// what somebody else's file may make this program do
const MAX_COST: Argon2Cost = { memoryKiB: 2 ** 18, passes: 16, lanes: 16 }
const MIN_KIB_PER_LANE = 8
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16

export async function encodeOwnerKey (key: Ed25519PrivateKey, createdAt: string, passphrase?: string): Promise<string> {
  const bytes = privateKeyToProtobuf(key)
  try {
    const publicKey = publicKeyToProtobuf(key.publicKey)
    const file: Omit<OwnerKeyJson, 'checksum'> = {
      kind: 'peerkeep-owner-key',
      version: 1,
      createdAt,
      publicKey: base64(publicKey),
      privateKey: passphrase == null ? base64(bytes) : await seal(bytes, publicKey, passphrase)
    }
    return `${JSON.stringify({ ...file, checksum: checksum(file) }, null, 2)}\n`
  } finally {
    bytes.fill(0)
  }
}

/** The key, and whether the passphrase was needed. Throws a ShardsError, `SHARDS_KEY_FILE` or `SHARDS_PASSPHRASE`, that names the path and has no part of the text. */
export async function decodeOwnerKey (text: string, path: string, passphrase: string | undefined): Promise<{ privateKey: PrivateKey, encrypted: boolean }> {
  const file = parse(text, path)
  const encrypted = typeof file.privateKey !== 'string'
  const bytes = typeof file.privateKey === 'string' ? Buffer.from(file.privateKey, 'base64') : await unseal(file.privateKey, file.publicKey, path, passphrase)
  try {
    return { privateKey: keyOf(bytes, file.publicKey, path), encrypted }
  } finally {
    bytes.fill(0)
  }
}

function keyOf (bytes: Uint8Array, publicKey: string, path: string): PrivateKey {
  let key: PrivateKey | undefined
  try {
    key = privateKeyFromProtobuf(bytes)
  } catch {
    // whatever it says may have bytes of the key in it
  }
  if (key?.type !== 'Ed25519') throw damaged(path, 'its private key is no Ed25519 key')
  if (base64(publicKeyToProtobuf(key.publicKey)) !== publicKey) throw damaged(path, 'its private key does not belong to its public key')
  return key
}

function parse (text: string, path: string): OwnerKeyJson {
  let file: Partial<Record<keyof OwnerKeyJson, unknown>> | null
  try {
    file = JSON.parse(text) as typeof file
  } catch {
    // no cause: JSON.parse quotes what it could not read
    throw damaged(path, 'it is not JSON')
  }
  if (typeof file !== 'object' || file?.kind !== 'peerkeep-owner-key') throw damaged(path, 'it is no owner key file')
  if (file.version !== 1) throw damaged(path, `its version is ${JSON.stringify(file.version)}, and 1 is what this program knows`)
  if (typeof file.publicKey !== 'string' || typeof file.createdAt !== 'string') throw damaged(path, 'it has no publicKey, or no createdAt')
  if (typeof file.privateKey !== 'string' && !isSealed(file.privateKey)) throw damaged(path, 'it has no privateKey')
  const known = file as unknown as OwnerKeyJson
  if (checksum(known) !== known.checksum) throw damaged(path, 'its checksum does not match')
  return known
}

async function seal (key: Uint8Array, publicKey: Uint8Array, passphrase: string): Promise<SealedKey> {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)]
  const wrapping = await argon2id(passphrase, salt, COST)
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(publicKey)
  wrapping.fill(0)
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])
  return { kdf: 'argon2id', ...COST, salt: base64(salt), cipher: 'aes-256-gcm', nonce: base64(nonce), ciphertext: base64(ciphertext) }
}

async function unseal (sealed: SealedKey, publicKey: string, path: string, passphrase: string | undefined): Promise<Buffer> {
  if (passphrase == null) throw new ShardsError('SHARDS_PASSPHRASE', `owner key file ${path} is encrypted: give its passphrase`, { details: { path } })
  const { memoryKiB, passes, lanes } = sealed
  const [salt, nonce, bytes] = [sealed.salt, sealed.nonce, sealed.ciphertext].map(field => Buffer.from(field, 'base64')) as [Buffer, Buffer, Buffer]
  if (!isAffordable(sealed)) {
    throw damaged(path, `its argon2id parameters memoryKiB=${memoryKiB}, passes=${passes}, lanes=${lanes} are none, or above ${Object.values(MAX_COST).join(', ')}`)
  }
  if (salt.byteLength !== SALT_BYTES || nonce.byteLength !== NONCE_BYTES || bytes.byteLength <= TAG_BYTES) throw damaged(path, 'its salt, nonce or ciphertext has another length')
  const wrapping = await argon2id(passphrase, salt, { memoryKiB, passes, lanes })
  const decipher = createDecipheriv('aes-256-gcm', wrapping, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(publicKey, 'base64'))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  wrapping.fill(0)
  const key = decipher.update(bytes.subarray(0, -TAG_BYTES))
  try {
    decipher.final()
    return key
  } catch (cause) {
    key.fill(0)
    throw new ShardsError('SHARDS_PASSPHRASE', `the passphrase does not open owner key file ${path}: try again with the one it was made with`, { cause, details: { path } })
  }
}

function isSealed (value: unknown): value is SealedKey {
  const sealed = value as SealedKey | null | undefined
  return typeof sealed === 'object' && sealed?.kdf === 'argon2id' && sealed.cipher === 'aes-256-gcm' &&
    [sealed.memoryKiB, sealed.passes, sealed.lanes].every(Number.isSafeInteger) &&
    [sealed.salt, sealed.nonce, sealed.ciphertext].every(field => typeof field === 'string')
}

function isAffordable ({ memoryKiB, passes, lanes }: Argon2Cost): boolean {
  return passes >= 1 && lanes >= 1 && memoryKiB >= lanes * MIN_KIB_PER_LANE &&
    passes <= MAX_COST.passes && lanes <= MAX_COST.lanes && memoryKiB <= MAX_COST.memoryKiB
}

function checksum ({ kind, version, createdAt, publicKey, privateKey }: Omit<OwnerKeyJson, 'checksum'>): string {
  const key = typeof privateKey === 'string' ? privateKey : [privateKey.kdf, privateKey.memoryKiB, privateKey.passes, privateKey.lanes, privateKey.salt, privateKey.cipher, privateKey.nonce, privateKey.ciphertext]
  return createHash('sha256').update(JSON.stringify([kind, version, createdAt, publicKey, key])).digest('base64')
}

function base64 (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function damaged (path: string, what: string): ShardsError {
  return new ShardsError('SHARDS_KEY_FILE', `owner key file ${path} cannot be used: ${what}. It was left as it is: restore it from a backup; without it vaults can be opened only by those it gave delegations to`, { details: { path } })
}
