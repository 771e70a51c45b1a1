import { deleteProtocol, fetchProtocol, registerProtocol } from '../../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import { ownSealingKey, sealMessage } from '../../../../../src/services/messaging/mailbox/sealed-message.ts'
import { systemRng } from '../../../../../src/util/rng.ts'
import { START_MS } from '../../../../support/open-book.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { MailNode } from './mail-nodes.ts'

export interface EvilMailbox {
  /** What it hands out, again and again. */
  kept: Array<{ token: Uint8Array, sealed: Uint8Array }>
  more: boolean
  /** Under a new token each time. */
  endless: boolean
  fetched: number
  deleted: number
}

/** Agrees to everything and hands out what it likes. */
export async function makeEvil (node: MailNode): Promise<EvilMailbox> {
  const evil: EvilMailbox = { kept: [], more: false, endless: false, fetched: 0, deleted: 0 }
  const { protocols } = node.services
  await protocols.handle(registerProtocol, () => ({ status: 'ok' as const, maxAgeMs: 1, maxBytes: 1 }))
  await protocols.handle(fetchProtocol, () => {
    evil.fetched++
    const kept = evil.endless ? evil.kept.map(({ sealed }) => ({ token: Uint8Array.of(0xff, evil.fetched >> 8, evil.fetched & 0xff), sealed })) : evil.kept
    return { status: 'ok' as const, kept, more: evil.more }
  })
  await protocols.handle(deleteProtocol, ({ tokens }) => {
    evil.deleted += tokens.length
    return { status: 'ok' as const }
  })
  return evil
}

/** By that key, to that peer; sealed to its own key, or to `key`. */
export async function sealedBy (privateKey: PrivateKey, recipient: PeerId, text: string, { key = ownSealingKey(recipient), expiresMs = START_MS + 86_400_000 } = {}): Promise<Uint8Array> {
  return await sealMessage({ privateKey, recipient, key, encoded: new TextEncoder().encode(text), expiresMs, rng: systemRng })
}
