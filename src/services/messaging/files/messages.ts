import { mappedCodec, protonsCodec } from '../../../wire/protons-codec.ts'
import { FromReceiver as RawFromReceiver, FromSender as RawFromSender } from '../pb/files.ts'
import { CHUNK_BYTES, HASH_BYTES, ID_BYTES, MAX_PLACES, MAX_RECEIVER_BYTES, MAX_SENDER_BYTES, SILENCE_MS } from './constants.ts'
import type { Codec } from '../../../wire/protocol.ts'
import type { Protocol } from '../../protocols/index.ts'
import type { ChunkFrame } from './chunk-frame.ts'
import type { FileAccept, FileAck, FileBegin, FileCancel, FileChunk, FileDecline, FileDone, FileOffer, FileReceived } from '../pb/files.ts'

/** With its frame, it is encoded without being copied. */
type FramedChunk = FileChunk & { frame?: ChunkFrame }

/** What a message is, and what it holds: `{ what: 'ack', chunks: 7 }`. `unknown` is of a later version, to be ignored. */
type Tagged<T> = { [K in keyof T]: T[K] & { what: K } }[keyof T]

export type FromSender = Tagged<{ offer: FileOffer, begin: FileBegin, chunk: FramedChunk, done: FileDone, cancel: FileCancel, alive: object, unknown: object }>
export type FromReceiver = Tagged<{ accept: FileAccept, decline: FileDecline, ack: FileAck, received: FileReceived, cancel: FileCancel, alive: object, unknown: object }>

function checkLength (what: string, bytes: Uint8Array, length: number): void {
  if (bytes.byteLength !== length) throw new Error(`${what} has ${bytes.byteLength} bytes instead of ${length}`)
}

function checkSender (message: FromSender): FromSender {
  const { what } = message
  if (what === 'offer') checkLength('the id', message.id, ID_BYTES)
  if (what === 'done') checkLength('the root', message.root, HASH_BYTES)
  if (what === 'chunk') {
    checkLength('sha256', message.sha256, HASH_BYTES)
    if (message.data.byteLength === 0 || message.data.byteLength > CHUNK_BYTES) throw new Error(`a chunk of ${message.data.byteLength} bytes`)
  }
  return message
}

function checkReceiver (message: FromReceiver): FromReceiver {
  const { what } = message
  if (what === 'received') checkLength('the root', message.root, HASH_BYTES)
  if (what === 'accept') {
    if (message.window === 0) throw new Error('a window of 0')
    for (const { root } of message.places) checkLength('the root of a place', root, HASH_BYTES)
  }
  return message
}

/** The one field that is set. */
function tagged<T extends { what: string }> (raw: object): T {
  for (const [what, value] of Object.entries(raw)) if (value != null) return Object.assign(value as object, { what }) as unknown as T
  return { what: 'unknown' } as T
}

function taggedCodec<Raw extends object, T extends { what: string }> (raw: Codec<Raw>, check: (message: T) => T): Codec<T> {
  return mappedCodec<Raw, T>(raw, value => check(tagged<T>(value)), value => value.what === 'unknown' ? {} as Raw : { [value.what]: value } as Raw)
}

const copying: Codec<FromSender> = taggedCodec(protonsCodec(RawFromSender), checkSender)

export const fromSender: Codec<FromSender> = {
  encode: message => message.what === 'chunk' && message.frame != null ? message.frame.encode(message.index, message.sha256) : copying.encode(message),
  decode: bytes => copying.decode(bytes)
}
export const fromReceiver: Codec<FromReceiver> = taggedCodec(protonsCodec(RawFromReceiver, { limits: { accept: { places: MAX_PLACES } } }), checkReceiver)

/** The side with the file dials. */
export const fileProtocol: Protocol<'duplex', FromSender, FromReceiver> = Object.freeze({
  shape: 'duplex',
  ids: ['/peerkeep/messaging/file/1.0.0'],
  request: fromSender,
  response: fromReceiver,
  maxRequestBytes: MAX_SENDER_BYTES,
  maxResponseBytes: MAX_RECEIVER_BYTES,
  timeoutMs: SILENCE_MS,
  // who comes back after a broken connection comes with all its files
  rate: { perSecond: 2, burst: 64 },
  // a machine that went to sleep has done nothing wrong
  offences: { undecodable: 'severe', oversize: 'severe', invalid: 'severe', 'rate-limited': 'minor' },
  maxConcurrent: 16,
  runOnLimitedConnection: false
} as const)
