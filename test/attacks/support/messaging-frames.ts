/** What honest peers say to each other by `protocols/messaging`: where attackers begin. */
import { createHash } from 'node:crypto'
import { signCard } from '../../../src/services/messaging/mailbox/card.ts'
import { ownSealingKey, sealMessage } from '../../../src/services/messaging/mailbox/sealed-message.ts'
import { Broadcast } from '../../../src/services/messaging/pb/broadcast.ts'
import { FromSender } from '../../../src/services/messaging/pb/files.ts'
import { Arrived, CardPush, CardRequest, DeleteRequest, DepositRequest, FetchRequest, RegisterRequest } from '../../../src/services/messaging/pb/mailbox.ts'
import { Message, Receipts } from '../../../src/services/messaging/pb/messaging.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Rng } from '../../../src/util/rng.ts'

export const ORDER = 'fuzz:order'
export const DIRECT = '/peerkeep/messaging/direct/1.0.0'
export const CARD = '/peerkeep/messaging/card/1.0.0'
export const CARD_PUSH = '/peerkeep/messaging/card/push/1.0.0'
export const REGISTER = '/peerkeep/messaging/mailbox/register/1.0.0'
export const DEPOSIT = '/peerkeep/messaging/mailbox/deposit/1.0.0'
export const FETCH = '/peerkeep/messaging/mailbox/fetch/1.0.0'
export const DELETE = '/peerkeep/messaging/mailbox/delete/1.0.0'
export const ARRIVED = '/peerkeep/messaging/mailbox/arrived/1.0.0'
export const FILE = '/peerkeep/messaging/file/1.0.0'

const HOUR_MS = 3_600_000
const CHUNK_BYTES = 300
const encoder = new TextEncoder()

export const orderPayload = (count: number): Uint8Array => encoder.encode(JSON.stringify({ item: 'tea', count }))

/** A direct message in a lane of its own, unless another is given. */
export function directMessage (rng: Rng, given: Partial<Message> = {}): Uint8Array {
  const nowMs = Date.now()
  return Message.encode({
    id: rng.bytes(16), lane: rng.bytes(8), seq: 1, after: 0, event: ORDER, encoding: 1, payload: orderPayload(1), conversation: '', sentMs: nowMs, expiresMs: nowMs + HOUR_MS, ...given
  })
}

export function broadcast (rng: Rng, given: Partial<Broadcast> = {}): Uint8Array {
  const nowMs = Date.now()
  return Broadcast.encode({ id: rng.bytes(16), encoding: 1, payload: orderPayload(1), sentMs: nowMs, expiresMs: nowMs + 60_000, ...given })
}

/** Signed by its sender and sealed to the recipient's own key. */
export async function sealed (privateKey: PrivateKey, recipient: PeerId, encoded: Uint8Array, rng: Rng): Promise<Uint8Array> {
  return await sealMessage({ privateKey, recipient, key: ownSealingKey(recipient), encoded, expiresMs: Date.now() + HOUR_MS, rng })
}

export async function cardOf (privateKey: PrivateKey, rng: Rng): Promise<Uint8Array> {
  const expiresMs = Date.now() + HOUR_MS
  return (await signCard(privateKey, { seq: Date.now(), expiresMs, prekeys: [{ publicKey: rng.bytes(32), notAfterMs: expiresMs }], mailboxes: [] })).bytes
}

/** Messages for each protocol that `attacker` may send to `victim`, and that are as they should be. */
export async function validMessages (privateKey: PrivateKey, attacker: PeerId, victim: PeerId, rng: Rng): Promise<Record<string, Uint8Array[]>> {
  const card = await cardOf(privateKey, rng)
  const lane = rng.bytes(8)
  const chunk = rng.bytes(CHUNK_BYTES)
  const root = rng.bytes(32)
  const letters = await Promise.all([attacker, victim].map(async to => await sealed(privateKey, to, directMessage(rng), rng)))
  const receipts = Receipts.encode({ delivered: [rng.bytes(16)], refused: [{ id: rng.bytes(16), reason: 'invalid' }] })
  return {
    [DIRECT]: [
      ...Array.from({ length: 16 }, (_, i) => directMessage(rng, { lane, seq: i + 1, after: i })),
      ...Array.from({ length: 16 }, (_, i) => directMessage(rng, { seq: 7 * i + 2, after: 7 * i, conversation: `c${i}` })),
      directMessage(rng, { event: 'nobody:registered' }),
      directMessage(rng, { event: '$receipts', encoding: 2, payload: receipts }),
      directMessage(rng, { payload: encoder.encode('{"item":5}') })
    ],
    [CARD]: [CardRequest.encode({ peer: new Uint8Array(0) }), CardRequest.encode({ peer: attacker.toMultihash().bytes })],
    [CARD_PUSH]: [CardPush.encode({ card })],
    [REGISTER]: [RegisterRequest.encode({ card }), RegisterRequest.encode({ card: new Uint8Array(0) })],
    [DEPOSIT]: [DepositRequest.encode({ sealed: letters }), DepositRequest.encode({ sealed: [letters[0]!] })],
    [FETCH]: [FetchRequest.encode({ after: new Uint8Array(0), maxBytes: 0 }), FetchRequest.encode({ after: rng.bytes(16), maxBytes: 1_000 })],
    [DELETE]: [DeleteRequest.encode({ tokens: [rng.bytes(16), rng.bytes(16)] })],
    [ARRIVED]: [Arrived.encode({})],
    [FILE]: [
      FromSender.encode({ offer: { id: rng.bytes(16), name: 'tea.txt', type: 'text/plain', size: 2 * CHUNK_BYTES } }),
      FromSender.encode({ offer: { id: rng.bytes(16), name: 'endless', type: '' } }),
      FromSender.encode({ begin: { chunks: 0 } }),
      FromSender.encode({ chunk: { index: 0, sha256: createHash('sha256').update(chunk).digest(), data: chunk } }),
      FromSender.encode({ chunk: { index: 1, sha256: root, data: chunk } }),
      FromSender.encode({ done: { bytes: CHUNK_BYTES, root } }),
      FromSender.encode({ cancel: { reason: 'enough', text: 'no more' } }),
      FromSender.encode({ alive: {} })
    ]
  }
}
