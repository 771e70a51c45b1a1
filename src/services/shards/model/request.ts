import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { Answer, Request, Signed } from '../pb/shards.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { decodeCanonical, hashOf } from './canonical.ts'
import { RefusedError, refusalOf } from './failure.ts'
import { keyBytes, keyBytesOfPeer, keyFromBytes, keyOfPeer } from './keys.ts'
import { HASH_BYTES } from './manifest.ts'
import { sign, verify } from './signed.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Rng } from '../../../util/rng.ts'
import type { RequestBody } from '../parts.ts'

const REQUEST_VERSION = 1
const REQUEST_ID_BYTES = 16
/** How much the clocks of two nodes may differ. */
export const MAX_SKEW_MS = 120_000
/** How long a request may be good: its answer is remembered for so long. */
export const MAX_LIFE_MS = 300_000

export const REQUEST_KINDS = [
  'offer', 'put', 'get', 'prepare', 'contribute', 'propose', 'commit', 'getState', 'open', 'export', 'audit', 'list', 'getLog', 'revoke'
] as const
export type RequestKind = typeof REQUEST_KINDS[number]

const ANSWER_KINDS = [
  'failure', 'offered', 'done', 'data', 'promise', 'contribution', 'accept', 'state', 'partial', 'share', 'proof', 'vaults', 'log', 'deleted'
] as const
export type AnswerBody = Omit<Answer, 'request'>

export interface RequestInit {
  /** Empty for `list`, and for an `offer` before there is a vault. */
  vault: Uint8Array
  body: RequestBody
  from: PeerId
  to: PeerId
  signer: PrivateKey
  /** An encoded Signed Delegation. */
  delegation?: Uint8Array
  nowMs: number
  /** @default 300_000, the most */
  lifeMs?: number
  rng: Rng
}

/** A request as it was signed. */
export interface SignedRequest {
  /** What is sent. */
  frame: Uint8Array
  /** What was signed, for evidence; and its hash, which the answer names. */
  bytes: Uint8Array
  hash: Uint8Array
}

export interface ReadRequest extends SignedRequest {
  request: Request
  kind: RequestKind
  /** Whether the asking peer signed with its own key. */
  byPeer: boolean
}

export async function makeRequest ({ vault, body, from, to, signer, delegation, nowMs, lifeMs = MAX_LIFE_MS, rng }: RequestInit): Promise<SignedRequest> {
  const bytes = Request.encode({
    ...body,
    version: REQUEST_VERSION,
    id: rng.bytes(REQUEST_ID_BYTES),
    vault,
    issuedMs: nowMs,
    expiresMs: nowMs + lifeMs,
    from: peerBytes(from),
    to: peerBytes(to),
    signer: keyBytes(signer.publicKey),
    delegation
  })
  return { frame: Signed.encode(await sign('request', bytes, signer)), bytes, hash: hashOf(bytes) }
}

/**
 * Reads a request that came from `from`. Rejects with `SHARDS_INVALID` for what no honest peer sends, and with a `RefusedError` where it
 * may be honest: EXPIRED outside its time, UNAVAILABLE for a later version. Who may ask what is for `decide`; a delegation is not read.
 */
export async function readRequest (frame: Uint8Array, { from, to, nowMs }: { from: PeerId, to: PeerId, nowMs: number }): Promise<ReadRequest> {
  const signed = decodeCanonical('a signed request', Signed, frame)
  const request = decodeRequest(signed.content)
  const { id, vault, signer, issuedMs, expiresMs } = request
  const kind = bodyOf(REQUEST_KINDS, request)
  if (kind == null) throw invalid('it asks nothing')
  if (id.byteLength !== REQUEST_ID_BYTES) throw invalid(`an id of ${id.byteLength} bytes`)
  if (vault.byteLength !== (kind === 'list' ? 0 : HASH_BYTES) && !(kind === 'offer' && vault.byteLength === 0)) throw invalid(`a vault id of ${vault.byteLength} bytes to ${kind}`)
  if (!equals(request.from, peerBytes(from)) || !equals(request.to, peerBytes(to))) throw invalid('it is of other peers')
  if (!await verify('request', signed, keyFromBytes(signer))) throw invalid('it is not signed by its signer')
  if (expiresMs <= issuedMs || expiresMs - issuedMs > MAX_LIFE_MS) throw invalid(`good for ${expiresMs - issuedMs} ms: at most ${MAX_LIFE_MS}`)
  if (issuedMs > nowMs + MAX_SKEW_MS || expiresMs < nowMs - MAX_SKEW_MS) {
    throw new RefusedError('EXPIRED', `made at ${new Date(issuedMs).toISOString()}, and here it is ${new Date(nowMs).toISOString()}: compare the clocks`)
  }
  return { request, kind, byPeer: isKeyOf(signer, request.from), frame, bytes: signed.content, hash: hashOf(signed.content) }
}

