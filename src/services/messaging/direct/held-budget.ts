import { MAX_HELD, MAX_HELD_BYTES } from './constants.ts'

interface Held {
  messages: number
  bytes: number
  /** Of these bytes, those of messages that no handler has yet. */
  waiting: number
}

/** How much is held of messages that wait for their turn or that a handler has, of each sender and in all. */
export class HeldBudget {
  readonly #senders = new Map<string, Held>()
  #messages = 0
  #bytes = 0
  /** That a handler has: they cannot give way. */
  #running = 0

  get messages (): number {
    return this.#messages
  }

  get bytes (): number {
    return this.#bytes
  }

  /** Of whom those that wait have to go: whoever has most of them, when all together hold too much. */
  get greediest (): string | undefined {
    if (this.#bytes <= MAX_HELD_BYTES) return undefined
    let most: [string, Held] | undefined
    for (const entry of this.#senders) if (entry[1].waiting > (most?.[1].waiting ?? 0)) most = entry
    return most?.[0]
  }

  /**
   * One more that waits. False when there is no room: what waits for one that has to come before would wait for ever, so one
   * whose turn it is (`isNext`) may be over the bound of its sender, but not a second.
   */
  take (sender: string, bytes: number, isNext = false): boolean {
    const held = this.#senders.get(sender) ?? { messages: 0, bytes: 0, waiting: 0 }
    const [messagesMore, bytesMore] = isNext ? [0, 0] : [1, bytes]
    if (held.messages + messagesMore > MAX_HELD.messages || held.bytes + bytesMore > MAX_HELD.bytes || this.#running + bytes > MAX_HELD_BYTES) return false
    held.messages++
    held.bytes += bytes
    held.waiting += bytes
    this.#senders.set(sender, held)
    this.#messages++
    this.#bytes += bytes
    return true
  }

  /** A handler has it now. */
  begin (sender: string, bytes: number): void {
    const held = this.#senders.get(sender)
    if (held == null) return
    held.waiting -= bytes
    this.#running += bytes
  }

  /** It is gone; `began`: a handler had it. */
  give (sender: string, bytes: number, began = false): void {
    const held = this.#senders.get(sender)
    if (held == null) return
    held.messages--
    held.bytes -= bytes
    if (began) this.#running -= bytes
    else held.waiting -= bytes
    this.#messages--
    this.#bytes -= bytes
    if (held.messages === 0) this.#senders.delete(sender)
  }
}
