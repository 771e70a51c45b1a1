/** What a victim of an attack on messaging can be asked in its own process. */
import { peerIdFromString } from '@libp2p/peer-id'
import * as z from 'zod'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { END, MUX, muxFrame } from './call-frames.ts'
import { injectWhole } from './injection.ts'
import { DIRECT, directMessage, ORDER } from './messaging-frames.ts'
import { mutant } from './mutation.ts'
import type { Connection } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Messaging, MessagingSnapshot } from '../../../src/services/messaging/index.ts'
import type { BareNode } from './crowd.ts'
import type { VictimNode } from './victim-contract.ts'

export { injectFrom, isBanned, neutral, offences, protocolsSnapshot } from './call-commands.ts'

export interface Heard {
  /** Counts of `fuzz:order`, by who sent them; of the last 1,000. */
  orders: Array<{ from: string, count: number, how: string }>
  files: number
}

export interface Pour {
  /** `lanes`: each message in a lane of its own. `gaps`: all in one lane, and the first never comes. */
  what: 'lanes' | 'gaps'
  senders: number
  messages: number
  payloadBytes: number
}

const MAX_HEARD = 1_000
/** Calls of one stream. */
const AT_ONCE = 100
const heard: Heard = { orders: [], files: 0 }

function messagingOf ({ services: { messaging } }: VictimNode): Messaging {
  if (messaging == null) throw new Error('this victim has no messaging')
  return messaging
}

/** Takes orders, any bytes, and every file that is offered. */
export function listen (node: VictimNode): void {
  const messaging = messagingOf(node)
  messaging.on(ORDER, z.object({ item: z.string(), count: z.number() }), ({ count }, { peerId, how }) => {
    heard.orders.push({ from: peerId.toString(), count, how })
    if (heard.orders.length > MAX_HEARD) heard.orders.shift()
  })
  messaging.on('fuzz:bytes', { encode: (value: Uint8Array) => value, decode: bytes => bytes }, () => {})
  messaging.onFile(offer => {
    const transfer = offer.accept({ write: async () => {}, close: async () => { heard.files++ }, abort: () => {} })
    // that it fails is what these senders are after
    transfer.done.catch(() => {})
  })
}

export const takeHeard = (): Heard => ({ orders: heard.orders.splice(0), files: heard.files })

export const messagingSnapshot = (node: VictimNode): MessagingSnapshot => messagingOf(node).snapshot()

/** Entries of messaging in the datastore, and their bytes. */
export async function stored (node: VictimNode): Promise<{ entries: number, bytes: number }> {
  const { components: { datastore } } = node as unknown as { components: { datastore: Datastore } }
  let entries = 0
  let bytes = 0
  for await (const { value } of datastore.query({ prefix: '/peerkeep/messaging' })) {
    entries++
    bytes += value.byteLength
  }
  return { entries, bytes }
}

/** Direct messages of many senders, as if they had all come over the connection of this one. */
export async function pour (node: VictimNode, id: string, { what, senders, messages, payloadBytes }: Pour, seed: number): Promise<void> {
  const rng = seededRng(seed)
  const base = node.getConnections().find(({ remotePeer }) => remotePeer.toString() === id)
  if (base == null) throw new Error(`${id} is not connected`)
  const payload = new Uint8Array(payloadBytes)
  for (let sender = 0; sender < senders; sender++) {
    const connection = Object.create(base, { remotePeer: { value: randomPeerId(rng) } }) as Connection
    const lane = rng.bytes(8)
    for (let sent = 0; sent < messages;) {
      const frames: Uint8Array[] = []
      for (let call = 0; call < AT_ONCE && sent < messages; call++, sent++) {
        const given = what === 'lanes' ? {} : { lane, seq: sent + 2, after: sent + 1 }
        frames.push(muxFrame(call, END, directMessage(rng, { event: 'fuzz:bytes', encoding: 2, payload, ...given })))
      }
      await injectWhole(node as unknown as BareNode, connection, MUX + DIRECT, frames, what === 'lanes' ? 1_000 : 20)
    }
  }
}

/** What the validator of the orders' topic says to broken broadcasts that this peer has signed. */
export async function judge (node: VictimNode, id: string, seed: number, valid: readonly Uint8Array[], frames: number): Promise<Record<string, number>> {
  const rng = seededRng(seed)
  const topic = `/peerkeep/main/event/1.0.0/${ORDER}`
  const validate = node.services.pubsub.topicValidators.get(topic)
  if (validate == null) throw new Error(`nobody listens to ${topic}`)
  const from = peerIdFromString(id)
  const verdicts: Record<string, number> = {}
  for (let i = 0; i < frames; i++) {
    const verdict = await validate(from, { type: 'signed', from, topic, data: mutant(valid, rng), sequenceNumber: BigInt(i), signature: new Uint8Array(64), key: from.publicKey! })
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    if (i % 100 === 0) await new Promise(resolve => { setImmediate(resolve) })
  }
  return verdicts
}

export const misbehaviour = ({ services: { scoring } }: VictimNode, id: string): number => scoring?.get(id)?.misbehaviour ?? 0
