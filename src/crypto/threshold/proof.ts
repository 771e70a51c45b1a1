import { sha512 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { wipe } from './checks.ts'
import { group } from './group.ts'
import { SCALAR_BYTES, isScalar, multiplyAdd, negate, reduce, subtract } from './scalars.ts'
import type { Chance } from './chance.ts'

/** Challenge and response, 32 bytes each. */
const PROOF_BYTES = 2 * SCALAR_BYTES

const PROTOCOL = 'peerkeep-threshold:ristretto255:sha512:1:'
const NONCE_BYTES = 32

/** What one secret is multiplied with. The base point is always the first. */
interface Statement {
  /** Which proof it is: one of a kind is none of another. */
  kind: string
  /** Whatever it is bound to: the request, the manifest. Any length. */
  context: Uint8Array
  /** Other points, of anybody's choice. */
  bases: readonly Uint8Array[]
}

interface Proved {
  /** The secret times the base point, and times each of `bases`. */
  images: Uint8Array[]
  proof: Uint8Array
}

/**
 * That whoever made it knows one scalar that all images are made with: Schnorr (1991) for the base point alone, Chaum and Pedersen
 * (1992) with another; made non-interactive by hashing the whole statement (Bernhard, Pereira, Warinschi 2012). The nonce is
 * hashed from fresh chance, the secret and the statement (RFC 9591, section 4.1): bad chance alone gives nothing away.
 */
export function prove (secret: Uint8Array, { kind, context, bases }: Statement, chance: Chance): Proved {
  const random = chance.bytes(NONCE_BYTES)
  const nonce = hash(`${kind}:nonce`, context, [random, secret, ...bases])
  try {
    const multiplied = bases.map(base => timesBlinded(base, secret, nonce, chance))
    const images = [group().timesBase(secret), ...multiplied.map(([image]) => image)]
    const commitments = [group().timesBase(nonce), ...multiplied.map(([, commitment]) => commitment)]
    const challenge = hash(kind, context, [...bases, ...images, ...commitments])
    const proof = new Uint8Array(PROOF_BYTES)
    proof.set(challenge)
    proof.set(multiplyAdd(challenge, secret, nonce), SCALAR_BYTES)
    return { images, proof }
  } finally {
    wipe(random, nonce)
  }
}

/**
 * A long-lived secret, and a nonce, times a point of somebody else's. The secret goes in two parts that are others each time, so
 * that who picks the points learns nothing from measuring many. (The base point is nobody's choice, and @noble/curves blinds it.)
 */
function timesBlinded (point: Uint8Array, secret: Uint8Array, nonce: Uint8Array, chance: Chance): [image: Uint8Array, commitment: Uint8Array] {
  const blind = chance.scalar()
  const rest = subtract(secret, blind)
  const multiplied = group().times(point, [[blind, rest], [nonce]]) as [Uint8Array, Uint8Array]
  wipe(blind, rest)
  return multiplied
}

/**
 * Whether it fits. `images` are points, the base point's first. All is computed, wherever it fails. Of each proof one encoding
 * fits: the response is reduced, and the challenge is compared with one that is.
 */
export function verify ({ kind, context, bases }: Statement, images: readonly Uint8Array[], proof: Uint8Array): boolean {
  if (!(proof instanceof Uint8Array) || proof.byteLength !== PROOF_BYTES) return false
  const challenge = proof.subarray(0, SCALAR_BYTES)
  const response = proof.subarray(SCALAR_BYTES)
  if (!isScalar(response)) return false
  const minus = negate(challenge)
  const commitments = images.map((image, i) => {
    const base = bases[i - 1]
    const terms = [{ scalar: minus, point: image }]
    return base == null ? group().sum(terms, response) : group().sum([...terms, { scalar: response, point: base }])
  })
  const expected = hash(kind, context, [...bases, ...images, ...commitments])
  return expected.every((byte, i) => byte === challenge[i])
}

/** To a scalar. Everything has a fixed length, or its length before it. */
function hash (kind: string, context: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const label = utf8ToBytes(PROTOCOL + kind)
  const lengths = new DataView(new ArrayBuffer(8))
  lengths.setUint16(0, label.byteLength)
  lengths.setUint32(2, context.byteLength)
  lengths.setUint16(6, parts.length)
  const state = sha512.create().update(new Uint8Array(lengths.buffer)).update(label).update(context)
  for (const part of parts) state.update(part)
  const wide = state.digest()
  const scalar = reduce(wide)
  wipe(wide)
  return scalar
}
