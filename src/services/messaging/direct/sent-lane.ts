import { LANE_PARTS, WINDOWS } from './constants.ts'
import type { Priority } from '../../../wire/mux/priority.ts'
import type { OutboxMessage } from './outbox-message.ts'

export interface SentLaneInit {
  /** 8 random bytes, and in hexadecimal. */
  bytes: Uint8Array
  id: string
  peer: string
  conversation: string
  priority: Priority
  /** Of messaging itself. @default false */
  internal?: boolean
  /** The first place that was never used. @default 1 */
  next?: number
  /** Places below this are reserved in the datastore. @default 0: nothing of this lane is stored */
  reserved?: number
}

/** Messages of one conversation and priority to one peer, in order, and which of them is sent next. */
export class SentLane {
  readonly bytes: Uint8Array
  readonly id: string
  readonly peer: string
  readonly conversation: string
  readonly priority: Priority
  readonly internal: boolean
  /** Places below this may be used, whatever becomes of this process. */
  reserved: number
  /** What `reserved` may be already, while it is written for the first time. */
  reserving = 0
  /** Nothing is sent before, on the monotonic clock. */
  pausedUntilMs = -Infinity
  #next: number
  #size = 0
  #first?: OutboxMessage
  #last?: OutboxMessage
  /** Everything before it is on its way. */
  #cursor?: OutboxMessage
  #inFlight = 0
  /** How many may be on their way: one after a refusal, twice as many with each delivery. */
  #window: number

  constructor ({ bytes, id, peer, conversation, priority, internal = false, next = 1, reserved = 0 }: SentLaneInit) {
    this.bytes = bytes
    this.id = id
    this.peer = peer
    this.conversation = conversation
    this.priority = priority
    this.internal = internal
    this.reserved = reserved
    this.#next = next
    this.#window = this.#maxWindow
  }

  get size (): number {
    return this.#size
  }

  get nextSeq (): number {
    return this.#next
  }

  /** Nobody knows which places were used. */
  get closed (): boolean {
    return this.#next === Infinity
  }

  /** A place for a new message. */
  takeSeq (): number {
    return this.#next++
  }

  /** Behind the last. */
  append (message: OutboxMessage): void {
    message.before = this.#last
    if (this.#last == null) this.#first = message
    else this.#last.behind = message
    this.#last = message
    this.#cursor ??= message
    this.#size++
  }

  /** It is settled: nobody waits for it any more. */
  remove (message: OutboxMessage): void {
    const { before, behind } = message
    if (this.#cursor === message) this.#cursor = behind
    if (before == null) this.#first = behind
    else before.behind = behind
    if (behind == null) this.#last = before
    else behind.before = before
    message.before = message.behind = undefined
    this.#size--
  }

  /** What is to be sent next, if anything may be now. */
  peek (nowMs: number): OutboxMessage | undefined {
    if (nowMs < this.pausedUntilMs) return undefined
    while (this.#cursor?.inFlight === true) this.#cursor = this.#cursor.behind
    // the others wait for the first
    return this.#inFlight < this.#window || this.#cursor === this.#first ? this.#cursor : undefined
  }

  /** It is on its way. */
  begin (message: OutboxMessage): void {
    message.inFlight = true
    this.#inFlight++
  }

  /** It is no longer on its way; unless it is removed now, it is sent again. */
  end (message: OutboxMessage): void {
    message.inFlight = false
    this.#inFlight--
    this.#cursor = this.#first
  }

  /** The other side takes what is sent. */
  widen (): void {
    this.#window = Math.min(this.#maxWindow, this.#window * 2)
  }

  /** The other side cannot take this now. */
  narrow (untilMs: number): void {
    this.#window = 1
    this.pausedUntilMs = untilMs
  }

  * [Symbol.iterator] (): IterableIterator<OutboxMessage> {
    for (let message = this.#first; message != null; message = message.behind) yield message
  }

  get #maxWindow (): number {
    return WINDOWS[this.priority].messages / LANE_PARTS
  }
}
