import { DIAL_TIMEOUT_MS, MAX_DIALS } from './constants.ts'
import { Correspondent } from './correspondent.ts'
import { Deposits } from './deposits.ts'
import { DialSlots } from './dial-slots.ts'
import { Outbox } from './outbox.ts'
import { OutboxStore } from './outbox-store.ts'
import { timeoutSignal } from '../../../util/clock.ts'
import type { PeerId } from '@libp2p/interface'
import type { BackoffLimits } from '../../../util/backoff.ts'
import type { MessagingEvents, MessagingSnapshot, OutboxEntry } from '../index.ts'
import type { DirectComponents, DirectInit } from './direct.ts'
import type { Receipts } from './message.ts'
import type { Mailed, Outcome, OutboxMessage } from './outbox-message.ts'
import type { NewMessage } from './outbox.ts'

export interface OutgoingInit extends Omit<DirectInit, 'registry'> {
  backoff: BackoffLimits
}

/** Messages of this node, from the moment they are sent until they are delivered or given up. */
export class Outgoing {
  readonly #components: DirectComponents
  readonly #init: OutgoingInit
  readonly #store: OutboxStore
  readonly #dials = new DialSlots(MAX_DIALS)
  readonly #correspondents = new Map<string, Correspondent>()
  #outbox: Outbox
  #deposits?: Deposits
  #stopping = new AbortController()
  #delivered = 0

