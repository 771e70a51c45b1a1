import { systemClock } from '../../util/clock.ts'
import { InboxError } from './inbox-error.ts'
import { MessageShelf } from './message-shelf.ts'
import { ReceivedFiles } from './received-files.ts'
import { MAX_TOPIC, TEXT_EVENT, isTopic, textSchema, topicEvent } from './text.ts'
import type { Clock } from '../../util/clock.ts'
import type { MessageContext, Messaging } from '../../services/messaging/index.ts'
import type { ReceivedMessage } from '../schemas/message.ts'
import type { TextMessage } from './text.ts'

export interface InboxInit {
  messaging: Messaging
  /** Takes events that are to be kept: `message:received`, and `file:progress` of a file that has come or failed. */
  publish: (event: { event: string }) => void
  /** Takes events that need not be kept: how far a file is. @default publish */
  tell?: (event: { event: string }) => void
  clock?: Clock
  /** Where files go that peers send, and how many bytes all in that folder may have. @default none, they are declined */
  files?: { dir: string, maxBytes: number }
}

const KEPT = { messages: 1_000, chars: 8 * 1024 * 1024 }
const MAX_TOPICS = 64

/**
 * Takes what others send to the program, as an application would: texts, broadcasts of the topics that were asked for, files.
 * To be started before the node: it refuses for good what nobody takes.
 */
export class Inbox {
  readonly #messaging: Messaging
  readonly #publish: InboxInit['publish']
  readonly #clock: Clock
  readonly #files?: ReceivedFiles
  readonly #shelf = new MessageShelf(KEPT)
  /** What ends each. */
  readonly #topics = new Map<string, () => void>()
  readonly #ends: Array<() => void> = []

  constructor ({ messaging, publish, tell = publish, clock = systemClock, files }: InboxInit) {
    this.#messaging = messaging
    this.#publish = publish
    this.#clock = clock
    this.#files = files && new ReceivedFiles({ ...files, clock, ended: publish, running: tell })
  }

  /** Throws `MESSAGING_EVENT_TAKEN` when the application takes these itself. */
  start (): void {
    this.#ends.push(this.#messaging.on(TEXT_EVENT, textSchema, (message, context) => { this.#take(message, context) }, { broadcast: false }))
    if (this.#files != null) this.#ends.push(this.#messaging.onFile(this.#files.take))
  }

  stop (): void {
    for (const end of [...this.#ends.splice(0), ...this.#topics.values()]) end()
    this.#topics.clear()
  }

  /** Latest first. */
  messages (page: { limit: number, offset: number }): { messages: ReceivedMessage[], total: number } {
    return this.#shelf.page(page)
  }

  get topics (): string[] {
    return [...this.#topics.keys()].sort()
  }

  /** Takes a topic's broadcasts from now on, and passes them on. Throws `INBOX_TOPIC_INVALID`, `INBOX_TOPICS_FULL`. */
  join (topic: string): void {
    if (this.#topics.has(topic)) return
    if (!isTopic(topic)) throw new InboxError('INBOX_TOPIC_INVALID', `${JSON.stringify(topic)} is no topic: letters, digits, dots, dashes and underscores, at most ${MAX_TOPIC}`)
    if (this.#topics.size >= MAX_TOPICS) throw new InboxError('INBOX_TOPICS_FULL', `${MAX_TOPICS} topics are taken already`, { details: { fix: 'leave one of them first' } })
    this.#topics.set(topic, this.#messaging.on(topicEvent(topic), textSchema, (message, context) => { this.#take(message, context, topic) }))
  }

  /** False when it was not taken. */
  leave (topic: string): boolean {
    this.#topics.get(topic)?.()
    return this.#topics.delete(topic)
  }

  #take ({ text }: TextMessage, { id, peerId, sentMs, how }: MessageContext, topic?: string): void {
    const message: ReceivedMessage = {
      id,
      peerId: peerId.toString(),
      // who sends one peer what is meant for a topic has sent it a text
      ...how === 'broadcast' && topic != null ? { topic } : {},
      text,
      sentMs,
      receivedMs: this.#clock.now(),
      how
    }
    this.#shelf.add(message)
    this.#publish({ event: 'message:received', ...message })
  }
}
