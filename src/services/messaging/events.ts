import { describeError } from '../../errors.ts'
import { BoundedMap } from '../../util/bounded-map.ts'
import { RateLimiter } from '../../wire/rate-limiter.ts'
import { MessagingError } from './messaging-error.ts'
import { checkEventName, checkPayload, encodePayload, eventNameFault, isSchema } from './payload.ts'
import type { EventSchema, MessageContext, MessagingEvents, OnOptions } from './index.ts'
import type { Dispatched, Payload, Registry } from './parts.ts'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '@libp2p/interface'

const MAX_UNKNOWN = 256
const TELL_UNKNOWN_EVERY_MS = 60_000
/** Names cost a remote nothing: new ones are told no faster. */
const TELL_RATE = { perSecond: 0.2, burst: 20, maxKeys: 1 }

type Handler = (data: unknown, context: MessageContext) => void | Promise<void>

/** An event that this node takes. */
export interface Registration {
  readonly event: string
  readonly schema: EventSchema<unknown>
  readonly handler: Handler
  readonly options: OnOptions<unknown>
  received: number
  invalid: number
  failed: number
}

/** Is told which events are taken from now on, and which no longer. */
export interface RegistryListener {
  added (registration: Registration): void
  removed (registration: Registration): void
}

export interface EventRegistryParts {
  clock: Clock
  log: Logger
  /** A handler, or a schema, threw. */
  onFailed (detail: MessagingEvents['handler:failed']['detail']): void
  /** Messages of an event that nobody has registered; at most once a minute for each. */
  onUnknown (detail: MessagingEvents['event:unknown']['detail']): void
}

/** A payload that fits its schema, and who takes it. */
export interface Opened {
  outcome: 'opened'
  registration: Registration
  data: unknown
}

/** The events that this node takes, their schemas and handlers. */
export class EventRegistry implements Registry {
  readonly #parts: EventRegistryParts
  readonly #events = new Map<string, Registration>()
  readonly #unknown = new BoundedMap<string, { count: number, toldMs: number }>(MAX_UNKNOWN)
  readonly #tellRate: RateLimiter
  #listener?: RegistryListener
  #unknownCount = 0

  constructor (parts: EventRegistryParts) {
    this.#parts = parts
    this.#tellRate = new RateLimiter({ ...TELL_RATE, clock: parts.clock })
  }

  /** Messages of events that nobody has registered. */
  get unknown (): number {
    return this.#unknownCount
  }

  get gauges (): Record<string, number> {
    return { events: this.#events.size, unknownEvents: this.#unknown.size }
  }

  get registrations (): IterableIterator<Registration> {
    return this.#events.values()
  }

  /** One listener; it hears of what is registered after this. */
  listen (listener: RegistryListener | undefined): void {
    this.#listener = listener
  }

  on<T> (event: string, schema: EventSchema<T>, handler: (data: T, context: MessageContext) => void | Promise<void>, options: OnOptions<T> = {}): () => void {
    checkEventName(event)
    if (!isSchema(schema)) throw new MessagingError('MESSAGING_EVENT_INVALID', `the schema of "${event}" is neither a Standard Schema (zod, valibot, ...) nor a codec with encode and decode`, { details: { event } })
    if (typeof handler !== 'function') throw new MessagingError('MESSAGING_EVENT_INVALID', `the handler of "${event}" is no function`, { details: { event } })
    const { expectedPerSecond = 1 } = options
    if (!(expectedPerSecond > 0 && expectedPerSecond <= 10_000)) throw new MessagingError('MESSAGING_OPTION_INVALID', `expectedPerSecond of "${event}" is ${expectedPerSecond}, but must be over 0 and at most 10000`, { details: { event, expectedPerSecond } })
    if (this.#events.has(event)) throw new MessagingError('MESSAGING_EVENT_TAKEN', `"${event}" has a handler already: take it back first, with the function that \`on\` returned`, { details: { event } })
    const registration: Registration = { event, schema, handler: handler as Handler, options: options as OnOptions<unknown>, received: 0, invalid: 0, failed: 0 }
    this.#events.set(event, registration)
    this.#unknown.delete(event)
    this.#listener?.added(registration)
    return () => {
      // called again after somebody else has taken the event, it must not take that back
      if (this.#events.get(event) !== registration) return
      this.#events.delete(event)
      this.#listener?.removed(registration)
    }
  }

  encode (event: string, data: unknown): Payload {
    checkEventName(event)
    return encodePayload(event, data, this.#events.get(event)?.schema)
  }

  async dispatch (event: string, payload: Payload, context: MessageContext): Promise<Dispatched> {
    const opened = this.open(event, payload, context)
    return typeof opened === 'string' ? opened : this.run(opened, context)
  }

  /** Decodes and validates, and counts what is not for the handler. */
  open (event: string, payload: Payload, context: MessageContext): Opened | Exclude<Dispatched, 'handled'> {
    const registration = this.#events.get(event)
    if (registration == null) {
      this.#noteUnknown(event, context)
      return 'unknown'
    }
    const checked = checkPayload(payload, registration.schema)
    if (checked.result === 'valid') return { outcome: 'opened', registration, data: checked.data }
    if (checked.result === 'failed') {
      this.fail(registration, context, checked.error)
      return 'failed'
    }
    registration.invalid++
    this.#parts.log('"%s" from %p does not fit its schema: %s', event, context.peerId, checked.why)
    return 'invalid'
  }

  /** Never rejects. */
  async run ({ registration, data }: Opened, context: MessageContext): Promise<'handled' | 'failed'> {
    try {
      await registration.handler(data, context)
      registration.received++
      return 'handled'
    } catch (error) {
      this.fail(registration, context, error)
      return 'failed'
    }
  }

  snapshot (): Array<{ event: string, broadcast: boolean, received: number, invalid: number, failed: number }> {
    return [...this.#events.values()].map(({ event, options: { broadcast = true }, received, invalid, failed }) => ({ event, broadcast, received, invalid, failed }))
  }

  /** Something of the application threw. */
  fail (registration: Registration, context: MessageContext, error: unknown): void {
    const { event } = registration
    registration.failed++
    this.#parts.log.error('the handler of "%s" failed with a message from %p: %s', event, context.peerId, describeError(error))
    this.#parts.onFailed({ event, context, error })
  }

  #noteUnknown (event: string, { peerId }: MessageContext): void {
    this.#unknownCount++
    if (eventNameFault(event) != null) return
    const { clock, log, onUnknown } = this.#parts
    const nowMs = clock.monotonic()
    const { count, toldMs } = this.#unknown.get(event) ?? { count: 0, toldMs: -Infinity }
    const tells = nowMs - toldMs >= TELL_UNKNOWN_EVERY_MS && this.#tellRate.take('')
    this.#unknown.set(event, tells ? { count: 0, toldMs: nowMs } : { count: count + 1, toldMs })
    if (!tells) return
    log.error('nobody here has registered "%s", which %p sent: %d since it was last told', event, peerId, count + 1)
    onUnknown({ event, peerId, count: count + 1 })
  }
}
