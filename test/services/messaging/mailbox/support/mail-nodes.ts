import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { createLibp2p } from 'libp2p'
import { toString } from 'uint8arrays/to-string'
import { neutralScoring } from '../../../../../src/components.ts'
import { Mailboxes } from '../../../../../src/services/messaging/mailbox/mailboxes.ts'
import { protocols } from '../../../../../src/services/protocols/index.ts'
import { seededRng, systemRng } from '../../../../../src/util/rng.ts'
import { eventually } from '../../../../support/eventually.ts'
import { ManualClock } from '../../../../support/manual-clock.ts'
import { START_MS } from '../../../../support/open-book.ts'
import { keyOf } from '../../../../support/signed-records.ts'
import { stopAll } from '../../../../support/stop-all.ts'
import type { ComponentLogger, Libp2p, PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { MessagingInit } from '../../../../../src/services/messaging/index.ts'
import type { MailboxesComponents } from '../../../../../src/services/messaging/mailbox/mailboxes.ts'
import type { Parcel, Taken } from '../../../../../src/services/messaging/parts.ts'
import type { Protocols } from '../../../../../src/services/protocols/index.ts'

export interface Charge {
  peer: string
  offence: string
  cause: string
}

export type MailNode = Libp2p<{ protocols: Protocols, mailboxes: Mailboxes }> & {
  mail: Mailboxes
  datastore: Datastore
  key: PrivateKey
  /** What was taken, in order, as `text sender via`. */
  received: Array<{ text: string, sender: string, via: string }>
  charges: Charge[]
  /** What becomes of a message; by default it is taken. */
  onTake (text: string): Taken
}

export interface MailNodeInit extends Pick<MessagingInit, 'mailbox' | 'prekeyRotationMs' | 'minRetryMs' | 'maxRetryMs'> {
  seed: number
  key?: PrivateKey
  datastore?: Datastore
  /** Shared by all that should live at one time. */
  clock?: ManualClock
}

let networks = 0

/** `await using nodes = new MailNodes()`: real nodes in memory that stop with the block; time stands still but for who moves it. */
export class MailNodes {
  readonly clock = new ManualClock(START_MS)
  readonly #network = networks++
  readonly #nodes = new Set<MailNode>()

  async create ({ seed, key, datastore = new MemoryDatastore(), clock = this.clock, ...init }: MailNodeInit): Promise<MailNode> {
    const privateKey = key ?? await keyOf(seed)
    const charges: Charge[] = []
    const received: MailNode['received'] = []
    const scoring = {
      ...neutralScoring,
      report: (peer: PeerId | string, offence: string, cause: string) => { charges.push({ peer: peer.toString(), offence, cause }) }
    }
    let node: MailNode | undefined
    const intake = {
      take: async (encoded: Uint8Array, { sender, via }: { sender: PeerId, via: PeerId }): Promise<Taken> => {
        const text = toString(encoded)
        const taken = node?.onTake(text) ?? 'done'
        if (taken === 'done') received.push({ text, sender: sender.toString(), via: via.toString() })
        return taken
      }
    }
    const made = await createLibp2p({
      privateKey,
      datastore,
      addresses: { listen: [`/memory/mail-${this.#network}-${seed}`] },
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000 },
      connectionMonitor: { enabled: false },
      services: {
        identify: identify(),
        scoring: () => scoring,
        protocols: protocols(),
        mailboxes: (components: MailboxesComponents & { logger: ComponentLogger }) => new Mailboxes(components, { ...init, intake, clock, rng: systemRng, log: components.logger.forComponent('peerkeep:messaging') })
      }
    })
    node = Object.assign(made, { mail: made.services.mailboxes, datastore, key: privateKey, received, charges, onTake: (): Taken => 'done' }) as unknown as MailNode
    this.#nodes.add(node)
    return node
  }

  /** A mailbox, Alice, and Bob who uses it and whose card she has. */
  async trio (mailbox: MailNodeInit['mailbox'] = true): Promise<[mailbox: MailNode, alice: MailNode, bob: MailNode]> {
    const trio = [await this.create({ seed: 1, mailbox }), await this.create({ seed: 2 }), await this.create({ seed: 3 })] as [MailNode, MailNode, MailNode]
    await trio[2].mail.useMailboxes([addressOf(trio[0])])
    await acquainted(trio[1], trio[2])
    return trio
  }

  async stop (node: MailNode): Promise<void> {
    this.#nodes.delete(node)
    await node.stop()
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await stopAll(this.#nodes)
  }
}

const ids = seededRng(1)

/** A message as the outbox hands it over. */
export function parcel (text: string, expiresMs = START_MS + 7 * 86_400_000): Parcel {
  return { id: toString(ids.bytes(16), 'base16'), encoded: new TextEncoder().encode(text), expiresMs }
}

export async function deposit (from: MailNode, to: PeerId, ...texts: string[]): Promise<number> {
  return (await from.mail.deposit(to, texts.map(text => parcel(text)), AbortSignal.timeout(30_000))).size
}

/** The one has the card of the other, as after writing to it. */
export async function acquainted (from: MailNode, to: MailNode): Promise<void> {
  const { cards = 0 } = from.mail.gauges()
  await from.dial(to.getMultiaddrs())
  from.mail.wroteTo(to.peerId)
  await eventually('it has the card', () => from.mail.gauges().cards === cards + 1)
}

export const addressOf = (node: MailNode): string => String(node.getMultiaddrs()[0])

export const texts = ({ received }: MailNode): string[] => received.map(({ text }) => text)