/** The Request whose signed bytes these are: only its shape is checked. Throws `SHARDS_INVALID`, or a `RefusedError` for a later version. */
export function decodeRequest (bytes: Uint8Array): Request {
  // the tag of `version`, which is the first field: of another version nothing else is known
  if (bytes[0] === 0x08 && bytes[1] !== REQUEST_VERSION) throw new RefusedError('UNAVAILABLE', `a request of version ${bytes[1]}: this node reads ${REQUEST_VERSION}`)
  const request = decodeCanonical('a request', Request, bytes)
  if (request.version !== REQUEST_VERSION) throw invalid('no version')
  return request
}

/** Signs what a peer says to a request. */
export async function makeAnswer (requestHash: Uint8Array, body: AnswerBody, privateKey: PrivateKey): Promise<{ frame: Uint8Array, signed: Signed }> {
  const signed = await sign('answer', Answer.encode({ ...body, request: requestHash }), privateKey)
  return { frame: Signed.encode(signed), signed }
}

/**
 * What a peer said to that request. Rejects with `SHARDS_ANSWER_INVALID` for what no honest peer says, and with a `RefusedError` when it
 * refused.
 */
export async function readAnswer (frame: Uint8Array, { requestHash, peer }: { requestHash: Uint8Array, peer: PeerId }): Promise<{ answer: Answer, signed: Signed }> {
  const key = answerKey(peer)
  const { signed, answer } = decodeAnswer(frame, peer)
  if (!equals(answer.request, requestHash)) throw badAnswer(peer, 'to another request')
  if (!await verify('answer', signed, key)) throw badAnswer(peer, 'that it did not sign')
  if (bodyOf(ANSWER_KINDS, answer) == null) throw badAnswer(peer, 'that says nothing')
  if (answer.failure != null) throw refusalOf(answer.failure, peer.toString())
  return { answer, signed }
}

function decodeAnswer (frame: Uint8Array, peer: PeerId): { signed: Signed, answer: Answer } {
  try {
    const signed = decodeCanonical('a signed answer', Signed, frame)
    return { signed, answer: decodeCanonical('an answer', Answer, signed.content) }
  } catch (err) {
    throw badAnswer(peer, 'that cannot be read', err)
  }
}

function answerKey (peer: PeerId): ReturnType<typeof keyOfPeer> {
  try {
    return keyOfPeer(peerBytes(peer))
  } catch (err) {
    throw new RefusedError('UNAVAILABLE', `${peer.toString()} cannot be a holder: its key is not Ed25519`, { cause: err })
  }
}

function isKeyOf (signer: Uint8Array, peer: Uint8Array): boolean {
  try {
    return equals(signer, keyBytesOfPeer(peer))
  } catch {
    // its key is none that signs here
    return false
  }
}

function bodyOf<T extends string> (kinds: readonly T[], message: { [kind in T]?: unknown }): T | undefined {
  return kinds.find(kind => message[kind] != null)
}

function invalid (reason: string): ShardsError {
  return new ShardsError('SHARDS_INVALID', `a request that is none: ${reason}`)
}

function badAnswer (peer: PeerId, what: string, cause?: unknown): ShardsError {
  return new ShardsError('SHARDS_ANSWER_INVALID', `${peer.toString()} gave an answer ${what}`, { cause, details: { peers: [peer.toString()] } })
}
