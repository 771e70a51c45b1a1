import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { PrivateKey } from '@libp2p/interface'

/** The private key under a passphrase. Byte strings are base64. */
interface SealedKey {
  kdf: 'scrypt'
  n: number
  r: number
  p: number
  salt: string
  cipher: 'aes-256-gcm'
  nonce: string
  /** The ciphertext, then the tag of 16 bytes; the peer id is authenticated with it. */
  ciphertext: string
  /** SHA-256 of all of the above and the peer id: tells a damaged file from a wrong passphrase. */
  checksum: string
}

/** What `identity.json` holds: `privateKey` is base64 of libp2p's protobuf form, or sealed. */
export interface IdentityFile {
  version: 1
  peerId: string
  /** ISO 8601 */
  createdAt: string
  privateKey: string | SealedKey
}

// 128 MiB and about half a second for each guess
const SCRYPT = { n: 2 ** 17, r: 8, p: 1 }
const MAX_SCRYPT_MEMORY = 256 * 1024 * 1024
const TAG_LENGTH = 16

const deriveKey = promisify<string, Buffer, number, { N: number, r: number, p: number, maxmem: number }, Buffer>(scrypt)

/** Why an identity file cannot be used: it is damaged, or the passphrase does not open it. */
export class IdentityFileFault extends Error {
  readonly kind: 'damaged' | 'passphrase'

  constructor (kind: 'damaged' | 'passphrase', message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.kind = kind
  }
}

export async function encodeIdentity (privateKey: PrivateKey, createdAt: string, passphrase?: string): Promise<string> {
  const peerId = peerIdFromPrivateKey(privateKey).toString()
  const key = privateKeyToProtobuf(privateKey)
  const file: IdentityFile = {
    version: 1,
    peerId,
    createdAt,
    privateKey: passphrase == null ? Buffer.from(key).toString('base64') : await seal(key, peerId, passphrase)
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Throws an `IdentityFileFault` unless the text has the form of an identity file. */
export function parseIdentity (text: string): IdentityFile {
  let file: Partial<IdentityFile> | null
  try {
    file = JSON.parse(text) as Partial<IdentityFile> | null
  } catch {
    // no cause: JSON.parse quotes what it could not read, which may be the key
    throw new IdentityFileFault('damaged', 'it is not JSON')
  }
  if (typeof file !== 'object' || file == null) throw new IdentityFileFault('damaged', 'it is not a JSON object')
  if (file.version !== 1) throw new IdentityFileFault('damaged', `its version is ${JSON.stringify(file.version)}, and 1 is what this program knows`)
  if (typeof file.peerId !== 'string') throw new IdentityFileFault('damaged', 'it has no peerId')
  if (typeof file.privateKey !== 'string' && !isSealed(file.privateKey)) throw new IdentityFileFault('damaged', 'it has no privateKey')
  return file as IdentityFile
}

/** Throws an `IdentityFileFault`. */
export async function decodeIdentity ({ peerId, privateKey }: IdentityFile, passphrase = ''): Promise<PrivateKey> {
  const bytes = typeof privateKey === 'string' ? Buffer.from(privateKey, 'base64') : await unseal(privateKey, peerId, passphrase)
  let key: PrivateKey
  let owner: string
  try {
    key = privateKeyFromProtobuf(bytes)
    owner = peerIdFromPrivateKey(key).toString()
  } catch (cause) {
    throw new IdentityFileFault('damaged', 'its private key cannot be read', { cause })
  }
  if (owner !== peerId) throw new IdentityFileFault('damaged', `its private key belongs to ${owner} and not to ${peerId}`)
  return key
}

async function seal (key: Uint8Array, peerId: string, passphrase: string): Promise<SealedKey> {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await stretch(passphrase, salt, SCRYPT), nonce).setAAD(Buffer.from(peerId))
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()])
  const sealed = {
    kdf: 'scrypt',
    ...SCRYPT,
    salt: salt.toString('base64'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64')
  } as const
  return { ...sealed, checksum: checksum(sealed, peerId) }
}

async function unseal (sealed: SealedKey, peerId: string, passphrase: string): Promise<Buffer> {
  const { n, r, p, ciphertext } = sealed
  if (checksum(sealed, peerId) !== sealed.checksum) throw new IdentityFileFault('damaged', 'its checksum does not match')
  const bytes = Buffer.from(ciphertext, 'base64')
  const key = await stretch(passphrase, Buffer.from(sealed.salt, 'base64'), { n, r, p })
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), { authTagLength: TAG_LENGTH })
      .setAAD(Buffer.from(peerId))
      .setAuthTag(bytes.subarray(-TAG_LENGTH))
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_LENGTH)), decipher.final()])
  } catch (cause) {
    throw new IdentityFileFault('passphrase', 'the passphrase does not open it', { cause })
  }
}

async function stretch (passphrase: string, salt: Buffer, { n, r, p }: typeof SCRYPT): Promise<Buffer> {
  try {
    return await deriveKey(passphrase.normalize('NFKC'), salt, 32, { N: n, r, p, maxmem: MAX_SCRYPT_MEMORY })
  } catch (cause) {
    throw new IdentityFileFault('damaged', `its scrypt parameters n=${n}, r=${r}, p=${p} are not usable`, { cause })
  }
}

function isSealed (value: unknown): value is SealedKey {
  const sealed = value as SealedKey | null | undefined
  return typeof sealed === 'object' && sealed?.kdf === 'scrypt' && sealed.cipher === 'aes-256-gcm' &&
    [sealed.n, sealed.r, sealed.p].every(Number.isSafeInteger) &&
    [sealed.salt, sealed.nonce, sealed.ciphertext, sealed.checksum].every(field => typeof field === 'string')
}

function checksum ({ kdf, n, r, p, salt, cipher, nonce, ciphertext }: Omit<SealedKey, 'checksum'>, peerId: string): string {
  return createHash('sha256').update(JSON.stringify([peerId, kdf, n, r, p, salt, cipher, nonce, ciphertext])).digest('base64')
}
