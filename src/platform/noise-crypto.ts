import { createCipheriv, createDecipheriv, createHash, createPrivateKey, createPublicKey, createSecretKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto'
import { Uint8ArrayList } from 'uint8arraylist'
import type { KeyObject } from 'node:crypto'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

/** A list of pieces, as libp2p hands them on, or one. */
type Bytes = Parameters<ICryptoInterface['hashSHA256']>[0]

const CHACHA = 'chacha20-poly1305'
const TAG_BYTES = 16
const TAG = { authTagLength: TAG_BYTES } as const
const HKDF_BYTES = 96
const MAX_PIECES = 4
const NOTHING = new Uint8Array(0)
// in front of the 32 bytes of a key (RFC 8410). PEM, because Node looks into everything else that it is given for a key: 60 us more
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/**
 * OpenSSL for everything that Noise computes (Noise_XX_25519_ChaChaPoly_SHA256), with the keys kept as OpenSSL wants them.
 * libp2p's own choice makes a key object anew for every message, which costs more than to encrypt 4 KiB.
 */
export const noiseCrypto: ICryptoInterface | undefined = {
  hashSHA256 (data) {
    const hash = createHash('sha256')
    for (const piece of piecesOf(data)) hash.update(piece)
    return hash.digest()
  },
  getHKDF (chainingKey, inputKeyMaterial) {
    const okm = new Uint8Array(hkdfSync('sha256', createSecretKey(inputKeyMaterial), chainingKey, NOTHING, HKDF_BYTES))
    return [okm.subarray(0, 32), okm.subarray(32, 64), okm.subarray(64, 96)]
  },
  generateX25519KeyPair () {
    const { privateKey: key } = generateKeyPairSync('x25519')
    const { d = '', x = '' } = key.export({ format: 'jwk' })
    const privateKey = bytesOf(d)
    privateKeys.set(privateKey, key)
    return { privateKey, publicKey: bytesOf(x) }
  },
  generateX25519KeyPairFromSeed (seed) {
    const { x = '' } = privateKeyOf(seed).export({ format: 'jwk' })
    return { privateKey: seed, publicKey: bytesOf(x) }
  },
  generateX25519SharedKey (privateKey, publicKey) {
    // of a point of small order OpenSSL refuses to make a secret, as RFC 7748 allows
    return diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: publicKeyOf(publicKey) })
  },
  chaCha20Poly1305Encrypt (plaintext, nonce, ad, k) {
    const cipher = createCipheriv(CHACHA, secretKeyOf(k), nonce, TAG)
    if (ad.byteLength > 0) cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
    const parts = fewPiecesOf(plaintext).map(piece => cipher.update(piece))
    cipher.final()
    return new Uint8ArrayList(...parts, cipher.getAuthTag())
  },
  chaCha20Poly1305Decrypt (ciphertext, nonce, ad, k) {
    const end = ciphertext.byteLength - TAG_BYTES
    const decipher = createDecipheriv(CHACHA, secretKeyOf(k), nonce, TAG)
    if (ad.byteLength > 0) decipher.setAAD(ad, { plaintextLength: end })
    decipher.setAuthTag(ciphertext.subarray(end))
    const parts = fewPiecesOf(ciphertext instanceof Uint8Array ? ciphertext.subarray(0, end) : ciphertext.sublist(0, end)).map(piece => decipher.update(piece))
    // throws when it is not authentic: before that, nobody has seen a part
    decipher.final()
    return parts.length > 1 ? new Uint8ArrayList(...parts) : parts[0] ?? NOTHING
  }
}

// by the array that Noise keeps for as long as it uses the key
const secretKeys = new WeakMap<Uint8Array, KeyObject>()
const privateKeys = new WeakMap<Uint8Array, KeyObject>()
// the other side's ephemeral key is used twice, and is a list or an array
const publicKeys = new WeakMap<Bytes, KeyObject>()

function secretKeyOf (bytes: Uint8Array): KeyObject {
  return cached(secretKeys, bytes, () => createSecretKey(bytes))
}

// what comes in pieces is no array that Noise keeps: `subarray` makes a new one each time
function privateKeyOf (bytes: Parameters<ICryptoInterface['generateX25519SharedKey']>[0]): KeyObject {
  const make = (): KeyObject => createPrivateKey(pem('PRIVATE KEY', PKCS8_PREFIX, bytes.subarray()))
  return bytes instanceof Uint8Array ? cached(privateKeys, bytes, make) : make()
}

function publicKeyOf (bytes: Bytes): KeyObject {
  return cached(publicKeys, bytes, () => createPublicKey(pem('PUBLIC KEY', SPKI_PREFIX, bytes.subarray())))
}

function pem (label: string, prefix: Buffer, key: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.concat([prefix, key]).toString('base64')}\n-----END ${label}-----`
}

function bytesOf (base64url: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64url, 'base64url'))
}

function cached<B extends Bytes> (keys: WeakMap<B, KeyObject>, bytes: B, make: () => KeyObject): KeyObject {
  let key = keys.get(bytes)
  if (key == null) keys.set(bytes, key = make())
  return key
}

/** Large pieces as they are; of many, it costs less to join them than to hand over each. */
function fewPiecesOf (data: Bytes): Uint8Array[] {
  const pieces = piecesOf(data)
  return pieces.length > MAX_PIECES ? [data.subarray()] : pieces
}

function piecesOf (data: Bytes): Uint8Array[] {
  return data instanceof Uint8Array ? [data] : [...data]
}
