import { CardBook } from './card-book.ts'
import { CardExchange } from './card-exchange.ts'
import { Collector } from './collector.ts'
import { Depositor } from './depositor.ts'
import { Incoming } from './incoming.ts'
import { MailboxServer } from './mailbox-server.ts'
import { boxLimits, rotationMs } from './options.ts'
import { OwnCard } from './own-card.ts'
import { Prekeys } from './prekeys.ts'
import { Tending } from './tending.ts'
import { UsedMailboxes } from './used-mailboxes.ts'
import { Visit } from './visit.ts'
import type { Libp2pEvents, Logger, PeerId, PeerStore, PrivateKey, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { Bans, Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Protocols } from '../../protocols/index.ts'
import type { MessagingInit } from '../index.ts'
import type { Intake } from '../parts.ts'

export interface MailboxesComponents {
  peerId: PeerId
  privateKey: PrivateKey
  datastore: Datastore
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  protocols: Protocols
}

export interface MailboxesInit extends Pick<MessagingInit, 'mailbox' | 'prekeyRotationMs' | 'minRetryMs' | 'maxRetryMs'> {
  intake: Intake
  clock: Clock
  rng: Rng
  log: Logger
}

/** What may be another with every start. */
export interface Surroundings {
  scoring: () => Scoring
  bans: () => Bans
  peerStore: () => PeerStore | undefined
  /** Peers to ask for cards of others. */
  servingMailboxes: () => Promise<{ used: PeerId[], others: PeerId[] }>
  /** The card has to be renewed. */
  onChange: () => Promise<void>
}

/** The parts of `Mailboxes`. */
export interface Assembly {
  prekeys: Prekeys
  used: UsedMailboxes
  book: CardBook
  own: OwnCard
  exchange: CardExchange
  incoming: Incoming
  collector: Collector
  tending: Tending
  depositor: Depositor
  /** Absent where nothing is kept for others. */
  server: MailboxServer | undefined
}

export function assemble (components: MailboxesComponents, init: MailboxesInit, { scoring, bans, peerStore, servingMailboxes, onChange }: Surroundings): Assembly {
  const { peerId: self, privateKey, datastore, connectionManager, protocols } = components
  const { clock, rng, log, intake, minRetryMs, maxRetryMs } = init
  const limits = boxLimits(init.mailbox)
  const server = limits == null ? undefined : new MailboxServer({ datastore, clock, rng, log, limits, self, protocols, connectionManager, scoring })
  const prekeys = new Prekeys({ datastore, privateKey, clock, rng, log, rotationMs: rotationMs(init.prekeyRotationMs) })
  const used = new UsedMailboxes(datastore)
  const book = new CardBook({ datastore, clock, log })
  const own = new OwnCard({ privateKey, clock, log, prekeys, mailboxes: used })
  const exchange = new CardExchange({
    self, book, protocols, connectionManager, clock, log, scoring,
    own: () => own.current,
    kept: owner => server?.box.card(owner),
    mailboxes: servingMailboxes
  })
  const incoming = new Incoming({ self, privateKey, prekeys, intake, clock, log, scoring, bans })
  const collector = new Collector({ protocols, incoming, clock, scoring })
  const visit = new Visit({ protocols, connectionManager, clock, log, used, collector, card: () => own.current, onChange, peerStore })
  const tending = new Tending({ protocols, clock, rng, log, used, visit, minRetryMs, maxRetryMs })
  const depositor = new Depositor({
    self, privateKey, protocols, connectionManager, clock, rng, log,
    ...server == null ? {} : { local: async (sealed: Uint8Array[]) => await server.deposit(sealed, self, '') }
  })
  return { prekeys, used, book, own, exchange, incoming, collector, tending, depositor, server }
}
