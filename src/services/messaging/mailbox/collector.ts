import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { RateLimiter } from '../../../wire/rate-limiter.ts'
import { COLLECT_RATE, DELETE_AFTER_MS, DELETE_MESSAGES, DELETE_RATE, MAX_DELETED, MAX_PAGES } from './constants.ts'
import { deleteProtocol, fetchProtocol } from './mailbox-protocols.ts'
import { MessagingError } from '../messaging-error.ts'
import type { PeerId } from '@libp2p/interface'
import type { Scoring } from '../../../components.ts'
import type { Clock } from '../../../util/clock.ts'
import type { CallTarget, Protocols } from '../../protocols/index.ts'
import type { Incoming } from './incoming.ts'
import type { MailboxStatus } from './mailbox-protocols.ts'

export interface CollectorInit {
  protocols: Protocols
  incoming: Incoming
  clock: Clock
  scoring: () => Scoring
}

export interface Collected {
  /** Messages settled now, those that came directly before among them. */
  received: number
  /** The mailbox has some that could not be taken yet. */
  later: boolean
  /** `not-owner` when it has forgotten this node. */
  status: MailboxStatus
}

/** Gets what a mailbox has for this node, page by page, and has deleted what is taken. */
export class Collector {
  readonly #init: CollectorInit
  /** What mailboxes have confirmed to have deleted. */
  readonly #deleted = new BoundedMap<string, true>(MAX_DELETED)
  readonly #rates: RateLimiter
  readonly #deletions: RateLimiter

  constructor (init: CollectorInit) {
    this.#init = init
    this.#rates = new RateLimiter({ ...COLLECT_RATE, clock: init.clock })
    this.#deletions = new RateLimiter({ ...DELETE_RATE, clock: init.clock })
  }

  get remembered (): number {
    return this.#deleted.size
  }

  /** Rejects with a `ProtocolError`, or `MESSAGING_MAILBOX_REFUSED` when the mailbox does not do its part. */
  async collect (mailbox: PeerId, target: CallTarget, signal: AbortSignal): Promise<Collected> {
    const { protocols } = this.#init
    const collected: Collected = { received: 0, later: false, status: 'ok' }
    let after: Uint8Array = new Uint8Array(0)
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      // it would be charged for more; the next round gets the rest
      if (!this.#rates.take(mailbox.toString())) return { ...collected, later: true }
      const { status, kept, more } = await protocols.request(target, fetchProtocol, { after, maxBytes: 0 }, { signal })
      if (status !== 'ok') return { ...collected, status }
      const last = kept.at(-1)
      if (last == null) return collected
      await this.#take(mailbox, target, kept, collected, signal)
      if (!more) return collected
      // a mailbox that turns in circles would be asked for ever
      if (toString(last.token, 'base16') <= toString(after, 'base16')) throw new MessagingError('MESSAGING_MAILBOX_REFUSED', `mailbox ${mailbox.toString()} hands out its messages in no order: use another`)
      after = last.token
    }
    return { ...collected, later: true }
  }

  async #take (mailbox: PeerId, target: CallTarget, kept: ReadonlyArray<{ token: Uint8Array, sealed: Uint8Array }>, collected: Collected, signal: AbortSignal): Promise<void> {
    const { incoming, scoring, clock } = this.#init
    let done: Uint8Array[] = []
    let replayed: Uint8Array | undefined
    let deletedMs = clock.monotonic()
    // one after the other: the order of a conversation is that of the mailbox
    for (const { token, sealed } of kept) {
      signal.throwIfAborted()
      if (this.#deleted.get(nameOf(mailbox, token)) != null) {
        replayed = sealed
        done.push(token)
        continue
      }
      const received = await incoming.receive(sealed, mailbox)
      if (received === 'new') collected.received++
      if (received === 'later') collected.later = true
      else done.push(token)
      const isDue = done.length >= DELETE_MESSAGES || (done.length > 0 && clock.monotonic() - deletedMs >= DELETE_AFTER_MS)
      if (!isDue || !this.#mayDeleteEarly(mailbox)) continue
      await this.#delete(mailbox, target, done, signal)
      done = []
      deletedMs = clock.monotonic()
    }
    if (replayed != null) scoring().report(mailbox, 'minor', 'messaging:replayed', replayed)
    if (done.length > 0) await this.#delete(mailbox, target, done, signal)
  }

  /** Never so often that the deletion at the end of a page would be too much. */
  #mayDeleteEarly (mailbox: PeerId): boolean {
    return this.#deletions.available(mailbox.toString()) > COLLECT_RATE.burst + 1
  }

  async #delete (mailbox: PeerId, target: CallTarget, tokens: Uint8Array[], signal: AbortSignal): Promise<void> {
    this.#deletions.take(mailbox.toString())
    const { status } = await this.#init.protocols.request(target, deleteProtocol, { tokens }, { signal })
    if (status !== 'ok') throw new MessagingError('MESSAGING_MAILBOX_REFUSED', `mailbox ${mailbox.toString()} did not delete what was taken (${status}): it is asked again later`)
    for (const token of tokens) this.#deleted.set(nameOf(mailbox, token), true)
  }
}

function nameOf (mailbox: PeerId, token: Uint8Array): string {
  return `${mailbox.toString()}/${toString(token, 'base16')}`
}
