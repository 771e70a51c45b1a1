import { MemoryDatastore } from 'datastore-core'
import { defaultLogger } from '@libp2p/logger'
import { toString } from 'uint8arrays/to-string'
import { Box } from '../../../../../src/services/messaging/mailbox/box.ts'
import { signCard } from '../../../../../src/services/messaging/mailbox/card.ts'
import { boxLimits } from '../../../../../src/services/messaging/mailbox/options.ts'
import { ownSealingKey, readSealed, sealMessage } from '../../../../../src/services/messaging/mailbox/sealed-message.ts'
import { seededRng } from '../../../../../src/util/rng.ts'
import { ManualClock } from '../../../../support/manual-clock.ts'
import { START_MS } from '../../../../support/open-book.ts'
import { keyOf, peerIdOf } from '../../../../support/signed-records.ts'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../../../src/util/clock.ts'
import type { MailboxLimits } from '../../../../../src/services/messaging/index.ts'
import type { Card } from '../../../../../src/services/messaging/mailbox/card.ts'
import type { MailboxStatus } from '../../../../../src/services/messaging/mailbox/mailbox-protocols.ts'
import type { SealedMessage } from '../../../../../src/services/messaging/mailbox/sealed-message.ts'

export const OWNER = 100

export interface OpenBox {
  box: Box
  datastore: Datastore
  clock: ManualClock
  /** Another one on the same datastore, as after a kill. */
  crash (limits?: MailboxLimits): Promise<OpenBox>
  register (seed: number, host?: string, seq?: number): Promise<MailboxStatus>
  /** A message of `bytes` from one peer to another. */
  bring (message: SealedMessage, host?: string): Promise<MailboxStatus>
  /** What is kept for an owner, by id. */
  kept (seed?: number): Promise<string[]>
}

let messages = 0

export async function messageFrom (sender: number, { to = OWNER, bytes = 100, expiresMs = START_MS + 7 * 86_400_000, seed = messages++ } = {}): Promise<SealedMessage> {
  const recipient = await peerIdOf(to)
  return await readSealed(await sealMessage({ privateKey: await keyOf(sender), recipient, key: ownSealingKey(recipient), encoded: new Uint8Array(bytes), expiresMs, rng: seededRng(seed) }))
}

export const idOf = ({ id }: SealedMessage): string => toString(id, 'base16')

export async function cardOf (seed: number, seq = 1): Promise<Card> {
  return await signCard(await keyOf(seed), { seq, expiresMs: START_MS + 86_400_000, prekeys: [], mailboxes: [] })
}

export async function openBox (limits: MailboxLimits = {}, datastore: Datastore = new MemoryDatastore(), clock: Clock = new ManualClock(START_MS)): Promise<OpenBox> {
  const box = new Box({ datastore, clock, rng: seededRng(1), log: defaultLogger().forComponent('peerkeep:messaging'), limits: boxLimits(limits)! })
  await box.load()
  return {
    box,
    datastore,
    clock: clock as ManualClock,
    crash: async (more = limits) => await openBox(more, datastore, clock),
    register: async (seed, host = '', seq = 1) => await box.register(String(await peerIdOf(seed)), await cardOf(seed, seq), host),
    bring: async (message, host = '') => (await box.deposit([message], String(message.sender), host))[0]!,
    async kept (seed = OWNER) {
      const { kept } = await box.page(String(await peerIdOf(seed)), new Uint8Array(0), 0)
      return await Promise.all(kept.map(async ({ sealed }) => idOf(await readSealed(sealed))))
    }
  }
}
