import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { equals } from 'uint8arrays/equals'
import { AppError, describeError } from '../errors.ts'
import { Envelope, PeerRecord as RawPeerRecord, PublicKey } from './pb/record.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** A signed record, at most. */
export const MAX_RECORD_BYTES = 4096
/** Addresses read from a record, and told in one. */
const MAX_RECORD_ADDRESSES = 32

/** What a peer says of itself, under its own signature. The contract is in `protocols/record/`. */
export interface SignedRecord {
  peerId: PeerId
  /** The newest wins. */
  seq: bigint
  /** Without `/p2p`. Those of kinds unknown here are left out; at most 32. */
  multiaddrs: Multiaddr[]
  /** The envelope, encoded anew: what is around its fields is not signed, so anybody could have changed it. */
  bytes: Uint8Array
}

/**
 * Why a record is not by the peer that it is about: another key signed it, or the signature does not fit. If that peer
 * itself sent it, it is no mistake. Of somebody else a `signature` may be one: what fits is not the same for all
 * (Ed25519 with cofactor or without, secp256k1 with a high S), so whoever passed it on may have found that it does.
 */
export type RecordForgery = 'signer' | 'signature'

type RecordErrorCode = 'RECORD_INVALID' | 'RECORD_UNSUPPORTED'

/** `RECORD_INVALID`: no honest peer of any version makes this. `RECORD_UNSUPPORTED`: a later one might. */
export class RecordError extends AppError {
  readonly forgery?: RecordForgery

  constructor (code: RecordErrorCode, reason: string, { cause, forgery }: { cause?: unknown, forgery?: RecordForgery } = {}) {
    super(code, `a signed peer record that cannot be used: ${reason}`, { cause })
    this.forgery = forgery
  }
}

const RSA = 0
// and Ed25519, and secp256k1
const KEY_TYPES = 3

/** Reads an envelope without checking its signature, only that its signer is its subject. Throws `RecordError`. */
export function readRecord (bytes: Uint8Array): SignedRecord {
  const envelope = attempt('the envelope', () => Envelope.decode(bytes))
  if (!equals(envelope.payloadType, PeerRecord.CODEC)) throw new RecordError('RECORD_INVALID', 'the payload is no peer record')
  const record = attempt('the payload', () => RawPeerRecord.decode(envelope.payload))
  const { type, data } = attempt('the key', () => PublicKey.decode(envelope.publicKey))
  if (data.byteLength === 0) throw new RecordError('RECORD_INVALID', 'it has no key')
  if (type >= KEY_TYPES) throw new RecordError('RECORD_UNSUPPORTED', `key type ${type}`)
  const peerId = readKey(envelope.publicKey, type)
  if (!equals(peerId.toMultihash().bytes, record.peerId)) throw new RecordError('RECORD_INVALID', `${peerId.toString()} signed it for another peer`, { forgery: 'signer' })
  const multiaddrs = record.addresses.slice(0, MAX_RECORD_ADDRESSES).flatMap(address => readAddress(address.multiaddr, peerId))
  const encoded = Envelope.encode(envelope)
  // what is taken here must be good enough for whom it is told
  if (encoded.byteLength > MAX_RECORD_BYTES) throw new RecordError('RECORD_UNSUPPORTED', `${encoded.byteLength} bytes, over ${MAX_RECORD_BYTES}`)
  return { peerId, seq: record.seq, multiaddrs, bytes: encoded }
}

/** Checks the signature: about a millisecond of CPU. Throws `RecordError`. */
export async function verifyRecord ({ bytes, peerId }: SignedRecord): Promise<void> {
  try {
    await RecordEnvelope.openAndCertify(bytes, PeerRecord.DOMAIN)
  } catch (err) {
    throw new RecordError('RECORD_INVALID', `the signature is not by ${peerId.toString()}`, { cause: err, forgery: 'signature' })
  }
}

/** Signs as many of the addresses as fit into a record. */
export async function sealRecord (privateKey: PrivateKey, multiaddrs: readonly Multiaddr[], seq: bigint): Promise<SignedRecord> {
  const peerId = peerIdFromPublicKey(privateKey.publicKey)
  const own = multiaddrs.slice(0, MAX_RECORD_ADDRESSES)
  for (;;) {
    const envelope = await RecordEnvelope.seal(new PeerRecord({ peerId, multiaddrs: own, seqNumber: seq }), privateKey)
    const bytes = envelope.marshal()
    if (bytes.byteLength <= MAX_RECORD_BYTES || own.length === 0) return { peerId, seq, multiaddrs: own, bytes }
    own.pop()
  }
}

/**
 * Whose key it is. A peer id comes from the bytes of its key, and libraries differ in which bytes they take, above all of
 * RSA keys, and in what they make of them: only the one encoding that all write names the same peer everywhere.
 */
function readKey (bytes: Uint8Array, type: number): PeerId {
  const key = attempt('the key', () => publicKeyFromProtobuf(bytes), type === RSA ? 'RECORD_UNSUPPORTED' : 'RECORD_INVALID')
  if (!equals(publicKeyToProtobuf(key), bytes)) throw new RecordError('RECORD_UNSUPPORTED', `an unusual encoding of a key of type ${type}`)
  return peerIdFromPublicKey(key)
}

/** One address, or none when it is of an unknown kind or another peer's. */
function readAddress (bytes: Uint8Array, peerId: PeerId): Multiaddr[] {
  let address: Multiaddr
  try {
    address = multiaddr(bytes)
  } catch {
    // a transport that this version does not know: the others may do
    return []
  }
  const last = address.getComponents().at(-1)
  if (last == null) return []
  if (last.name !== 'p2p') return [address]
  return last.value === peerId.toString() ? [address.decapsulateCode(last.code)] : []
}

function attempt<T> (what: string, read: () => T, code: RecordErrorCode = 'RECORD_INVALID'): T {
  try {
    return read()
  } catch (err) {
    throw new RecordError(code, `${what}: ${describeError(err)}`, { cause: err })
  }
}
