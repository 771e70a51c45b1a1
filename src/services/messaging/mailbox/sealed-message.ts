import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from 'uint8arrays/concat'
import { pad, unpad } from '../../../crypto/padding.ts'
import { openingKeyOf, sealingKeyOf } from '../../../crypto/ed25519-keys.ts'
import { KEY_BYTES, open, seal, TAG_BYTES } from '../../../crypto/sealing.ts'
import { MessagingError } from '../messaging-error.ts'
import { Sealed as RawSealed } from '../pb/mailbox.ts'
import { KEY_ID_BYTES, MAX_SEALED_BYTES, MESSAGE_ID_BYTES, SUITE } from './constants.ts'
import { peerBytes, peerFromBytes } from '../../../util/peer-bytes.ts'
import { attempt, FlawedError, readSigned, signed } from './signed.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Rng } from '../../../util/rng.ts'
import type { SignedKind } from './signed.ts'

/** One message, signed by its sender and sealed to its recipient; only the recipient can read what is in it. */
export interface SealedMessage {
  sender: PeerId
  /** As a libp2p PublicKey message. */
  senderKey: Uint8Array
  suite: number
  recipient: PeerId
  /** Empty for the recipient's own key. */
  keyId: Uint8Array
  enc: Uint8Array
  ciphertext: Uint8Array
  expiresMs: number
  id: Uint8Array
  /** As signed. */
  bytes: Uint8Array
}

/** What a message is sealed to: a prekey, or with an empty `id` the recipient's own key. */
export interface SealingKey {
  id: Uint8Array
  publicKey: Uint8Array
}

const DOMAIN = 'peerkeep-messaging-sealed'
const KIND: SignedKind = { what: 'a sealed message', domain: DOMAIN, type: '/peerkeep/messaging/sealed', code: 'MESSAGING_SEALED_INVALID' }
const OWN_KEY = new Uint8Array(0)

/** The recipient's own key, for want of a prekey. Throws `MESSAGING_SEALED_INVALID` when it is none that can be sealed to. */
export function ownSealingKey (recipient: PeerId): SealingKey {
  if (recipient.type !== 'Ed25519') {
    throw new MessagingError('MESSAGING_SEALED_INVALID', `nothing can be sealed to the own key of ${recipient.toString()}, which is no Ed25519 key: it needs a prekey from a valid card. Send while it is connected`, { details: { type: recipient.type } })
  }
  return { id: OWN_KEY, publicKey: sealingKeyOf(recipient.publicKey.raw) }
}

/** The private key that goes with it. Throws like `ownSealingKey`. */
export function ownOpeningKey (privateKey: PrivateKey): Uint8Array {
  if (privateKey.type !== 'Ed25519') {
    throw new MessagingError('MESSAGING_SEALED_INVALID', `nothing can be sealed to a ${privateKey.type} key`, { details: { type: privateKey.type } })
  }
  // libp2p keeps the public key behind the seed
  return openingKeyOf(privateKey.raw.subarray(0, KEY_BYTES))
}

export interface SealInit {
  privateKey: PrivateKey
  recipient: PeerId
  key: SealingKey
  /** The encoded `Message`. */
  encoded: Uint8Array
  expiresMs: number
  /** 16 bytes, the same for one message however often it is sealed. By default random. */
  id?: Uint8Array
  rng: Rng
}

/** Rejects with `MESSAGING_TOO_LARGE`, `SEALING_KEY_INVALID`. */
export async function sealMessage ({ privateKey, recipient, key, encoded, expiresMs, rng, id = rng.bytes(MESSAGE_ID_BYTES) }: SealInit): Promise<Uint8Array> {
  const context = contextOf({ recipient, senderKey: publicKeyToProtobuf(privateKey.publicKey), keyId: key.id, expiresMs, id })
  const { enc, ciphertext } = await seal(key.publicKey, pad(encoded), context, rng)
  const bytes = await signed(KIND, RawSealed.encode({ suite: SUITE, recipient: peerBytes(recipient), keyId: key.id, enc, ciphertext, expiresMs, id }), privateKey)
  if (bytes.byteLength > MAX_SEALED_BYTES) throw new MessagingError('MESSAGING_TOO_LARGE', `a sealed message of ${bytes.byteLength} bytes: mailboxes take at most ${MAX_SEALED_BYTES}`)
  return bytes
}

