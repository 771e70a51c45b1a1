import { peerIdFromString } from '@libp2p/peer-id'
import { neutralScoring, optionalComponent } from '../../../components.ts'
import { MessagingError } from '../messaging-error.ts'
import {
  DEFAULT_LIFETIME_MS, DEFAULT_MAX_RETRY_MS, DEFAULT_MIN_RETRY_MS, MAX_CONVERSATION_BYTES, MAX_LIFETIME_MS, MAX_PAYLOAD_BYTES, RECEIPTS_EVENT, RECEIPTS_LIFETIME_MS
} from './constants.ts'
import { Inbox } from './inbox.ts'
import { directProtocol, receiptsCodec } from './message.ts'
import { Outgoing } from './outgoing.ts'
import { OwedReceipts } from './owed-receipts.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Offence, Scoring } from '../../../components.ts'
import type { BackoffLimits } from '../../../util/backoff.ts'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { MessagingComponents, MessagingEvents, MessagingInit, MessagingSnapshot, OutboxEntry, SendOptions, SentMessage } from '../index.ts'
import type { Courier, Intake, Payload, Registry } from '../parts.ts'
import type { Receipts } from './message.ts'
import type { OutboxMessage } from './outbox-message.ts'

export type DirectComponents = Pick<MessagingComponents, 'peerId' | 'datastore' | 'connectionManager' | 'events' | 'protocols' | 'pool'>

export interface DirectInit extends Pick<MessagingInit, 'outbox' | 'minRetryMs' | 'maxRetryMs'> {
  clock: Clock
  rng: Rng
  log: Logger
  registry: Registry
  /** Takes what is for peers that are away; it may need the intake of this, so it comes later. */
  courier (): Courier
  emit<K extends keyof MessagingEvents> (type: K, detail: MessagingEvents[K]['detail']): void
}

const encoder = new TextEncoder()

/** Direct messages: those of this node until they are delivered, and those for it, each once and in order. */
export class Direct {
  readonly #components: DirectComponents
  readonly #init: DirectInit
  readonly #inbox: Inbox
  readonly #outgoing: Outgoing
  readonly #owed: OwedReceipts
  #scoring: Scoring = neutralScoring
  #running = false

