/**
 * @packageDocumentation
 *
 * Say something to a peer, or to everybody. Events with validated data: direct messages that wait for a peer that is away,
 * survive a restart and arrive once and in order; sealed end to end where they rest at a mailbox; broadcasts over gossip;
 * files that go on where they broke off.
 *
 * It is no chat: it knows no groups, no accounts and no history beyond what is still under way.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 * import * as z from 'zod'
 *
 * const Order = z.object({ item: z.string(), count: z.number() })
 * const shop = await createAppNode({ listen: ['/ip4/127.0.0.1/tcp/0'], dataDir: './shop' })
 * shop.services.messaging.on('order:new', Order, (order, { peerId }) => { console.log(peerId.toString(), order.item) })
 *
 * const customer = await createAppNode({ dataDir: './customer' })
 * await customer.dial(shop.getMultiaddrs())
 * const sent = await customer.services.messaging.send(shop.peerId, 'order:new', { item: 'tea', count: 2 })
 * await sent.delivered
 * ```
 */
import { MessagingService } from './service.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { GossipSub } from '@libp2p/gossipsub'
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, PrivateKey, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Datastore } from 'interface-datastore'
import type { ServiceInit } from '../../components.ts'
import type { Codec } from '../../wire/protocol.ts'
import type { Priority } from '../../wire/mux/priority.ts'
import type { Pool } from '../pool/index.ts'
import type { Protocols } from '../protocols/index.ts'
import type { FileOffer, FileSource, FileTransfer, SendFileOptions } from './files/contract.ts'

export { MessagingError } from './messaging-error.ts'
export type { MessagingErrorCode } from './messaging-error.ts'
export { fileRoot } from './files/file-root.ts'
export type { FileOffer, FileProgress, FileResult, FileSink, FileSource, FileTransfer, FileTransferEvents, ReadableFile, SendFileOptions } from './files/contract.ts'

/** What an event carries: a Standard Schema (zod, valibot, ...) for JSON, or a codec for bytes. */
export type EventSchema<T> = StandardSchemaV1<unknown, T> | Codec<T>

/** Where a message came from. */
export interface MessageContext {
  /** Who wrote it: the other end of a Noise connection, or the signer. */
  peerId: PeerId
  /** Who handed it over: the author itself, a mailbox, or a neighbour in gossip. */
  via: PeerId
  how: 'direct' | 'mailbox' | 'broadcast'
  /** The same for every copy; hexadecimal. */
  id: string
  /** By the sender's clock, milliseconds since 1970. */
  sentMs: number
  /** Direct messages only; '' by default. */
  conversation: string
}

/** `ignore` drops a broadcast and stops it here, at nobody's cost; `reject` charges whoever passed it on, and must be sure. */
export type BroadcastVerdict = 'accept' | 'ignore' | 'reject'

export interface OnOptions<T> {
  /** Take part in broadcasts of this event. @default true */
  broadcast?: boolean
  /** Asked for every broadcast before it is passed on; must be quick (after 5 s it is ignored) and the same at all nodes. @default accept */
  validate?: (data: T, context: MessageContext) => BroadcastVerdict | Promise<BroadcastVerdict>
  /** Broadcasts of this event a second in the whole network, for gossip's scores: rather too few, as who brings far fewer leaves the mesh for a while. @default 1 */
  expectedPerSecond?: number
}

export interface SendOptions {
  /** Order is kept within one conversation at one priority. @default '' */
  conversation?: string
  /** What is of a higher priority overtakes; low waits for room. @default 'normal' */
  priority?: Priority
  /** Given up when not delivered by then. @default 604_800_000 (7 days), at most 30 days */
  expiresInMs?: number
  /** For the first attempt only; the message stays queued when it aborts. `cancel` takes it back. */
  signal?: AbortSignal
}

/** `queued`: durable here. `sent`: with a mailbox, or on its way. `delivered`: the peer's handler has taken it. `refused`: the peer will never take it. */
export type MessageState = 'queued' | 'sent' | 'delivered' | 'expired' | 'refused' | 'cancelled'

export interface OutboxEntry {
  id: string
  peerId: PeerId
  event: string
  conversation: string
  priority: Priority
  state: MessageState
  bytes: number
  sentMs: number
  expiresMs: number
  attempts: number
}

export interface SentMessage {
  readonly id: string
  /** As of now. */
  readonly state: MessageState
  /** Resolves when the peer's handler has taken it; rejects with `MESSAGING_EXPIRED`, `MESSAGING_REFUSED`, `MESSAGING_CANCELLED`, `MESSAGING_STOPPED` or `MESSAGING_WRITE_FAILED`. Need not be awaited. */
  readonly delivered: Promise<void>
}

export interface BroadcastOptions {
  /** Not delivered, nor passed on, after that. @default 60_000, at most 600_000 */
  expiresInMs?: number
  /** That nobody is there to take it is no error. @default false */
  allowNobody?: boolean
}

export interface MessagingEvents {
  'message:queued': CustomEvent<OutboxEntry>
  'message:sent': CustomEvent<OutboxEntry>
  'message:delivered': CustomEvent<OutboxEntry>
  'message:expired': CustomEvent<OutboxEntry>
  /** `reason`: unknown-event, invalid, failed (its handler threw three times), damaged (it could not be read from the datastore of this node); others of later versions. What the peer refuses as too old counts as expired. */
  'message:refused': CustomEvent<OutboxEntry & { reason: string }>
  /** A handler of this node threw. */
  'handler:failed': CustomEvent<{ event: string, context: MessageContext, error: unknown }>
  /** Nobody here has registered the event; told once a minute for each event. */
  'event:unknown': CustomEvent<{ event: string, peerId: PeerId, count: number }>
}