/** Reads a sealed message and checks its signature, not what is in it. Rejects with `FlawedError`, code `MESSAGING_SEALED_INVALID`. */
export async function readSealed (bytes: Uint8Array): Promise<SealedMessage> {
  // before its signature is looked at: one that fits into no page would be in the way of all others
  if (bytes.byteLength > MAX_SEALED_BYTES) throw new FlawedError(KIND, 'malformed', `${bytes.byteLength} bytes, over ${MAX_SEALED_BYTES}`)
  const { signer, key, payload } = await readSigned(KIND, bytes)
  const { recipient, ...sealed } = attempt(KIND, 'the payload', 'malformed', () => RawSealed.decode(payload))
  const { suite, keyId, enc, ciphertext, expiresMs, id } = sealed
  // those of later suites may be longer
  if (!Number.isSafeInteger(expiresMs)) throw new FlawedError(KIND, 'malformed', `it expires at ${expiresMs}`)
  if (id.byteLength !== MESSAGE_ID_BYTES) throw new FlawedError(KIND, 'malformed', `an id of ${id.byteLength} bytes`)
  if (suite === 0) throw new FlawedError(KIND, 'malformed', 'it has no suite')
  if (suite === SUITE && (enc.byteLength !== KEY_BYTES || ciphertext.byteLength <= TAG_BYTES || (keyId.byteLength !== 0 && keyId.byteLength !== KEY_ID_BYTES))) {
    throw new FlawedError(KIND, 'malformed', `${enc.byteLength}, ${ciphertext.byteLength} and ${keyId.byteLength} bytes of enc, ciphertext and key id`)
  }
  return {
    ...sealed,
    sender: signer,
    senderKey: key,
    recipient: attempt(KIND, 'the recipient', 'unsupported', () => peerFromBytes(recipient)),
    bytes
  }
}

/** The encoded `Message`, with the private key that `keyId` names. Rejects with `MESSAGING_SEALED_INVALID`: then the signer has sealed rubbish. */
export async function openSealed (sealed: SealedMessage, privateKey: Uint8Array): Promise<Uint8Array> {
  let padded: Uint8Array
  try {
    padded = await open(privateKey, sealed, contextOf(sealed))
  } catch (err) {
    throw new MessagingError('MESSAGING_SEALED_INVALID', `what ${sealed.sender.toString()} has sealed does not open`, { cause: err })
  }
  const encoded = unpad(padded)
  if (encoded == null) throw new MessagingError('MESSAGING_SEALED_INVALID', `what ${sealed.sender.toString()} has sealed is not padded as it should be`)
  return encoded
}

/** Binds what is in it to what is around it: nobody can sign it as his own, or give it a longer life. */
function contextOf ({ recipient, senderKey, keyId, expiresMs, id }: Pick<SealedMessage, 'recipient' | 'senderKey' | 'keyId' | 'expiresMs' | 'id'>): { info: Uint8Array, aad: Uint8Array } {
  const expires = new Uint8Array(8)
  new DataView(expires.buffer).setBigUint64(0, BigInt(expiresMs))
  return { info: joined(utf8ToBytes(DOMAIN), peerBytes(recipient), senderKey, keyId), aad: joined(id, expires) }
}

/** Each part after its length in two bytes, big-endian. */
function joined (...parts: Uint8Array[]): Uint8Array {
  return concat(parts.flatMap(part => [Uint8Array.of(part.byteLength >> 8, part.byteLength & 0xff), part]))
}
