import { BoundedMap } from '../../util/bounded-map.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { Clock } from '../../util/clock.ts'

export interface FloodRate {
  perSecond: number
  burst: number
}

/** A message counts once for each begun 16 KiB: 400 a second are 6.4 MB, not 1.6 GB. */
const BYTES_PER_TOKEN = 16_384
/** A peer sends all its topics at first, and is grafted into as many meshes. */
const CONTROL_RATE_FACTOR = 2
const MIN_CONTROL_BURST = 2_500
/**
 * An honest peer says "I don't want this" for each large message that it gets from anybody. This guard says so no more often
 * than it passes messages on; for others there is room for several times as many.
 */
const HINT_RATE_FACTOR = 4
/** The share of the burst that need not wait. */
const AT_ONCE = 0.25
const WINDOWS_PER_SECOND = 20
/**
 * What is over costs nothing up to 1.5 seconds' worth, and a quarter of the rate is forgotten each second. Nobody who is
 * made to pass messages on by others comes near that, even if the link stands still for a second: guards pass on no more than
 * the rate (`outflow.ts`).
 */
const PATIENCE = { burst: 1.5, perSecond: 0.25 }
const MIN_PATIENCE_WINDOWS = 3
/** The part of a second's worth that one transmission counts as at most. */
const SURGE = 0.5
const MAX_PEERS = 1_024
const MAX_EXCUSE_MS = 10_000
/** Of one transmission: enough for a ban. */
const MAX_WINDOWS = 8
/**
 * Ids of messages are cheaper than all else, but a few bytes in a frame of 4 MB are two million of them. An honest peer
 * announces all that it accepted in the last seconds, whoever sent it: at this price it cannot accept as much as would be over.
 */
const IDS_PER_ENTRY = 128

/**
 * How much of what a peer sends over gossip is taken, and when what is not taken costs it something. To be over the limit
 * for a moment costs nothing: honest peers answer all questions at once, and links stand still and catch up. Nor does it cost
 * anything to pass on what others send: with a guard, that is within the rate. So only what exceeds it for long is charged,
 * whoever wrote it (names of authors are free), by windows of a twentieth of a second.
 */
export class FloodMeter {
  readonly #clock: Clock
  readonly #burst: number
  readonly #window: number
  readonly #surge: number
  readonly #messages: RateLimiter
  readonly #control: RateLimiter
  readonly #hints: RateLimiter
  readonly #patience: RateLimiter
  /** Dropped and not charged yet. */
  readonly #over = new BoundedMap<string, number>(MAX_PEERS)
  #excusedUntilMs = -Infinity

  constructor ({ perSecond, burst }: FloodRate, clock: Clock) {
    this.#clock = clock
    this.#burst = burst
    this.#window = Math.max(1, Math.ceil(perSecond / WINDOWS_PER_SECOND))
    this.#surge = Math.max(this.#window, perSecond * SURGE)
    const common = { maxKeys: MAX_PEERS, clock }
    this.#messages = new RateLimiter({ perSecond, burst, ...common })
    this.#control = new RateLimiter({ perSecond: perSecond * CONTROL_RATE_FACTOR, burst: Math.max(MIN_CONTROL_BURST, burst * CONTROL_RATE_FACTOR), ...common })
    this.#hints = new RateLimiter({ perSecond: perSecond * HINT_RATE_FACTOR, burst: Math.max(MIN_CONTROL_BURST, burst * HINT_RATE_FACTOR), ...common })
    this.#patience = new RateLimiter({ perSecond: PATIENCE.perSecond * perSecond, burst: Math.max(MIN_PATIENCE_WINDOWS * this.#window, PATIENCE.burst * perSecond), ...common })
  }

  get gauges (): Record<string, number> {
    return { messageRates: this.#messages.size, controlRates: this.#control.size, hintRates: this.#hints.size, patience: this.#patience.size, over: this.#over.size }
  }

  /** `over` the rate, `later` when the peer has sent much at once, else `now`. */
  takeMessage (peer: string, message: RPC.Message): 'now' | 'later' | 'over' {
    if (!this.#messages.take(peer, Math.min(messageCost(message), this.#burst))) return 'over'
    return this.#messages.available(peer) < this.#burst * (1 - AT_ONCE) ? 'later' : 'now'
  }

  /** How many entries besides the messages and the hints are over the rate: all of them or none. */
  controlExcess (peer: string, rpc: RPC): number {
    const entries = controlEntries(rpc)
    return entries === 0 || this.#control.take(peer, entries) ? 0 : entries
  }

  /** How many of the messages that it does not want are over their rate: all of them or none. */
  hintExcess (peer: string, rpc: RPC): number {
    const entries = hintEntries(rpc)
    return entries === 0 || this.#hints.take(peer, entries) ? 0 : entries
  }

  /** This node has slept for so long: what all its neighbours sent meanwhile comes at once, and is nobody's fault. */
  excuse (sleptMs: number): void {
    this.#excusedUntilMs = this.#clock.monotonic() + Math.min(MAX_EXCUSE_MS, 2 * sleptMs)
  }

  /** One transmission was over by messages of this cost, and this many other entries. Returns how many windows of its sender are full now, to be charged. */
  over (peer: string, { messages, control = 0 }: { messages: number, control?: number }): number {
    const counted = Math.min(messages, this.#surge) + control
    if (counted === 0 || this.#clock.monotonic() < this.#excusedUntilMs) return 0
    const free = Math.min(counted, this.#patience.available(peer))
    this.#patience.take(peer, free)
    const sum = (this.#over.get(peer) ?? 0) + counted - free
    this.#over.set(peer, sum % this.#window)
    return Math.min(MAX_WINDOWS, Math.floor(sum / this.#window))
  }
}

/** What a message takes of a rate. */
export function messageCost ({ data }: RPC.Message): number {
  return Math.max(1, Math.ceil((data?.byteLength ?? 0) / BYTES_PER_TOKEN))
}

/** What a transmission has besides messages and hints; an empty one counts, too. */
export function controlEntries (rpc: RPC): number {
  const { subscriptions, messages, control } = rpc
  const { graft = [], prune = [], ihave = [], iwant = [] } = control ?? {}
  const entries = subscriptions.length + graft.length + prune.length + listed([...ihave, ...iwant])
  if (entries > 0) return entries
  return hintEntries(rpc) > 0 || (control == null && messages.length > 0) ? 0 : 1
}

/** The messages that it says it does not want. */
export function hintEntries ({ control }: RPC): number {
  return listed(control?.idontwant ?? [])
}

function listed (lists: Array<{ messageIDs: Uint8Array[] }>): number {
  return lists.length + Math.floor(lists.reduce((sum, { messageIDs }) => sum + messageIDs.length, 0) / IDS_PER_ENTRY)
}
