import { describeError } from '../../../errors.ts'
import { PRIORITIES } from '../../../wire/mux/priority.ts'
import { peerFromBytes } from '../../../util/peer-bytes.ts'
import { StoredLane, StoredMailed, StoredMessage } from '../pb/direct-store.ts'
import { OUTBOX_PREFIX, RECEIPTS_EVENT } from './constants.ts'
import { hex, messageCodec } from './message.ts'
import { OutboxMessage } from './outbox-message.ts'
import { SentLane } from './sent-lane.ts'
import type { PeerId } from '@libp2p/interface'
import type { Pair } from 'interface-datastore'
import type { Priority } from '../../../wire/mux/priority.ts'
import type { Message } from './message.ts'
import type { Mailed } from './outbox-message.ts'

export interface StoredOutbox {
  /** With their messages in order. */
  lanes: SentLane[]
  damaged: Array<{ name: string, why: string }>
  /** Names of entries of messages that are gone. */
  unneeded: string[]
  /** Of payloads that were kept in memory. */
  cachedBytes: number
}

/** A message without the payload, unless it is kept in memory. */
interface Found {
  id: string
  peerId: PeerId
  message: Message
  bytes: number
  priority: Priority
}

/** Throws for what is no stored message. */
export function decodeMessage (value: Uint8Array): { peerId: PeerId, message: Message, priority: Priority } {
  const stored = StoredMessage.decode(value)
  const priority = PRIORITIES[stored.priority]
  if (priority == null) throw new Error(`there is no priority ${stored.priority}`)
  return { peerId: peerFromBytes(stored.peer), message: messageCodec.decode(stored.message), priority }
}

/** Everything that is stored, in lanes. */
export async function readOutbox (pairs: AsyncIterable<Pair> | Iterable<Pair>, maxCachedBytes: number): Promise<StoredOutbox> {
  const found: Found[] = []
  const reserved = new Map<string, number>()
  const mailed = new Map<string, Mailed>()
  const damaged: StoredOutbox['damaged'] = []
  let cachedBytes = 0
  for await (const { key, value } of pairs) {
    const name = key.toString().slice(OUTBOX_PREFIX.length)
    const [kind, id = ''] = name.split('/')
    try {
      if (kind === 'mailed') {
        mailed.set(id, StoredMailed.decode(value))
      } else if (kind === 'lane') {
        const stored = StoredLane.decode(value)
        if (!(Number.isSafeInteger(stored.reserved) && stored.reserved > 0)) throw new Error(`it reserves ${stored.reserved}`)
        reserved.set(id, stored.reserved)
      } else if (kind === 'message') {
        const { message, ...rest } = decodeMessage(value)
        if (hex(message.id) !== id) throw new Error(`it is message ${hex(message.id)}`)
        const { payload } = message
        const bytes = payload.byteLength
        const cached = cachedBytes + bytes <= maxCachedBytes
        if (cached) cachedBytes += bytes
        // of its own size: it came as a part of the whole value
        found.push({ ...rest, id, bytes, message: { ...message, payload: cached ? payload.slice() : new Uint8Array() } })
      } else {
        throw new Error('nothing of this kind is stored')
      }
    } catch (err) {
      damaged.push({ name, why: describeError(err) })
    }
  }
  const lanes = lanesOf(found, reserved)
  for (const message of lanes.flatMap(lane => [...lane])) {
    message.mailed = mailed.get(message.id)
    mailed.delete(message.id)
  }
  const used = new Set(lanes.map(({ id }) => id))
  const unneeded = [...[...mailed.keys()].map(id => `mailed/${id}`), ...[...reserved.keys()].filter(id => !used.has(id)).map(id => `lane/${id}`)]
  return { lanes, damaged, unneeded, cachedBytes }
}

function lanesOf (found: Found[], reserved: ReadonlyMap<string, number>): SentLane[] {
  const lanes = new Map<string, SentLane>()
  found.sort((a, b) => a.message.seq - b.message.seq)
  const highest = new Map(found.map(({ message }) => [hex(message.lane), message.seq]))
  for (const { id, peerId, message, bytes, priority } of found) {
    const laneId = hex(message.lane)
    const peer = peerId.toString()
    let lane = lanes.get(laneId)
    if (lane == null) {
      // without its own entry nobody knows which places were used: what is new goes elsewhere
      const next = Math.max(reserved.get(laneId) ?? Infinity, (highest.get(laneId) ?? 0) + 1)
      lane = new SentLane({ bytes: message.lane, id: laneId, peer, conversation: message.conversation, priority, internal: message.event === RECEIPTS_EVENT, next, reserved: reserved.get(laneId) ?? 0 })
      lanes.set(laneId, lane)
    }
    const { encoding } = message
    if (encoding === 'other' || lane.peer !== peer) continue
    const { payload, event, seq, sentMs, expiresMs } = message
    const restored = new OutboxMessage({
      id, idBytes: message.id, peerId, lane, seq, event, encoding, payload: payload.byteLength === bytes ? payload : undefined, bytes, sentMs, expiresMs, internal: event === RECEIPTS_EVENT
    })
    restored.keep()
    lane.append(restored)
  }
  return [...lanes.values()]
}
