import { Type } from 'typebox'
import { MAX_TEXT, MAX_TOPIC, TOPIC_PATTERN } from '../inbox/text.ts'
import { Count, PageQuery, PeerIdText, TimeMs, object, words } from './common.ts'
import type { Static } from 'typebox'

/** As in the names of events, of which a topic becomes one. */
export const Topic = Type.String({ minLength: 1, maxLength: MAX_TOPIC, pattern: TOPIC_PATTERN, description: 'letters, digits, dots, dashes and underscores' })
export const MessageQuery = object(PageQuery)

export const MessageRequest = object({
  peerId: PeerIdText,
  text: Type.String({ minLength: 1, maxLength: MAX_TEXT }),
  conversation: Type.Optional(Type.String({ maxLength: 64 })),
  priority: Type.Optional(words(['high', 'normal', 'low'])),
  expiresInMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000_000 }))
})
export type MessageRequest = Static<typeof MessageRequest>

export const STATES = ['queued', 'sent', 'delivered', 'expired', 'refused', 'cancelled'] as const
export const MessageAnswer = object({ id: Type.String(), state: words(STATES) })
export type MessageAnswer = Static<typeof MessageAnswer>

export const OutboxEntry = object({
  id: Type.String(),
  peerId: PeerIdText,
  event: Type.String(),
  conversation: Type.String(),
  priority: Type.String(),
  state: words(STATES),
  bytes: Count,
  sentMs: TimeMs,
  expiresMs: TimeMs,
  attempts: Count
})
export const Outbox = object({ entries: Type.Array(OutboxEntry), total: Count })
export type Outbox = Static<typeof Outbox>

/** What others sent and this program took; the last 1,000, in memory. The event `message:received`. */
export const ReceivedMessage = object({
  id: Type.String(),
  peerId: PeerIdText,
  topic: Type.Optional(Type.String({ description: 'of a broadcast; absent for a direct message' })),
  text: Type.String(),
  sentMs: TimeMs,
  receivedMs: TimeMs,
  how: words(['direct', 'mailbox', 'broadcast'])
})
export type ReceivedMessage = Static<typeof ReceivedMessage>
export const Inbox = object({ messages: Type.Array(ReceivedMessage, { description: 'latest first' }), total: Count })
export type Inbox = Static<typeof Inbox>

export const BroadcastRequest = object({
  topic: Topic,
  text: Type.String({ minLength: 1, maxLength: MAX_TEXT })
})
export type BroadcastRequest = Static<typeof BroadcastRequest>
export const BroadcastAnswer = object({ id: Type.String(), peers: Count })
export type BroadcastAnswer = Static<typeof BroadcastAnswer>

/** Topics whose broadcasts this program takes, and passes on, until it is told otherwise or ends. */
export const Topics = object({ topics: Type.Array(Topic) })
export type Topics = Static<typeof Topics>
export const TopicRequest = object({ topic: Topic })

export const FileQuery = object({
  peerId: PeerIdText,
  name: Type.String({ minLength: 1, maxLength: 255 }),
  type: Type.Optional(Type.String({ maxLength: 128 })),
  id: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$', description: 'names the transfer, for the events file:progress' })),
  retryForMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, default: 60_000, description: 'how long to try while the peer cannot be reached; begins anew with every chunk that arrives' }))
})
export type FileQuery = Static<typeof FileQuery>
export const FileAnswer = object({ id: Type.String(), bytes: Count, root: Type.String({ description: '32 bytes, hexadecimal' }) })
export type FileAnswer = Static<typeof FileAnswer>

/** The event `file:progress`. */
export const FileProgress = object({
  id: Type.String(),
  peerId: PeerIdText,
  name: Type.String(),
  direction: words(['out', 'in']),
  state: words(['running', 'done', 'failed']),
  bytes: Count,
  size: Type.Optional(Count),
  error: Type.Optional(Type.String()),
  path: Type.Optional(Type.String({ description: 'where what came in is' }))
})
export type FileProgress = Static<typeof FileProgress>
