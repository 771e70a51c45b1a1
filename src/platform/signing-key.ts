import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'

// in front of the 32 bytes of the secret: RFC 8410
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SECRET_BYTES = 32
const CLASS = 'Ed25519PrivateKey'
// what Noise has signed for every connection is the same for as long as the node lives: this, and its key of 32 bytes
const NOISE_PREFIX = Buffer.from('noise-libp2p-static-key:')
const NOISE_BYTES = NOISE_PREFIX.byteLength + 32

/**
 * A key like this one that signs faster: libp2p reads an Ed25519 key anew for every signature, which takes twice as long as to
 * sign. The signature for Noise, which is deterministic (RFC 8032), is made once. Keys of another type, those with a `sign` of
 * their own, and those without the secret that belongs to their public key, which may sign somewhere else, come back as they are.
 */
export function signingKey (key: PrivateKey): PrivateKey {
  if (key.type !== 'Ed25519' || !isLibp2ps(key)) return key
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, key.raw.subarray(0, SECRET_BYTES)]).toString('base64')
  const object = createPrivateKey(`-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----`)
  if (createPublicKey(object).export({ format: 'jwk' }).x !== Buffer.from(key.publicKey.raw).toString('base64url')) return key
  let noise: { message: Buffer, signature: Uint8Array } | undefined
  const signed: PrivateKey['sign'] = (data, options) => {
    options?.signal?.throwIfAborted()
    const message = data.subarray()
    if (noise?.message.equals(message) === true) return noise.signature.slice()
    const signature = new Uint8Array(sign(null, message, object))
    if (message.byteLength === NOISE_BYTES && NOISE_PREFIX.equals(message.subarray(0, NOISE_PREFIX.byteLength))) noise = { message: Buffer.from(message), signature: signature.slice() }
    return signature
  }
  return Object.create(key, { sign: { value: signed } }) as PrivateKey
}

/** Also when it was made by another copy of the module than ours, as in an application that brings its own, or by the one in our bundle. */
function isLibp2ps (key: PrivateKey): boolean {
  return !Object.hasOwn(key, 'sign') && (key.constructor.name === CLASS || key.sign === privateKeyFromRaw(key.raw).sign)
}
