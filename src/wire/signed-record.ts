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
export const MAX_RECORD_ADDRESSES = 32

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

/** `RECORD_INVALID`: no honest peer of any version sends this. `RECORD_UNSUPPORTED`: a later one might. */
export class RecordError extends AppError {
  constructor (code: 'RECORD_INVALID' | 'RECORD_UNSUPPORTED', reason: string, cause?: unknown) {
    super(code, `a signed peer record that cannot be used: ${reason}`, { cause })
  }
}

// RSA, Ed25519, secp256k1
const KEY_TYPES = 3

/** Reads an envelope without checking its signature, only that its signer is its subject. Throws `RecordError`. */
export function readRecord (bytes: Uint8Array): SignedRecord {
  const envelope = attempt('the envelope', () => Envelope.decode(bytes))
  if (!equals(envelope.payloadType, PeerRecord.CODEC)) throw new RecordError('RECORD_INVALID', 'the payload is no peer record')
  const record = attempt('the payload', () => RawPeerRecord.decode(envelope.payload))
  const { type } = attempt('the key', () => PublicKey.decode(envelope.publicKey))
  if (type >= KEY_TYPES) throw new RecordError('RECORD_UNSUPPORTED', `key type ${type}`)
  const key = attempt('the key', () => publicKeyFromProtobuf(envelope.publicKey))
  const peerId = peerIdFromPublicKey(key)
  if (!equals(peerId.toMultihash().bytes, record.peerId)) throw new RecordError('RECORD_INVALID', `${peerId.toString()} signed it for another peer`)
  const multiaddrs = record.addresses.slice(0, MAX_RECORD_ADDRESSES).flatMap(address => readAddress(address.multiaddr, peerId))
  return { peerId, seq: record.seq, multiaddrs, bytes: Envelope.encode({ ...envelope, publicKey: publicKeyToProtobuf(key) }) }
}

/** Checks the signature: about a millisecond of CPU. Throws `RecordError`. */
export async function verifyRecord ({ bytes, peerId }: SignedRecord): Promise<void> {
  try {
    await RecordEnvelope.openAndCertify(bytes, PeerRecord.DOMAIN)
  } catch (err) {
    throw new RecordError('RECORD_INVALID', `the signature is not by ${peerId.toString()}`, err)
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

function attempt<T> (what: string, read: () => T): T {
  try {
    return read()
  } catch (err) {
    throw new RecordError('RECORD_INVALID', `${what}: ${describeError(err)}`, err)
  }
}
