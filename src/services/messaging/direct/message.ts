import { WireOversizeError } from '../../../wire/errors.ts'
import { mappedCodec, protonsCodec } from '../../../wire/protons-codec.ts'
import { Message as RawMessage, Receipt as RawReceipt, Receipts as RawReceipts } from '../pb/messaging.ts'
import {
  ID_BYTES, LANE_BYTES, MAX_CONCURRENT, MAX_CONVERSATION_BYTES, MAX_EVENT_BYTES, MAX_LIFETIME_MS, MAX_MESSAGE_BYTES, MAX_PAYLOAD_BYTES, MAX_REASON_BYTES,
  MAX_RECEIPT_BYTES, MAX_RECEIPTS, RATE, REQUEST_TIMEOUT_MS
} from './constants.ts'
import type { Codec } from '../../../wire/protocol.ts'
import type { Protocol } from '../../protocols/index.ts'
import type { Encoding } from '../parts.ts'

/** A direct message as it travels. */
export interface Message {
  id: Uint8Array
  lane: Uint8Array
  seq: number
  after: number
  event: string
  /** `other`: of a later version. */
  encoding: Encoding | 'other'
  payload: Uint8Array
  conversation: string
  sentMs: number
  expiresMs: number
}

export type Receipt =
  | { status: 'delivered' | 'duplicate' }
  | { status: 'held' | 'later', retryAfterMs: number }
  | { status: 'refused', reason: string }

/** What a receiver says of messages that mailboxes brought; ids in hexadecimal. */
export interface Receipts {
  delivered: string[]
  refused: Array<{ id: string, reason: string }>
}

const ENCODINGS = { other: 0, json: 1, bytes: 2 } as const
const STATUSES = { delivered: 1, duplicate: 2, held: 3, later: 4, refused: 5 } as const

const encoder = new TextEncoder()

export const messageCodec: Codec<Message> = mappedCodec<RawMessage, Message>(
  protonsCodec(RawMessage),
  raw => {
    sized('id', raw.id, ID_BYTES)
    sized('lane', raw.lane, LANE_BYTES)
    ordered('seq and after', [0, raw.after, raw.seq])
    if (raw.seq <= raw.after) throw new Error(`place ${raw.seq} comes after ${raw.after}`)
    ordered('times', [1, raw.sentMs, raw.expiresMs])
    if (raw.expiresMs - raw.sentMs > MAX_LIFETIME_MS) throw new Error(`it lives ${raw.expiresMs - raw.sentMs} ms`)
    if (raw.event === '') throw new Error('no event')
    bounded('event', raw.event, MAX_EVENT_BYTES)
    bounded('conversation', raw.conversation, MAX_CONVERSATION_BYTES)
    if (raw.payload.byteLength > MAX_PAYLOAD_BYTES) throw new WireOversizeError(`a payload of ${raw.payload.byteLength} bytes, over ${MAX_PAYLOAD_BYTES}`, { fault: 'oversize' })
    if (raw.encoding === 0) throw new Error('no encoding')
    return { ...raw, encoding: raw.encoding === ENCODINGS.json ? 'json' : raw.encoding === ENCODINGS.bytes ? 'bytes' : 'other' }
  },
  value => ({ ...value, encoding: ENCODINGS[value.encoding] })
)

export const receiptCodec: Codec<Receipt> = mappedCodec<RawReceipt, Receipt>(
  protonsCodec(RawReceipt),
  ({ status, reason, retryAfterMs }) => {
    if (status === 0) throw new Error('no status')
    if (status === STATUSES.delivered) return { status: 'delivered' }
    if (status === STATUSES.duplicate) return { status: 'duplicate' }
    if (status === STATUSES.refused) return { status: 'refused', reason: bounded('reason', reason, MAX_REASON_BYTES) }
    return { status: status === STATUSES.held ? 'held' : 'later', retryAfterMs }
  },
  receipt => ({
    status: STATUSES[receipt.status],
    reason: receipt.status === 'refused' ? receipt.reason : '',
    retryAfterMs: 'retryAfterMs' in receipt ? receipt.retryAfterMs : 0
  })
)

export const receiptsCodec: Codec<Receipts> = mappedCodec<RawReceipts, Receipts>(
  protonsCodec(RawReceipts, { limits: { delivered: MAX_RECEIPTS, refused: MAX_RECEIPTS } }),
  ({ delivered, refused }) => ({
    delivered: delivered.map(idOf),
    refused: refused.map(({ id, reason }) => ({ id: idOf(id), reason: bounded('reason', reason, MAX_REASON_BYTES) }))
  }),
  ({ delivered, refused }) => ({ delivered: delivered.map(bytesOf), refused: refused.map(({ id, reason }) => ({ id: bytesOf(id), reason })) })
)

/** One message, one receipt. The defaults of `defineProtocol` are spelt out: a service imports no values of another. */
export const directProtocol: Protocol<'request', Message, Receipt> = Object.freeze({
  shape: 'request',
  ids: ['/peerkeep/messaging/direct/1.0.0'] as const,
  request: messageCodec,
  response: receiptCodec,
  maxRequestBytes: MAX_MESSAGE_BYTES,
  maxResponseBytes: MAX_RECEIPT_BYTES,
  timeoutMs: REQUEST_TIMEOUT_MS,
  rate: RATE,
  // over the rate: a peer that is discouraged has a quarter of it, and is not told so
  offences: { undecodable: 'severe', oversize: 'severe', invalid: 'moderate', timeout: 'minor' },
  maxConcurrent: MAX_CONCURRENT,
  runOnLimitedConnection: true
} as const)

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Hexadecimal; of a few bytes faster than what can do more. */
export function hex (bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

function idOf (bytes: Uint8Array): string {
  sized('id', bytes, ID_BYTES)
  return hex(bytes)
}

function bytesOf (id: string): Uint8Array {
  return Uint8Array.from({ length: id.length / 2 }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16))
}

function sized (what: string, { byteLength }: Uint8Array, bytes: number): void {
  if (byteLength !== bytes) throw new Error(`${what} of ${byteLength} bytes, not ${bytes}`)
}

function ordered (what: string, numbers: [number, number, number]): void {
  if (!numbers.every(Number.isSafeInteger) || numbers[0] > numbers[1] || numbers[1] > numbers[2]) throw new Error(`${what} out of range: ${numbers.slice(1).join(', ')}`)
}

function bounded (what: string, text: string, maxBytes: number): string {
  // UTF-8 takes at least one byte a character, and at most three for each of UTF-16
  if (text.length > maxBytes || (text.length * 3 > maxBytes && encoder.encode(text).byteLength > maxBytes)) throw new WireOversizeError(`${what} of more than ${maxBytes} bytes`, { fault: 'oversize' })
  return text
}
