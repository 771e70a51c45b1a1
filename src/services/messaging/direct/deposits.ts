import { describeError } from '../../../errors.ts'
import { timeoutSignal } from '../../../util/clock.ts'
import { DEPOSIT_AGAIN_MS, DEPOSIT_MISSING_MS, DEPOSIT_TIMEOUT_MS, MAX_PARCEL_BYTES, MAX_PARCELS } from './constants.ts'
import { messageCodec } from './message.ts'
import type { Logger } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { Courier, Parcel } from '../parts.ts'
import type { Correspondent } from './correspondent.ts'
import type { Mailed, OutboxMessage } from './outbox-message.ts'
import type { OutboxStore } from './outbox-store.ts'

export interface DepositsInit {
  clock: Clock
  log: Logger
  courier: Courier
  store: Pick<OutboxStore, 'payload'>
  signal: AbortSignal
  /** These mailboxes have it now. */
  onMailed (message: OutboxMessage, mailed: Mailed): void
}

/** Leaves what a peer is to get with its mailboxes while it is away: each message once, and again with those that have not taken it, and with all once a day. */
export class Deposits {
  readonly #init: DepositsInit
  readonly #running = new Set<Correspondent>()
  /** When a message that a mailbox has was brought again. */
  readonly #repeated = new WeakMap<OutboxMessage, number>()

  constructor (init: DepositsInit) {
    this.#init = init
  }

  get size (): number {
    return this.#running.size
  }

  /** At most one at a time for each peer. */
  begin (correspondent: Correspondent): void {
    if (this.#running.has(correspondent)) return
    this.#running.add(correspondent)
    this.#deposit(correspondent)
      .catch((err: unknown) => { this.#init.log('the mailboxes of %p could not be used: %s', correspondent.peerId, describeError(err)) })
      .finally(() => { this.#running.delete(correspondent) })
  }

  async #deposit (correspondent: Correspondent): Promise<void> {
    const { clock, courier, signal, onMailed } = this.#init
    const tried = new Set<OutboxMessage>()
    // until one of them is back, or nothing is taken any more
    while (correspondent.connection == null && !signal.aborted) {
      const mailboxes = courier.mailboxesOf(correspondent.peerId)
      // what none has goes first
      let messages = chunkOf(correspondent, tried, ({ mailed }) => mailed == null)
      if (messages.length === 0) messages = chunkOf(correspondent, tried, message => this.#isDueAgain(message, mailboxes))
      if (messages.length === 0) return
      const nowMs = clock.now()
      const parcels = await this.#pack(messages, nowMs)
      const deadline = timeoutSignal(clock, DEPOSIT_TIMEOUT_MS, signal)
      try {
        const taken = await courier.deposit(correspondent.peerId, parcels, deadline.signal)
        for (const { id, skip = [] } of parcels) {
          const now = taken.get(id)
          const message = messages.find(each => each.id === id)
          if (now == null || message == null || message.outcome != null) continue
          onMailed(message, { atMs: skip.length > 0 ? message.mailed?.atMs ?? nowMs : nowMs, mailboxes: [...skip, ...now] })
        }
        if (taken.size === 0) return
      } finally {
        deadline.clear()
      }
    }
  }

  #isDueAgain (message: OutboxMessage, mailboxes: readonly string[]): boolean {
    const { mailed } = message
    if (mailed == null) return false
    const repeatedMs = this.#repeated.get(message)
    if (repeatedMs != null && this.#init.clock.monotonic() - repeatedMs < DEPOSIT_MISSING_MS) return false
    return isOld(mailed, this.#init.clock.now()) || mailboxes.some(id => !mailed.mailboxes.includes(id))
  }

  async #pack (messages: OutboxMessage[], nowMs: number): Promise<Parcel[]> {
    const parcels: Parcel[] = []
    for (const message of messages) {
      if (message.outcome != null) continue
      const payload = await this.#init.store.payload(message)
      const { mailed } = message
      if (mailed != null) this.#repeated.set(message, this.#init.clock.monotonic())
      const skip = mailed == null || isOld(mailed, nowMs) ? [] : mailed.mailboxes
      parcels.push({ id: message.id, encoded: messageCodec.encode(message.toMessage(payload)), expiresMs: message.expiresMs, skip })
    }
    return parcels
  }
}

/** A clock that was set back does not count as time. */
function isOld ({ atMs }: Mailed, nowMs: number): boolean {
  return Math.abs(nowMs - atMs) >= DEPOSIT_AGAIN_MS
}

/** The next that are wanted, in the order of their lanes, the urgent ones first. */
function chunkOf (correspondent: Correspondent, tried: Set<OutboxMessage>, isWanted: (message: OutboxMessage) => boolean): OutboxMessage[] {
  const chunk: OutboxMessage[] = []
  let bytes = 0
  for (const message of correspondent.waiting()) {
    // what is not stored may be forgotten, its place in the lane too
    if (message.inFlight || !message.stored || tried.has(message) || !isWanted(message)) continue
    bytes += message.cost
    if (chunk.length > 0 && (chunk.length === MAX_PARCELS || bytes > MAX_PARCEL_BYTES)) break
    tried.add(message)
    chunk.push(message)
  }
  return chunk
}
