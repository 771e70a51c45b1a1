import type { Rng } from '../util/rng.ts'
import type { CipherSuite, KEM } from 'hpke'

/** Of a public or private key, and of `enc`. */
export const KEY_BYTES = 32
/** The authentication tag: a ciphertext is this much longer than its plaintext. */
export const TAG_BYTES = 16

export type SealingErrorCode = 'SEALING_KEY_INVALID' | 'SEALING_OPEN_FAILED'

/** `SEALING_KEY_INVALID`: no key that can be sealed to. `SEALING_OPEN_FAILED`: not sealed to this key, or not with this `info` and `aad`. */
export class SealingError extends Error {
  readonly code: SealingErrorCode

  constructor (code: SealingErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'SealingError'
    this.code = code
  }
}

export interface KeyPair {
  publicKey: Uint8Array
  privateKey: Uint8Array
}

export interface Sealed {
  /** The sender's ephemeral public key, 32 bytes. */
  enc: Uint8Array
  ciphertext: Uint8Array
}

/** What both sides must agree on; neither is sent. */
export interface SealingContext {
  /** What the key is derived with: who seals what to whom. */
  info: Uint8Array
  /** What is authenticated beside the plaintext. */
  aad: Uint8Array
}

interface Hpke {
  /** Nothing in it depends on chance when it opens. */
  openSuite: CipherSuite
  /** Its ephemeral keys from the given source of chance: the system's, but for tests and vectors. */
  sealSuite (rng: Rng): CipherSuite
}

let loading: Promise<Hpke> | undefined

/** The libraries take long to load, and most nodes seal nothing: only when they are needed. */
async function hpke (): Promise<Hpke> {
  loading ??= load().catch((err: unknown) => {
    loading = undefined
    throw err
  })
  return await loading
}

async function load (): Promise<Hpke> {
  const [{ CipherSuite }, noble] = await Promise.all([import('hpke'), import('@panva/hpke-noble')])
  const { AEAD_ChaCha20Poly1305, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } = noble
  const ephemeralFrom = (rng: Rng): Readonly<KEM> => {
    const kem = KEM_DHKEM_X25519_HKDF_SHA256()
    return { ...kem, GenerateKeyPair: async extractable => await kem.DeriveKeyPair(rng.bytes(KEY_BYTES), extractable) }
  }
  return {
    openSuite: new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_ChaCha20Poly1305),
    sealSuite: rng => new CipherSuite(() => ephemeralFrom(rng), KDF_HKDF_SHA256, AEAD_ChaCha20Poly1305)
  }
}

/**
 * Seals to an X25519 public key: HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
 * ChaCha20Poly1305, one message a context. It says nothing of who sealed: sign it. Rejects with `SEALING_KEY_INVALID`.
 */
export async function seal (publicKey: Uint8Array, plaintext: Uint8Array, { info, aad }: SealingContext, rng: Rng): Promise<Sealed> {
  const suite = (await hpke()).sealSuite(rng)
  try {
    const key = await suite.DeserializePublicKey(publicKey)
    const { encapsulatedSecret, ciphertext } = await suite.Seal(key, plaintext, { info, aad })
    return { enc: encapsulatedSecret, ciphertext }
  } catch (err) {
    throw new SealingError('SEALING_KEY_INVALID', `nothing can be sealed to this X25519 public key of ${publicKey.byteLength} bytes: it is not one, or of low order`, err)
  }
}

/** The plaintext. Rejects with `SEALING_OPEN_FAILED` when a bit of anything differs. */
export async function open (privateKey: Uint8Array, { enc, ciphertext }: Sealed, { info, aad }: SealingContext): Promise<Uint8Array> {
  const { openSuite } = await hpke()
  try {
    const key = await openSuite.DeserializePrivateKey(privateKey)
    return await openSuite.Open(key, enc, ciphertext, { info, aad })
  } catch (err) {
    throw new SealingError('SEALING_OPEN_FAILED', `a ciphertext of ${ciphertext.byteLength} bytes does not open: sealed to another key, in another context, or changed on its way`, err)
  }
}

/** RFC 9180, section 7.1.3: a key pair from at least 32 bytes of keying material. */
export async function deriveKeyPair (ikm: Uint8Array): Promise<KeyPair> {
  const { openSuite } = await hpke()
  const { publicKey, privateKey } = await openSuite.DeriveKeyPair(ikm, true)
  return { publicKey: await openSuite.SerializePublicKey(publicKey), privateKey: await openSuite.SerializePrivateKey(privateKey) }
}
