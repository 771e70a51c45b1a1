import { RateLimiter } from '../../wire/rate-limiter.ts'
import { hintEntries, messageCost } from './flood-meter.ts'
import type { FloodRate } from './flood-meter.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { Clock } from '../../util/clock.ts'

const MAX_PEERS = 1_024
/** The share of the burst that is kept for what this node itself publishes. */
const RESERVE = 0.25

/**
 * What this node passes on to each neighbour: no more than a neighbour takes. Without it several peers that each keep within
 * the rate could together make this one exceed it, and have it charged. What this node publishes is never held back, but
 * leaves so much less for that of others.
 */
export class Outflow {
  readonly #burst: number
  readonly #messages: RateLimiter
  readonly #hints: RateLimiter
  /** Gossipsub passes on, and keeps for who asks, the very objects that came. */
  readonly #received = new WeakSet<RPC.Message>()

  constructor ({ perSecond, burst }: FloodRate, clock: Clock) {
    this.#burst = burst
    const common = { perSecond, burst, maxKeys: MAX_PEERS, clock }
    this.#messages = new RateLimiter(common)
    this.#hints = new RateLimiter(common)
  }

  get gauges (): Record<string, number> {
    return { outMessageRates: this.#messages.size, outHintRates: this.#hints.size }
  }

  received (messages: RPC.Message[]): void {
    for (const message of messages) this.#received.add(message)
  }

  /** What of it may be sent to a peer, undefined for nothing. */
  limit (peer: string, rpc: RPC): RPC | undefined {
    const messages = rpc.messages.filter(message => this.#take(peer, message))
    const hints = hintEntries(rpc)
    const quiet = hints > 0 && !this.#hints.take(peer, Math.min(hints, this.#burst))
    if (messages.length === rpc.messages.length && !quiet) return rpc
    const control = rpc.control == null || !quiet ? rpc.control : { ...rpc.control, idontwant: [] }
    const { graft = [], prune = [], ihave = [], iwant = [], idontwant = [] } = control ?? {}
    const isEmpty = [messages, rpc.subscriptions, graft, prune, ihave, iwant, idontwant].every(({ length }) => length === 0)
    return isEmpty ? undefined : { ...rpc, messages, control }
  }

  #take (peer: string, message: RPC.Message): boolean {
    const cost = Math.min(messageCost(message), this.#burst)
    const available = this.#messages.available(peer)
    if (this.#received.has(message)) return available > this.#burst * RESERVE && this.#messages.take(peer, cost)
    this.#messages.take(peer, Math.min(cost, available))
    return true
  }
}
