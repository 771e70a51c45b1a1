import { ed25519 } from '@noble/curves/ed25519.js'
import { SealingError } from './sealing.ts'

const POINT_BYTES = 32

/**
 * The X25519 key of an Ed25519 public key (the birational map of RFC 7748, section 4.1). One key pair for both signatures and
 * this KEM is safe together: Thormarker, "On using the same key pair for Ed25519 and an X25519 based KEM", 2021
 * (eprint 2021/509). Throws `SEALING_KEY_INVALID`.
 */
export function sealingKeyOf (ed25519PublicKey: Uint8Array): Uint8Array {
  try {
    return ed25519.utils.toMontgomery(ed25519PublicKey)
  } catch (err) {
    throw new SealingError('SEALING_KEY_INVALID', `these ${ed25519PublicKey.byteLength} bytes are no Ed25519 public key`, err)
  }
}

/** The X25519 private key that goes with `sealingKeyOf`, from the 32-byte seed of an Ed25519 key pair. */
export function openingKeyOf (ed25519Seed: Uint8Array): Uint8Array {
  return ed25519.utils.toMontgomerySecret(ed25519Seed)
}

/**
 * Whether all implementations agree that a signature does not fit: key and nonce are canonical points without a part of small
 * order, and the scalar is reduced. Otherwise those with cofactor and those without may differ, and some take encodings that
 * others refuse (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020). Costs about as much as a verification.
 */
export function isUnambiguous (publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.byteLength !== 2 * POINT_BYTES) return true
  const [key, nonce] = [publicKey, signature.subarray(0, POINT_BYTES)].map(leniently)
  // no point at all: nobody takes that
  if (key == null || nonce == null) return true
  return ed25519.Point.Fn.isValid(scalarOf(signature)) && isPrimeOrder(key, publicKey) && isPrimeOrder(nonce, signature)
}

type Point = InstanceType<typeof ed25519.Point>

/** Read as ZIP 215 does, which takes all that anybody takes. */
function leniently (bytes: Uint8Array): Point | undefined {
  try {
    return ed25519.Point.fromBytes(bytes, true)
  } catch {
    return undefined
  }
}

function isPrimeOrder (point: Point, encoding: Uint8Array): boolean {
  return point.isTorsionFree() && !point.is0() && point.toBytes().every((byte, i) => byte === encoding[i])
}

function scalarOf (signature: Uint8Array): bigint {
  let value = 0n
  for (let i = 2 * POINT_BYTES - 1; i >= POINT_BYTES; i--) value = (value << 8n) + BigInt(signature[i] as number)
  return value
}
