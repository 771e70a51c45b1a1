import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { isUnambiguous } from '../../../crypto/ed25519-keys.ts'
import { Envelope } from '../../../wire/pb/record.ts'
import { MessagingError } from '../messaging-error.ts'
import type { PeerId, PrivateKey, PublicKey } from '@libp2p/interface'

/** What is signed, apart from everything else that the same keys sign. */
export interface SignedKind {
  what: string
  domain: string
  type: string
  code: 'MESSAGING_CARD_INVALID' | 'MESSAGING_SEALED_INVALID'
}

/**
 * What is wrong. `malformed`: no honest peer of any version makes or passes it on. `forged`: the signature does not fit; see
 * `isSurelyForged`. `unsupported`: a later version, or another library, may make it.
 */
export type Flaw = 'malformed' | 'forged' | 'unsupported'

export class FlawedError extends MessagingError {
  readonly flaw: Flaw

  constructor (kind: SignedKind, flaw: Flaw, reason: string, cause?: unknown) {
    super(kind.code, `${kind.what} that cannot be used: ${reason}`, { cause, details: { flaw } })
    this.flaw = flaw
  }
}

export interface Signed {
  signer: PeerId
  /** As a libp2p PublicKey message. */
  key: Uint8Array
  payload: Uint8Array
}

/** A libp2p signed envelope (RFC 0002). */
export async function signed (kind: SignedKind, payload: Uint8Array, privateKey: PrivateKey): Promise<Uint8Array> {
  const payloadType = utf8ToBytes(kind.type)
  const signature = await privateKey.sign(signedBytes(kind, payload))
  return Envelope.encode({ publicKey: publicKeyToProtobuf(privateKey.publicKey), payloadType, payload, signature })
}

/** Reads an envelope and checks its signature. Rejects with `FlawedError`. */
export async function readSigned (kind: SignedKind, bytes: Uint8Array): Promise<Signed> {
  const { publicKey, payloadType, payload, signature } = attempt(kind, 'the envelope', 'malformed', () => Envelope.decode(bytes))
  if (!equals(payloadType, utf8ToBytes(kind.type))) throw new FlawedError(kind, 'malformed', 'it is something else')
  // libraries differ in which keys they read, and in the peer ids they make of them
  const key = attempt(kind, 'the key', 'unsupported', () => publicKeyFromProtobuf(publicKey))
  if (!equals(publicKeyToProtobuf(key), publicKey)) throw new FlawedError(kind, 'unsupported', 'an unusual encoding of the key')
  const signer = attempt(kind, 'the key', 'unsupported', () => peerIdFromPublicKey(key))
  if (!await fits(key, signedBytes(kind, payload), signature)) throw new FlawedError(kind, 'forged', `the signature is not by ${signer.toString()}`)
  return { signer, key: publicKey, payload }
}

/**
 * Whether a signature that does not fit here fits nowhere. If not, whoever passed it on may have found that it does: libraries
 * differ in odd signatures (Ed25519 with cofactor or without, secp256k1 with a high S). Costs ten times a verification.
 */
export function isSurelyForged (bytes: Uint8Array): boolean {
  const { publicKey, signature } = Envelope.decode(bytes)
  const key = publicKeyFromProtobuf(publicKey)
  return key.type === 'Ed25519' && isUnambiguous(key.raw, signature)
}

export function attempt<T> (kind: SignedKind, what: string, flaw: Flaw, read: () => T): T {
  try {
    return read()
  } catch (err) {
    throw new FlawedError(kind, flaw, `${what} cannot be read`, err)
  }
}

async function fits (key: PublicKey, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    return await key.verify(bytes, signature)
  } catch {
    // some libraries throw for what is no signature at all
    return false
  }
}

function signedBytes ({ domain, type }: SignedKind, payload: Uint8Array): Uint8Array {
  return concat([utf8ToBytes(domain), utf8ToBytes(type), payload].flatMap(part => [varint(part.byteLength), part]))
}

function varint (value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80)
  return Uint8Array.of(...bytes, value)
}