  /** Throws `MESSAGING_OPTION_INVALID`. */
  constructor (components: DirectComponents, init: OutgoingInit) {
    this.#components = components
    this.#init = init
    this.#outbox = this.#newOutbox()
    this.#store = new OutboxStore({
      datastore: components.datastore,
      clock: init.clock,
      log: init.log,
      onStored: message => { this.#tell('message:queued', message) },
      onLost: (message, error) => {
        message.lose(error)
        this.#forget(message, 'cancelled')
      }
    })
  }

  get gauges (): Record<string, number> {
    return { ...this.#outbox.gauges, ...this.#store.gauges, recipients: this.#correspondents.size, dialling: this.#dials.running, toDial: this.#dials.waiting, depositing: this.#deposits?.size ?? 0 }
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#outbox = this.#newOutbox()
    this.#outbox.restore((await this.#store.load()).lanes)
  }

  start (): void {
    const { clock, log, rng, backoff, courier } = this.#init
    const { events, pool } = this.#components
    this.#stopping = new AbortController()
    this.#deposits = new Deposits({
      clock, log, courier: { deposit: async (...args) => await courier().deposit(...args), mailboxesOf: peer => courier().mailboxesOf(peer) }, store: this.#store, signal: this.#stopping.signal, onMailed: (message, mailed) => { this.#onMailed(message, mailed) }
    })
    events.addEventListener('peer:connect', this.#onConnect)
    events.addEventListener('peer:disconnect', this.#onDisconnect)
    pool.addEventListener('pool:woke', this.#onBack)
    pool.addEventListener('pool:recovered', this.#onBack)
    for (const message of this.#outbox) {
      const correspondent = this.#correspondent(message.peerId)
      // not all of them in one moment
      if (correspondent.idle && correspondent.connection == null) correspondent.postpone(rng.int(backoff.minMs))
      correspondent.add(message.lane)
    }
  }

  async stop (): Promise<void> {
    const { events, pool } = this.#components
    pool.removeEventListener('pool:recovered', this.#onBack)
    pool.removeEventListener('pool:woke', this.#onBack)
    events.removeEventListener('peer:disconnect', this.#onDisconnect)
    events.removeEventListener('peer:connect', this.#onConnect)
    this.#stopping.abort()
    for (const correspondent of this.#correspondents.values()) correspondent.stop()
    this.#correspondents.clear()
    this.#outbox.stop()
    await this.#store.stop()
    for (const message of this.#outbox) message.abandon()
    this.#outbox = this.#newOutbox()
  }

  /** Throws `MESSAGING_OUTBOX_FULL`. */
  send (init: NewMessage): OutboxMessage {
    const message = this.#outbox.add(init)
    const correspondent = this.#correspondent(message.peerId)
    correspondent.add(message.lane)
    // a receipt may be faster than the disk
    this.#store.put(message, correspondent.connection == null)
    return message
  }

  /** Writes it now. */
  keep (message: OutboxMessage): void {
    if (message.outcome == null && !message.stored) this.#store.put(message, true)
  }

  cancel (id: string): boolean {
    const message = this.#outbox.get(id)
    if (message == null || message.internal) return false
    this.#settle(message, 'cancelled')
    return true
  }

  /** What a peer says of messages that a mailbox brought it; only of its own. */
  acknowledge (peerId: PeerId, { delivered, refused }: Receipts): void {
    const find = (id: string): OutboxMessage | undefined => {
      const message = this.#outbox.get(id)
      return message?.peerId.equals(peerId) === true ? message : undefined
    }
    for (const message of delivered.map(find)) if (message != null) this.#settle(message, 'delivered')
    for (const { id, reason } of refused) {
      const message = find(id)
      if (message != null) this.#settle(message, reason === 'expired' ? 'expired' : 'refused', reason)
    }
  }

  entries (): OutboxEntry[] {
    return [...this.#outbox].filter(({ internal }) => !internal).map(({ entry }) => entry)
  }

  snapshot (): Pick<MessagingSnapshot, 'outbox' | 'delivered'> {
    const sent = [...this.#outbox].filter(({ internal, state }) => !internal && state === 'sent').length
    const { size, bytes, peers } = this.#outbox
    return { outbox: { queued: size - sent, sent, bytes, peers }, delivered: this.#delivered }
  }

  #newOutbox (): Outbox {
    const { clock, rng, outbox } = this.#init
    return new Outbox({ clock, rng, limits: outbox, onExpired: message => { this.#settle(message, 'expired') }, onForgotten: lane => { this.#store.forget(lane) } })
  }

  #correspondent (peerId: PeerId): Correspondent {
    const id = peerId.toString()
    const known = this.#correspondents.get(id)
    if (known != null) return known
    const { clock, rng, log, backoff } = this.#init
    const { protocols, connectionManager } = this.#components
    const correspondent = new Correspondent(peerId, {
      clock, rng, log, backoff, protocols, connectionManager,
      store: this.#store,
      reach: async peer => { await this.#dials.run(async () => await this.#reach(peer)) },
      onAway: away => { this.#deposits?.begin(away) },
      onIdle: idle => { if (idle.connection == null) this.#correspondents.delete(id) },
      onSending: message => { if (message.mailed == null) this.#tell('message:sent', message) },
      settle: (message, outcome, reason) => { this.#settle(message, outcome, reason) }
    })
    this.#correspondents.set(id, correspondent)
    return correspondent
  }

  /** Wherever the pool finds it. */
  async #reach (peerId: PeerId): Promise<void> {
    const { signal, clear } = timeoutSignal(this.#init.clock, DIAL_TIMEOUT_MS, this.#stopping.signal)
    try {
      signal.throwIfAborted()
      await this.#components.pool.dial(peerId, { signal })
    } finally {
      clear()
    }
  }

  #onMailed (message: OutboxMessage, mailed: Mailed): void {
    const isFirst = message.mailed == null
    message.mailed = mailed
    // there is no receipt for a receipt
    if (message.internal) this.#settle(message, 'delivered')
    else {
      this.#store.mail(message)
      if (isFirst) this.#tell('message:sent', message)
    }
  }

  #settle (message: OutboxMessage, outcome: Outcome, reason = ''): void {
    if (message.outcome != null) return
    message.settle(outcome, reason)
    this.#forget(message, outcome)
    if (message.internal) return
    if (outcome === 'delivered') this.#delivered++
    if (outcome === 'refused') this.#init.emit('message:refused', { ...message.entry, reason })
    else if (outcome !== 'cancelled') this.#tell(`message:${outcome}`, message)
  }

  #forget (message: OutboxMessage, outcome: Outcome): void {
    message.outcome ??= outcome
    this.#store.delete(message)
    this.#outbox.remove(message)
    this.#correspondents.get(message.lane.peer)?.settled(message.lane)
    message.payload = undefined
  }

  #tell (type: Exclude<keyof MessagingEvents, 'message:refused' | 'handler:failed' | 'event:unknown'>, message: OutboxMessage): void {
    if (!message.internal) this.#init.emit(type, message.entry)
  }

  readonly #onConnect = ({ detail }: CustomEvent<PeerId>): void => {
    this.#correspondents.get(detail.toString())?.hurry()
  }

  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
    const id = detail.toString()
    if (this.#correspondents.get(id)?.idle === true) this.#correspondents.delete(id)
  }

  /** The network is back. */
  readonly #onBack = (): void => {
    for (const correspondent of this.#correspondents.values()) correspondent.hurry()
  }
}
