import { createCipheriv, createDecipheriv, createHash, createPrivateKey, createPublicKey, createSecretKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

/** A list of pieces, as libp2p hands them on, or one. */
type Bytes = Parameters<ICryptoInterface['hashSHA256']>[0]

const CHACHA = 'chacha20-poly1305'
const TAG_BYTES = 16
const TAG = { authTagLength: TAG_BYTES } as const
const HKDF_BYTES = 96
const NOTHING = new Uint8Array(0)
// around the 32 bytes of a key: RFC 8410
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
    const okm = new Uint8Array(hkdfSync('sha256', inputKeyMaterial, chainingKey, NOTHING, HKDF_BYTES))
    return [okm.subarray(0, 32), okm.subarray(32, 64), okm.subarray(64, 96)]
  },
  generateX25519KeyPair () {
    const pair = generateKeyPairSync('x25519')
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(PKCS8_PREFIX.length)
    privateKeys.set(privateKey, pair.privateKey)
    return { privateKey, publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length) }
  },
  generateX25519KeyPairFromSeed (seed) {
    const publicKey = createPublicKey(privateKeyOf(seed)).export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length)
    return { privateKey: seed, publicKey }
  },
  generateX25519SharedKey (privateKey, publicKey) {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey.subarray()]), type: 'spki', format: 'der' })
    // of a point of small order OpenSSL refuses to make a secret, as RFC 7748 allows
    return diffieHellman({ privateKey: privateKeyOf(privateKey.subarray()), publicKey: key })
  },
  chaCha20Poly1305Encrypt (plaintext, nonce, ad, k) {
    const cipher = createCipheriv(CHACHA, secretKeyOf(k), nonce, TAG)
    if (ad.byteLength > 0) cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
    const parts = piecesOf(plaintext).map(piece => cipher.update(piece))
    cipher.final()
    return Buffer.concat([...parts, cipher.getAuthTag()], plaintext.byteLength + TAG_BYTES)
  },
  chaCha20Poly1305Decrypt (ciphertext, nonce, ad, k) {
    const end = ciphertext.byteLength - TAG_BYTES
    const whole = ciphertext.subarray()
    const decipher = createDecipheriv(CHACHA, secretKeyOf(k), nonce, TAG)
    if (ad.byteLength > 0) decipher.setAAD(ad, { plaintextLength: end })
    decipher.setAuthTag(whole.subarray(end))
    const text = decipher.update(whole.subarray(0, end))
    decipher.final()
    return text
  }
}

// by the array that Noise keeps for as long as it uses the key
const secretKeys = new WeakMap<Uint8Array, KeyObject>()
const privateKeys = new WeakMap<Uint8Array, KeyObject>()

function secretKeyOf (bytes: Uint8Array): KeyObject {
  return cached(secretKeys, bytes, () => createSecretKey(bytes))
}

function privateKeyOf (bytes: Uint8Array): KeyObject {
  return cached(privateKeys, bytes, () => createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), type: 'pkcs8', format: 'der' }))
}

function cached (keys: WeakMap<Uint8Array, KeyObject>, bytes: Uint8Array, make: () => KeyObject): KeyObject {
  let key = keys.get(bytes)
  if (key == null) keys.set(bytes, key = make())
  return key
}

function piecesOf (data: Bytes): Uint8Array[] {
  return data instanceof Uint8Array ? [data] : [...data]
}