export interface MessagingSnapshot {
  events: Array<{ event: string, broadcast: boolean, received: number, invalid: number, failed: number }>
  outbox: Record<'queued' | 'sent', number> & { bytes: number, peers: number }
  delivered: number
  received: number
  duplicates: number
  unknown: number
  /** `lost`: messages that mailboxes gave and that came to nothing since the node was made, by reason. */
  mailbox: { serving: boolean, owners: number, messages: number, bytes: number, using: string[], lost: Record<string, number> }
  broadcast: { published: number, received: number, ignored: number, rejected: number, duplicates: number, expired: number }
  files: { sending: number, receiving: number, sentBytes: number, receivedBytes: number }
  gauges: Record<string, number>
}

export interface Messaging extends TypedEventTarget<MessagingEvents> {
  /**
   * Takes an event, direct and broadcast, until the function that is returned is called. A direct message counts as delivered
   * when the handler has returned; when it throws, the sender tries again, three times in all. Throws `MESSAGING_EVENT_TAKEN`, `MESSAGING_EVENT_INVALID`.
   */
  on<T> (event: string, schema: EventSchema<T>, handler: (data: T, context: MessageContext) => void | Promise<void>, options?: OnOptions<T>): () => void
  /**
   * Resolves when the message is delivered or safely in the datastore, whichever is first. Bytes go as they are, everything else as
   * JSON. Rejects with `MESSAGING_INVALID` (does not fit the schema registered here), `MESSAGING_TOO_LARGE` (over 1 MiB), `MESSAGING_OUTBOX_FULL`, `MESSAGING_STOPPED`,
   * `MESSAGING_WRITE_FAILED` (the datastore does not take it: it is not sent any more).
   */
  send (peer: PeerId | string, event: string, data: unknown, options?: SendOptions): Promise<SentMessage>
  /** What is not delivered yet, oldest first. */
  outbox (): OutboxEntry[]
  /** Takes a message back; true when it was still here. It may have arrived all the same. */
  cancel (id: string): boolean
  /** To everybody who registered the event. Rejects with `MESSAGING_NOBODY` when no neighbour took it, `MESSAGING_INVALID`, `MESSAGING_TOO_LARGE` (over 256 KiB). */
  broadcast (event: string, data: unknown, options?: BroadcastOptions): Promise<{ id: string, peers: number }>
  /** Sends a file, or anything that can be read. */
  sendFile (peer: PeerId | string, source: FileSource, options: SendFileOptions): FileTransfer
  /** Is asked about every file that is offered; without it all are declined. The function that is returned takes it back. */
  onFile (handler: (offer: FileOffer) => void | Promise<void>): () => void
  /**
   * Peers that keep sealed messages for this node while it is away; they are told to everybody who writes to it. Resolves to
   * those that agreed.
   */
  useMailboxes (peers: Array<PeerId | string>, options?: { signal?: AbortSignal }): Promise<PeerId[]>
  /**
   * Fetches what the mailboxes have, now; it happens by itself whenever one is connected, too. Resolves to the
   * number of messages taken from them, those that came directly before, or were refused, among them.
   */
  fetchMailboxes (options?: { signal?: AbortSignal }): Promise<number>
  snapshot (): MessagingSnapshot
}

export interface MessagingInit extends ServiceInit {
  /** Prefix of broadcast topics. @default 'main' */
  network?: string
  /** Keep sealed messages for others: true, or with limits. @default false */
  mailbox?: boolean | MailboxLimits
  /** Messages in the outbox for one peer, and in all. @default { perPeer: 10_000, total: 100_000, totalBytes: 268_435_456 } */
  outbox?: { perPeer?: number, total?: number, totalBytes?: number }
  /** First wait before a peer that is away is tried again, in milliseconds; doubles, with full jitter. @default 1_000 */
  minRetryMs?: number
  /** Longest such wait. A peer that connects is tried at once. @default 300_000 */
  maxRetryMs?: number
  /** A new prekey this often, in milliseconds; old ones are kept as long as messages sealed to them can live. @default 86_400_000 */
  prekeyRotationMs?: number
  /** Called for about every megabyte of a file that goes through, to free what has become garbage. @default in Node what clears V8's young generation */
  collectYoung?: () => void
}

export interface MailboxLimits {
  /** Peers that messages are kept for. @default 256 */
  owners?: number
  /** Kept for one. @default 4_194_304 */
  bytesPerOwner?: number
  /** @default 1_000 */
  messagesPerOwner?: number
  /** Kept for all of them. @default 268_435_456 */
  totalBytes?: number
  /** Longest they are kept, in milliseconds. @default 1_209_600_000 (14 days) */
  maxAgeMs?: number
}

export interface MessagingComponents {
  peerId: PeerId
  privateKey: PrivateKey
  datastore: Datastore
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
  protocols: Protocols
  pool: Pool
  pubsub: GossipSub
}

/** Uses the optional components `scoring` and `bans`. */
export function messaging (init: MessagingInit = {}): (components: MessagingComponents) => Messaging {
  return (components) => new MessagingService(components, init)
}
