import { describeError } from '../../../errors.ts'
import { readBroadcast } from './message.ts'
import type { BroadcastVerdict, MessageContext } from '../index.ts'
import type { EventRegistry, Opened, Registration } from '../events.ts'
import type { BroadcastMessage } from './message.ts'
import type { SeenIds } from './seen-ids.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Message } from '@libp2p/gossipsub'
import type { Logger, PeerId } from '@libp2p/interface'

/** What is validated at a time; more is not taken. */
const MAX_VALIDATING = 1_024
/** Gossipsub waits for the verdict, and its neighbours for it. */
const VALIDATION_LIMIT_MS = 5_000

/** A broadcast that is for the handler. */
export interface Accepted {
  opened: Opened
  context: MessageContext
}

export interface InspectorParts {
  peerId: PeerId
  clock: Clock
  registry: EventRegistry
  seen: SeenIds
  log: Logger
  /** It does not fit the schema of its event; `author` signed it. */
  onInvalid (author: PeerId, payload: Uint8Array): void
}

export type InspectorCounts = Record<'ignored' | 'rejected' | 'duplicates' | 'expired', number>

/** Says what becomes of each broadcast, before it is passed on. */
export class Inspector {
  readonly counts: InspectorCounts = { ignored: 0, rejected: 0, duplicates: 0, expired: 0 }
  readonly #parts: InspectorParts
  readonly #accepted = new WeakMap<Message, Accepted>()
  #sinceMs = Infinity
  #validating = 0

  constructor (parts: InspectorParts) {
    this.#parts = parts
  }

  get gauges (): Record<string, number> {
    return { validating: this.#validating }
  }

  /** The first time, this node begins to be there. */
  start (): void {
    this.#sinceMs = Math.min(this.#sinceMs, this.#parts.clock.now())
  }

  /** What was accepted, once. */
  take (message: Message): Accepted | undefined {
    const accepted = this.#accepted.get(message)
    this.#accepted.delete(message)
    return accepted
  }

  /** Never rejects. */
  async inspect (registration: Registration, from: PeerId, message: Message): Promise<BroadcastVerdict> {
    const { peerId, clock, seen, log } = this.#parts
    // gossipsub has checked the signature; own ones come back after it has forgotten them
    if (message.type !== 'signed' || message.from.equals(peerId)) return this.#ignore('duplicates')
    const author = message.from
    const nowMs = clock.now()
    // a clock that is set back must not keep everything out until it is where it was
    this.#sinceMs = Math.min(this.#sinceMs, nowMs)
    const reading = readBroadcast(message.data, { nowMs, sinceMs: this.#sinceMs })
    if (reading.verdict !== 'accept') {
      log('a broadcast of "%s" by %p, from %p: %s', registration.event, author, from, reading.why)
      if (reading.verdict === 'ignore') return this.#ignore(reading.stale ? 'expired' : 'ignored')
      this.counts.rejected++
      return 'reject'
    }
    if (!seen.claim(author.toString(), reading.message.id, reading.message)) return this.#ignore('duplicates')
    return this.#open(registration, { from, author, gossip: message, message: reading.message })
  }

  async #open (registration: Registration, { from, author, gossip, message }: { from: PeerId, author: PeerId, gossip: Message, message: BroadcastMessage }): Promise<BroadcastVerdict> {
    const { registry, onInvalid } = this.#parts
    const context: MessageContext = { peerId: author, via: from, how: 'broadcast', id: message.id, sentMs: message.sentMs, conversation: '' }
    const opened = registry.open(registration.event, message.payload, context)
    if (opened === 'invalid') onInvalid(author, message.payload.bytes)
    if (typeof opened === 'string' || opened.registration !== registration) return this.#ignore()
    const verdict = await this.#validate(opened, context)
    if (verdict === 'ignore') return this.#ignore()
    if (verdict === 'reject') this.counts.rejected++
    else this.#accepted.set(gossip, { opened, context })
    return verdict
  }

  async #validate ({ registration, data }: Opened, context: MessageContext): Promise<BroadcastVerdict> {
    const { validate } = registration.options
    if (validate == null) return 'accept'
    if (this.#validating >= MAX_VALIDATING) return 'ignore'
    this.#validating++
    try {
      return await this.#inTime(registration, validate(data, context))
    } catch (error) {
      this.#parts.registry.fail(registration, context, error)
      return 'ignore'
    } finally {
      this.#validating--
    }
  }

  async #inTime ({ event }: Registration, verdict: BroadcastVerdict | Promise<BroadcastVerdict>): Promise<BroadcastVerdict> {
    if (typeof verdict === 'string') return checked(event, verdict)
    const late = Promise.withResolvers<BroadcastVerdict>()
    const timer = this.#parts.clock.after(VALIDATION_LIMIT_MS, () => { late.reject(new Error(`validate of "${event}" has not answered within ${VALIDATION_LIMIT_MS} ms`)) })
    try {
      return checked(event, await Promise.race([verdict, late.promise]))
    } finally {
      timer.cancel()
    }
  }

  #ignore (what: 'ignored' | 'duplicates' | 'expired' = 'ignored'): 'ignore' {
    this.counts[what]++
    return 'ignore'
  }
}

function checked (event: string, verdict: BroadcastVerdict): BroadcastVerdict {
  if (verdict === 'accept' || verdict === 'ignore' || verdict === 'reject') return verdict
  throw new TypeError(`validate of "${event}" must answer accept, ignore or reject, not ${describeError(verdict)}`)
}
