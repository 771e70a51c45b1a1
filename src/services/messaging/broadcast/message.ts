import { toString } from 'uint8arrays/to-string'
import { describeError } from '../../../errors.ts'
import { Broadcast } from '../pb/broadcast.ts'
import type { Encoding, Payload } from '../parts.ts'

/** Of one broadcast. */
export const MAX_PAYLOAD_BYTES = 256 * 1024
/** A broadcast is worth something for so long at most. */
export const MAX_LIFETIME_MS = 600_000
/** What comes from further ahead is of a clock that cannot be believed. */
export const MAX_AHEAD_MS = 120_000
export const ID_BYTES = 16
/** Payload, the other fields, and some room for those of later versions. */
const MAX_FRAME_BYTES = MAX_PAYLOAD_BYTES + 4 * 1024

/** By their numbers on the wire. */
const ENCODINGS: Record<number, Encoding> = { 1: 'json', 2: 'bytes' }
const NUMBERS: Record<Encoding, number> = { json: 1, bytes: 2 }

export interface BroadcastMessage {
  /** Hexadecimal. */
  id: string
  payload: Payload
  sentMs: number
  expiresMs: number
}

/**
 * `reject` is for what no honest node of any version publishes or passes on, `ignore` for what is of no use here. `stale`:
 * it has expired, or is from before this node was there.
 */
export type BroadcastReading =
  | { verdict: 'accept', message: BroadcastMessage }
  | { verdict: 'ignore', why: string, stale: boolean }
  | { verdict: 'reject', why: string }

export interface ReadingTime {
  nowMs: number
  /** Broadcasts from before are not for this node: it may have had them before it was started anew. */
  sinceMs: number
}

/** The topic of an event, in one network. */
export function broadcastTopic (network: string, event: string): string {
  return `/peerkeep/${network}/event/1.0.0/${event}`
}

export function encodeBroadcast ({ id, payload, sentMs, expiresMs }: Omit<BroadcastMessage, 'id'> & { id: Uint8Array }): Uint8Array {
  return Broadcast.encode({ id, encoding: NUMBERS[payload.encoding], payload: payload.bytes, sentMs, expiresMs })
}

/** Everything about a broadcast but its payload. The contract is in `protocols/messaging/BROADCAST.md`. Never throws. */
export function readBroadcast (data: Uint8Array, { nowMs, sinceMs }: ReadingTime): BroadcastReading {
  if (data.byteLength > MAX_FRAME_BYTES) return reject(`${data.byteLength} bytes, ${MAX_FRAME_BYTES} are allowed`)
  let raw: Broadcast
  try {
    raw = Broadcast.decode(data)
  } catch (err) {
    return reject(describeError(err))
  }
  const { id, encoding, payload, sentMs, expiresMs } = raw
  if (id.byteLength !== ID_BYTES) return reject(`an id of ${id.byteLength} bytes`)
  if (encoding === 0) return reject('no encoding')
  if (payload.byteLength > MAX_PAYLOAD_BYTES) return reject(`a payload of ${payload.byteLength} bytes, ${MAX_PAYLOAD_BYTES} are allowed`)
  if (!(Number.isSafeInteger(sentMs) && sentMs > 0)) return reject(`sent at ${sentMs}`)
  if (!(expiresMs > sentMs && expiresMs <= sentMs + MAX_LIFETIME_MS)) return reject(`sent at ${sentMs}, expires at ${expiresMs}`)
  const known = ENCODINGS[encoding]
  if (known == null) return { verdict: 'ignore', why: `an encoding that is not known here: ${encoding}`, stale: false }
  if (sentMs > nowMs + MAX_AHEAD_MS) return { verdict: 'ignore', why: `sent ${sentMs - nowMs} ms from now: the author's clock is wrong, or that of this machine`, stale: false }
  if (expiresMs <= nowMs) return { verdict: 'ignore', why: `expired ${nowMs - expiresMs} ms ago`, stale: true }
  if (sentMs < sinceMs) return { verdict: 'ignore', why: `sent ${sinceMs - sentMs} ms before this node was there`, stale: true }
  // gossipsub passes on the very bytes that came: nobody may change them here
  return { verdict: 'accept', message: { id: toString(id, 'base16'), payload: { encoding: known, bytes: payload.slice() }, sentMs, expiresMs } }
}

function reject (why: string): BroadcastReading {
  return { verdict: 'reject', why }
}