  /** Throws `MESSAGING_OPTION_INVALID`. */
  constructor (components: DirectComponents, init: DirectInit) {
    const { clock, log, registry } = init
    this.#components = components
    this.#init = init
    this.#inbox = new Inbox({
      datastore: components.datastore,
      clock,
      log,
      registry,
      report: (peer: PeerId, offence: Offence, cause: string, evidence: Uint8Array) => { this.#scoring.report(peer, offence, cause, evidence) },
      useful: peer => { components.pool.useful(peer) },
      onReceipts: (sender, receipts) => { this.#outgoing.acknowledge(sender, receipts) },
      owe: async (sender, id, refusal) => { await this.#owed.add(sender, id, refusal) }
    })
    this.#outgoing = new Outgoing(components, { ...init, backoff: backoffOf(init) })
    this.#owed = new OwedReceipts({ datastore: components.datastore, clock, log, pay: async (peerId, receipts) => { await this.#pay(peerId, receipts) } })
  }

  /** Where mailboxes hand over what they have. */
  get intake (): Intake {
    return this.#inbox
  }

  get gauges (): Record<string, number> {
    return { ...this.#outgoing.gauges, ...this.#inbox.gauges, ...this.#owed.gauges }
  }

  /** Rejects with `MESSAGING_LOAD_FAILED`. */
  async beforeStart (): Promise<void> {
    this.#scoring = optionalComponent<Scoring>(this.#components, 'scoring') ?? neutralScoring
    await this.#inbox.load()
    await this.#owed.load()
    await this.#outgoing.load()
  }

  async start (): Promise<void> {
    this.#running = true
    this.#inbox.start()
    this.#owed.start()
    await this.#components.protocols.handle(directProtocol, async (message, { peerId }) => await this.#inbox.receive(message, { sender: peerId, via: peerId, how: 'direct' }))
  }

  /** Sends what is left of the last time. */
  afterStart (): void {
    this.#outgoing.start()
  }

  /** Before connections are closed, which looks like a peer that is away. */
  async beforeStop (): Promise<void> {
    this.#inbox.endTakes()
    // they are in the outbox before it is closed
    const paid = this.#owed.finish()
    this.#running = false
    await this.#outgoing.stop()
    await paid
  }

  async stop (): Promise<void> {
    if (this.#running) await this.beforeStop()
    await this.#components.protocols.unhandle(directProtocol)
    await this.#inbox.stop()
    await this.#owed.stop()
  }

  /** Resolves when it is delivered or in the datastore; rejects with `MESSAGING_WRITE_FAILED` when neither can be, and forgets it. */
  async send (peer: PeerId | string, event: string, data: unknown, options: SendOptions = {}): Promise<SentMessage> {
    const { conversation = '', priority = 'normal', expiresInMs = DEFAULT_LIFETIME_MS, signal } = options
    signal?.throwIfAborted()
    const peerId = this.#readPeer(peer)
    if (!(Number.isInteger(expiresInMs) && expiresInMs >= 1 && expiresInMs <= MAX_LIFETIME_MS)) throw invalid('expiresInMs', expiresInMs, `a whole number from 1 to ${MAX_LIFETIME_MS}`)
    if (!['high', 'normal', 'low'].includes(priority)) throw invalid('priority', priority, 'high, normal or low')
    if (typeof conversation !== 'string' || encoder.encode(conversation).byteLength > MAX_CONVERSATION_BYTES) throw invalid('conversation', conversation, `a text of at most ${MAX_CONVERSATION_BYTES} bytes`)
    const payload = this.#init.registry.encode(event, data)
    const { byteLength } = payload.bytes
    if (byteLength > MAX_PAYLOAD_BYTES) throw new MessagingError('MESSAGING_TOO_LARGE', `the data of "${event}" takes ${byteLength} bytes, ${MAX_PAYLOAD_BYTES} are allowed: use sendFile`, { details: { event, bytes: byteLength } })
    if (!this.#running) throw new MessagingError('MESSAGING_STOPPED', 'the node is not running: start it before sending messages')
    // the caller may change what it gave
    const own: Payload = payload.encoding === 'bytes' ? { encoding: 'bytes', bytes: payload.bytes.slice() } : payload
    const message = this.#outgoing.send({ peerId, event, payload: own, conversation, priority, expiresInMs, internal: false })
    const onAbort = (): void => { this.#outgoing.keep(message) }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await message.kept
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
    return viewOf(message)
  }

  outbox (): OutboxEntry[] {
    return this.#outgoing.entries()
  }

  cancel (id: string): boolean {
    return this.#outgoing.cancel(id)
  }

  snapshot (): Pick<MessagingSnapshot, 'outbox' | 'delivered' | 'received' | 'duplicates'> {
    return { ...this.#outgoing.snapshot(), ...this.#inbox.counts }
  }

  #readPeer (peer: PeerId | string): PeerId {
    let peerId: PeerId
    try {
      peerId = typeof peer === 'string' ? peerIdFromString(peer) : peer
    } catch (err) {
      throw new MessagingError('MESSAGING_PEER_INVALID', `"${String(peer)}" is no peer id`, { cause: err, details: { peer } })
    }
    if (this.#components.peerId.equals(peerId)) throw new MessagingError('MESSAGING_PEER_INVALID', `${peerId.toString()} is this node itself`, { details: { peer: peerId.toString() } })
    return peerId
  }

  async #pay (peerId: PeerId, receipts: Receipts): Promise<void> {
    const message = this.#outgoing.send({
      peerId, event: RECEIPTS_EVENT, payload: { encoding: 'bytes', bytes: receiptsCodec.encode(receipts) }, conversation: '', priority: 'high', expiresInMs: RECEIPTS_LIFETIME_MS, internal: true
    })
    await message.kept
  }
}

function backoffOf ({ minRetryMs = DEFAULT_MIN_RETRY_MS, maxRetryMs = DEFAULT_MAX_RETRY_MS }: DirectInit): BackoffLimits {
  if (!(minRetryMs >= 1 && minRetryMs <= maxRetryMs)) throw invalid('minRetryMs', minRetryMs, `from 1 to maxRetryMs (${maxRetryMs})`)
  if (!(maxRetryMs <= 86_400_000)) throw invalid('maxRetryMs', maxRetryMs, 'at most 86400000')
  return { minMs: minRetryMs, maxMs: maxRetryMs }
}

function invalid (name: string, value: unknown, wanted: string): MessagingError {
  return new MessagingError('MESSAGING_OPTION_INVALID', `${name} is ${String(value)}, but must be ${wanted}`, { details: { [name]: value } })
}

/** What the caller sees of it. */
function viewOf (message: OutboxMessage): SentMessage {
  const { id, delivered } = message
  return { id, delivered, get state () { return message.state } }
}
