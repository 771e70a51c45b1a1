import { Readable } from 'node:stream'
import type { Clock, Timer } from '../../util/clock.ts'
import type { EventHub, Subscription, ToldEvent } from './event-hub.ts'

export interface EventStreamInit {
  events: EventHub
  clock: Clock
  /** The id of the last event that was seen, or `oldest`. @default only what comes */
  after?: string
  /** @default all */
  types?: ReadonlySet<string>
}

/** Before whoever lost the stream asks again. */
const RETRY_MS = 2_000
/** So often something is said, so that nobody on the way takes the connection for dead. */
export const HEARTBEAT_MS = 15_000
/** Who takes nothing for so long has gone, without a word. */
export const STALLED_MS = 30_000

/**
 * Events as `text/event-stream` (HTML standard, 9.2). What its reader does not take yet is not made: it is given the rest when
 * it goes on, and told of a gap where that is no longer kept.
 */
export class EventStream extends Readable {
  readonly #events: EventHub
  readonly #clock: Clock
  readonly #subscription: Subscription
  readonly #heartbeat: Timer
  /** Since when it takes nothing. */
  #fullMs?: number

  constructor ({ events, clock, after, types }: EventStreamInit) {
    super({ encoding: 'utf8' })
    this.#events = events
    this.#clock = clock
    this.#write(`retry: ${RETRY_MS}\n${after == null ? this.#position() : '\n'}`)
    this.#subscription = events.subscribe({ after, types }, told => this.#write(frame(told)))
    this.#heartbeat = clock.every(HEARTBEAT_MS, () => { this.#beat() })
  }

  override _read (): void {
    this.#fullMs = undefined
    this.#subscription.resume()
  }

  override _destroy (err: Error | null, done: (err?: Error | null) => void): void {
    this.#heartbeat.cancel()
    this.#subscription.end()
    done(err)
  }

  #write (text: string): boolean {
    const more = this.push(text)
    if (!more) this.#fullMs ??= this.#clock.monotonic()
    return more
  }

  #beat (): void {
    if (this.#fullMs == null) this.#write(`:\n${this.#position()}`)
    else if (this.#clock.monotonic() - this.#fullMs >= STALLED_MS) this.destroy(new Error('nobody reads these events'))
  }

  /** No event; who comes back after it has missed nothing that was before it. */
  #position (): string {
    return `id: ${this.#events.position}\n\n`
  }
}

function frame ({ id, event, json }: ToldEvent): string {
  return `${id == null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`
}
