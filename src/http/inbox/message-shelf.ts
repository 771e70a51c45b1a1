import type { ReceivedMessage } from '../schemas/message.ts'

export interface ShelfLimits {
  messages: number
  /** Of all texts together. */
  chars: number
}

/** The latest messages. */
export class MessageShelf {
  readonly #limits: ShelfLimits
  /** Oldest first. */
  readonly #messages: ReceivedMessage[] = []
  #chars = 0

  constructor (limits: ShelfLimits) {
    this.#limits = limits
  }

  add (message: ReceivedMessage): void {
    this.#messages.push(message)
    this.#chars += message.text.length
    while (this.#messages.length > 1 && (this.#messages.length > this.#limits.messages || this.#chars > this.#limits.chars)) {
      this.#chars -= this.#messages.shift()?.text.length ?? 0
    }
  }

  /** Latest first. */
  page ({ limit, offset }: { limit: number, offset: number }): { messages: ReceivedMessage[], total: number } {
    const total = this.#messages.length
    const end = Math.max(0, total - offset)
    return { messages: this.#messages.slice(Math.max(0, end - limit), end).toReversed(), total }
  }
}
