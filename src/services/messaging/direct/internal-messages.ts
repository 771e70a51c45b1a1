import { MAX_INTERNAL } from './constants.ts'
import type { OutboxMessage } from './outbox-message.ts'

/** Messages of messaging itself in the outbox: strangers can cause them, so there are few, and the application has its own room. */
export class InternalMessages {
  /** The oldest first. */
  readonly #all = new Set<OutboxMessage>()
  readonly #perPeer = new Map<string, Set<OutboxMessage>>()
  #bytes = 0

  get size (): number {
    return this.#all.size
  }

  get bytes (): number {
    return this.#bytes
  }

  add (message: OutboxMessage): void {
    const { peer } = message.lane
    const own = this.#perPeer.get(peer) ?? new Set()
    this.#perPeer.set(peer, own.add(message))
    this.#all.add(message)
    this.#bytes += message.cost
  }

  delete (message: OutboxMessage): void {
    if (!this.#all.delete(message)) return
    const { peer } = message.lane
    const own = this.#perPeer.get(peer)
    own?.delete(message)
    if (own?.size === 0) this.#perPeer.delete(peer)
    this.#bytes -= message.cost
  }

  /** Which has to give way for others of this peer, if there are too many. */
  surplus (peer: string): OutboxMessage | undefined {
    const own = this.#perPeer.get(peer)
    if (own != null && own.size > MAX_INTERNAL.perPeer) return first(own)
    return this.#all.size > MAX_INTERNAL.total || this.#bytes > MAX_INTERNAL.totalBytes ? first(this.#all) : undefined
  }
}

function first (messages: ReadonlySet<OutboxMessage>): OutboxMessage | undefined {
  return messages.values().next().value
}
