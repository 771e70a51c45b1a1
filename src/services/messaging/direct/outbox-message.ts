import { MessagingError } from '../messaging-error.ts'
import { OVERHEAD_BYTES } from './constants.ts'
import type { PeerId } from '@libp2p/interface'
import type { MessagingErrorCode } from '../messaging-error.ts'
import type { MessageState, OutboxEntry, SentMessage } from '../index.ts'
import type { Encoding } from '../parts.ts'
import type { Message } from './message.ts'
import type { SentLane } from './sent-lane.ts'

export interface OutboxMessageInit {
  /** Hexadecimal, and as bytes. */
  id: string
  idBytes: Uint8Array
  peerId: PeerId
  lane: SentLane
  seq: number
  event: string
  encoding: Encoding
  /** Absent while it is only in the datastore. */
  payload?: Uint8Array
  /** Of the payload. */
  bytes: number
  sentMs: number
  expiresMs: number
  /** Of messaging itself: nobody is told of it. */
  internal: boolean
}

/** When it was left with mailboxes, and those that have it. */
export interface Mailed {
  /** Milliseconds since 1970. */
  atMs: number
  mailboxes: readonly string[]
}

export type Outcome = 'delivered' | 'expired' | 'refused' | 'cancelled'

/** A message of this node that is not delivered yet. */
export class OutboxMessage implements SentMessage {
  readonly id: string
  readonly idBytes: Uint8Array
  readonly peerId: PeerId
  readonly lane: SentLane
  readonly seq: number
  readonly event: string
  readonly encoding: Encoding
  readonly bytes: number
  readonly sentMs: number
  readonly expiresMs: number
  readonly internal: boolean
  readonly delivered: Promise<void>
  /** Resolves when it is delivered or in the datastore. */
  readonly kept: Promise<void>
  /** Absent while it is only in the datastore. */
  payload?: Uint8Array
  /** Neighbours in the lane; `SentLane` sets them. */
  before?: OutboxMessage
  behind?: OutboxMessage
  inFlight = false
  stored = false
  /** Set when a mailbox has it. */
  mailed?: Mailed
  attempts = 0
  outcome?: Outcome
  readonly #delivery = Promise.withResolvers<void>()
  readonly #keeping = Promise.withResolvers<void>()

  constructor (init: OutboxMessageInit) {
    this.id = init.id
    this.idBytes = init.idBytes
    this.peerId = init.peerId
    this.lane = init.lane
    this.seq = init.seq
    this.event = init.event
    this.encoding = init.encoding
    this.payload = init.payload
    this.bytes = init.bytes
    this.sentMs = init.sentMs
    this.expiresMs = init.expiresMs
    this.internal = init.internal
    this.delivered = this.#delivery.promise
    this.kept = this.#keeping.promise
    // neither need be awaited
    this.delivered.catch(() => {})
    this.kept.catch(() => {})
  }

  get state (): MessageState {
    return this.outcome ?? (this.mailed != null || this.inFlight ? 'sent' : 'queued')
  }

  /** What it counts for in the outbox. */
  get cost (): number {
    return this.bytes + OVERHEAD_BYTES
  }

  get entry (): OutboxEntry {
    const { id, peerId, event, lane: { conversation, priority }, state, bytes, sentMs, expiresMs, attempts } = this
    return { id, peerId, event, conversation, priority, state, bytes, sentMs, expiresMs, attempts }
  }

  /** As it travels now. */
  toMessage (payload: Uint8Array): Message {
    const { idBytes, lane, seq, event, encoding, sentMs, expiresMs } = this
    return { id: idBytes, lane: lane.bytes, seq, after: this.before?.seq ?? 0, event, encoding, payload, conversation: lane.conversation, sentMs, expiresMs }
  }

  keep (): void {
    this.stored = true
    this.#keeping.resolve()
  }

  /** It could not be kept, and is given up. */
  lose (error: MessagingError): void {
    this.#keeping.reject(error)
    this.#delivery.reject(error)
  }

  settle (outcome: Outcome, reason?: string): void {
    this.outcome = outcome
    this.#keeping.resolve()
    const error = failure(this, outcome, reason)
    if (error == null) this.#delivery.resolve()
    else this.#delivery.reject(error)
  }

  /** Nobody will know any more in this process. */
  abandon (): void {
    const error = new MessagingError('MESSAGING_STOPPED', `the node was stopped before message ${this.id} was delivered: ${this.stored ? 'it is in the datastore, and is sent when the node runs again' : 'it was not stored'}`, { details: { id: this.id } })
    this.#keeping.reject(error)
    this.#delivery.reject(error)
  }
}

function failure ({ id, event, peerId }: OutboxMessage, outcome: Outcome, reason?: string): MessagingError | undefined {
  if (outcome === 'delivered') return undefined
  const peer = peerId.toString()
  const what = `message ${id} of "${event}" to ${peer}`
  const [code, message] = {
    expired: ['MESSAGING_EXPIRED', `${what} was not delivered in its time: give it more, or see why the peer is away`],
    refused: ['MESSAGING_REFUSED', `${what} was refused by it: ${reason ?? 'it did not say why'}`],
    cancelled: ['MESSAGING_CANCELLED', `${what} was taken back`]
  }[outcome] as [MessagingErrorCode, string]
  return new MessagingError(code, message, { details: { id, event, peer, ...reason == null ? {} : { reason } } })
}
