import { describeError } from '../../../errors.ts'
import { timeoutSignal } from '../../../util/clock.ts'
import {
  ANSWER_WITHIN_MS, CLOCK_SKEW_MS, FAILED_RETRIES_MS, GAP_MS, GAP_SWEEP_MS, HELD_RETRY_MS, OVERHEAD_BYTES, RECEIPTS_EVENT, REGISTERING_MS, TAKEN_WITHIN_MS,
  UNKNOWN_RETRY_MS
} from './constants.ts'
import { HeldBudget } from './held-budget.ts'
import { LaneBook } from './lane-book.ts'
import { hex, messageCodec, receiptsCodec } from './message.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Offence } from '../../../components.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { MessageContext } from '../index.ts'
import type { Intake, Registry, Taken } from '../parts.ts'
import type { KnownLane } from './lane-book.ts'
import type { Message, Receipt, Receipts } from './message.ts'

export interface From {
  sender: PeerId
  via: PeerId
  how: 'direct' | 'mailbox'
}

export interface InboxInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  registry: Registry
  report (peer: PeerId, offence: Offence, cause: string, evidence: Uint8Array): void
  /** A message of it was handled. */
  useful (peer: PeerId): void
  /** A peer says what became of messages that mailboxes brought it. */
  onReceipts (sender: PeerId, receipts: Receipts): void
  /** The sender of a message that a mailbox brought has to be told; resolves when that is not forgotten any more, whatever happens. */
  owe (sender: PeerId, id: string, refusal?: string): Promise<void>
}

/** A message, and who waits for an answer. */
interface Arrival {
  message: Message
  from: From
  bytes: number
  /** Monotonic. */
  sinceMs: number
  /** As what it counts in the budget. */
  counts?: 'waiting' | 'running'
  askers: Asker[]
}

interface Asker {
  how: From['how']
  /** Monotonic; it is told `held` then. */
  dueMs: number
  answer (receipt: Receipt): void
}

const ALARM_MS = 1_000
/** For handlers to return when the node stops. */
const STOP_GRACE_MS = 2_000
const BUSY: Receipt = { status: 'later', retryAfterMs: 1_000 }
const HELD: Receipt = { status: 'held', retryAfterMs: HELD_RETRY_MS }
const DUPLICATE: Receipt = { status: 'duplicate' }
const DELIVERED: Receipt = { status: 'delivered' }

/** Takes direct messages, whichever way they come: each once, those of a lane in their order. */
export class Inbox implements Intake {
  readonly #init: InboxInit
  readonly #book: LaneBook<Arrival>
  readonly #budget = new HeldBudget()
  /** Somebody waits for an answer. */
  readonly #asked = new Set<Arrival>()
  #alarm?: Timer
  /** How long the alarm was set for. */
  #alarmMs = 0
  #sweeps?: Timer
  #startedMs = 0
  #running = false
  /** Nothing more is taken from mailboxes. */
  #ending = false
  readonly #deliveries = new Set<Promise<void>>()
  #delivered = 0
  #duplicates = 0

  constructor (init: InboxInit) {
    this.#init = init
    const { datastore, clock, log } = init
    this.#book = new LaneBook({ datastore, clock, log, onDropped: items => { this.#dismiss(items) } })
  }

  get counts (): { received: number, duplicates: number } {
    return { received: this.#delivered, duplicates: this.#duplicates }
  }

  get gauges (): Record<string, number> {
    return { lanes: this.#book.size, lanesUnwritten: this.#book.unwritten, lanesDamaged: this.#book.damaged, held: this.#budget.messages, heldBytes: this.#budget.bytes, delivering: this.#deliveries.size, asked: this.#asked.size }
  }

  async load (): Promise<void> {
    await this.#book.load()
  }

  start (): void {
    const { clock } = this.#init
    this.#running = true
    this.#ending = false
    this.#startedMs = clock.monotonic()
    this.#book.start()
    this.#sweeps = clock.every(GAP_SWEEP_MS, () => { this.#sweep() })
  }

  /** Whoever takes something from a mailbox waits no longer: it is there the next time, too. */
  endTakes (): void {
    this.#ending = true
    for (const arrival of this.#asked) this.#answerSome(arrival, ({ how }) => how === 'mailbox', BUSY)
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#sweeps?.cancel()
    this.#alarm?.cancel()
    this.#alarm = undefined
    for (const { order } of this.#book) this.#dismiss(order.drop())
    await this.#settled()
    for (const arrival of this.#asked) this.#answer(arrival, BUSY)
    await this.#book.stop()
  }

  /** What a handler has taken is not to be delivered again: it may return, if it does so soon. */
  async #settled (): Promise<void> {
    const grace = timeoutSignal(this.#init.clock, STOP_GRACE_MS)
    const over = new Promise<void>(resolve => { grace.signal.addEventListener('abort', () => { resolve() }) })
    await Promise.race([Promise.all(this.#deliveries), over])
    grace.clear()
  }

  /** Everything delivered so far is remembered, whatever happens. */
  async flush (): Promise<void> {
    await this.#book.flush()
  }

  async take (encoded: Uint8Array, from: From): Promise<Taken> {
    let message: Message
    try {
      message = messageCodec.decode(encoded)
    } catch (err) {
      this.#init.log('what %p has sealed is no message: %s', from.sender, describeError(err))
      return 'invalid'
    }
    const receipt = await this.receive(message, from)
    if (receipt.status === 'held' || receipt.status === 'later') return 'later'
    try {
      // receipts are not acknowledged, or it would never end
      const owed = message.event === RECEIPTS_EVENT ? undefined : this.#init.owe(from.sender, hex(message.id), receipt.status === 'refused' ? receipt.reason : undefined)
      await Promise.all([this.flush(), owed])
    } catch (err) {
      this.#init.log.error('what a mailbox has brought is left there, as that it was taken could not be written down: %s', describeError(err))
      return 'later'
    }
    return 'done'
  }

  /** Resolves when it is delivered, or after a few seconds. */
  async receive (message: Message, from: From): Promise<Receipt> {
    const isMailed = from.how === 'mailbox'
    if (!this.#running || (isMailed && this.#ending)) return BUSY
    const lane = this.#book.use(from.sender.toString(), hex(message.lane))
    if (lane == null) return BUSY
    const nowMs = this.#init.clock.monotonic()
    const own: Arrival = { message, from, bytes: message.payload.byteLength + OVERHEAD_BYTES, sinceMs: nowMs, askers: [] }
    const offered = lane.order.offer(message.seq, message.after, own)
    if (offered.what === 'duplicate') {
      this.#duplicates++
      return offered.refusal == null ? DUPLICATE : { status: 'refused', reason: offered.refusal }
    }
    const arrival = offered.what === 'known' ? offered.item : own
    if (arrival === own && !this.#admit(lane, own)) return BUSY
    this.#pump(lane)
    // a mailbox hands it over again
    if (isMailed && lane.order.running == null && arrival.counts === 'waiting') return HELD
    const answered = new Promise<Receipt>(resolve => { arrival.askers.push({ how: from.how, dueMs: nowMs + (isMailed ? TAKEN_WITHIN_MS : ANSWER_WITHIN_MS), answer: resolve }) })
    this.#ask(arrival)
    return await answered
  }

  /** Until it is done it is here, and not with the whole chunk of the stream that it came in. False when there is no room. */
  #admit ({ sender, order }: KnownLane<Arrival>, arrival: Arrival): boolean {
    const { message, bytes } = arrival
    if (!this.#budget.take(sender, bytes, order.isNext(message.seq))) {
      order.takeBack(message.seq)
      return false
    }
    arrival.counts = 'waiting'
    for (let greedy = this.#budget.greediest; greedy != null; greedy = this.#budget.greediest) {
      for (const other of this.#book.of(greedy)) this.#dismiss(other.order.drop())
    }
    // it was one of them
    if (arrival.counts == null) return false
    // a `slice` of a Buffer is no copy
    if (message.payload.buffer.byteLength > message.payload.byteLength) message.payload = new Uint8Array(message.payload)
    return true
  }

  #pump (lane: KnownLane<Arrival>): void {
    const arrival = lane.order.next()
    if (arrival == null) return
    if (arrival.counts === 'waiting') this.#budget.begin(lane.sender, arrival.bytes)
    arrival.counts = 'running'
    const delivery = this.#deliver(lane, arrival)
      .catch((err: unknown) => { this.#init.log.error('a message could not be delivered: %s', describeError(err)) })
      .finally(() => { this.#deliveries.delete(delivery) })
    this.#deliveries.add(delivery)
  }

  async #deliver (lane: KnownLane<Arrival>, arrival: Arrival): Promise<void> {
    let receipt: Receipt = BUSY
    try {
      receipt = await this.#verdict(lane, arrival)
    } finally {
      const forGood = receipt.status !== 'later'
      const stale = lane.order.done(forGood, receipt.status === 'refused' ? receipt.reason : undefined)
      this.#release(arrival)
      if (forGood) {
        lane.failures = 0
        this.#book.mark(lane)
      }
      this.#answer(arrival, receipt)
      for (const other of stale) {
        this.#release(other)
        this.#answer(other, DUPLICATE)
      }
      if (this.#running) this.#pump(lane)
    }
  }

  async #verdict (lane: KnownLane<Arrival>, { message, from }: Arrival): Promise<Receipt> {
    const { clock, registry, report, useful, onReceipts } = this.#init
    const { event, encoding, payload, sentMs, conversation } = message
    const { sender } = from
    if (message.expiresMs + CLOCK_SKEW_MS < clock.now()) return { status: 'refused', reason: 'expired' }
    if (encoding === 'other') return { status: 'refused', reason: 'invalid' }
    if (event === RECEIPTS_EVENT) {
      const receipts = readReceipts(payload)
      if (receipts == null) {
        report(sender, 'severe', 'messaging:bad-receipts', payload)
        return { status: 'refused', reason: 'invalid' }
      }
      onReceipts(sender, receipts)
      return DELIVERED
    }
    const context: MessageContext = { peerId: sender, via: from.via, how: from.how, id: hex(message.id), sentMs, conversation }
    switch (await registry.dispatch(event, { encoding, bytes: payload }, context)) {
      case 'handled':
        this.#delivered++
        useful(sender)
        return DELIVERED
      case 'invalid':
        report(sender, 'moderate', 'messaging:invalid', payload)
        return { status: 'refused', reason: 'invalid' }
      case 'unknown': {
        const leftMs = this.#startedMs + REGISTERING_MS - clock.monotonic()
        return leftMs > 0 ? { status: 'later', retryAfterMs: Math.ceil(Math.min(leftMs, UNKNOWN_RETRY_MS)) } : { status: 'refused', reason: 'unknown-event' }
      }
      case 'failed':
    }
    const retryAfterMs = FAILED_RETRIES_MS[lane.failures++]
    return retryAfterMs == null ? { status: 'refused', reason: 'failed' } : { status: 'later', retryAfterMs }
  }

  #ask (arrival: Arrival): void {
    if (arrival.askers.length === 0) return
    this.#asked.add(arrival)
    this.#arm(arrival.askers.some(({ how }) => how === 'mailbox') ? TAKEN_WITHIN_MS : ALARM_MS)
  }

  #arm (delayMs: number): void {
    if (this.#alarm != null && this.#alarmMs <= delayMs) return
    this.#alarm?.cancel()
    this.#alarmMs = delayMs
    this.#alarm = this.#init.clock.after(delayMs, this.#onAlarm)
  }

  /** Answers those who have waited long enough. */
  readonly #onAlarm = (): void => {
    this.#alarm = undefined
    const nowMs = this.#init.clock.monotonic()
    for (const arrival of this.#asked) this.#answerSome(arrival, ({ dueMs }) => dueMs <= nowMs, HELD)
    for (const arrival of this.#asked) this.#ask(arrival)
  }

  #answerSome (arrival: Arrival, isMeant: (asker: Asker) => boolean, receipt: Receipt): void {
    const some = arrival.askers.filter(isMeant)
    arrival.askers = arrival.askers.filter(asker => !some.includes(asker))
    if (arrival.askers.length === 0) this.#asked.delete(arrival)
    for (const { answer } of some) answer(receipt)
  }

  #answer (arrival: Arrival, receipt: Receipt): void {
    this.#asked.delete(arrival)
    for (const { answer } of arrival.askers.splice(0)) answer(receipt)
  }

  /** They wait no longer, but were not delivered. */
  #dismiss (arrivals: Arrival[]): void {
    for (const arrival of arrivals) {
      this.#release(arrival)
      this.#answer(arrival, BUSY)
    }
  }

  #release (arrival: Arrival): void {
    if (arrival.counts == null) return
    this.#budget.give(arrival.from.sender.toString(), arrival.bytes, arrival.counts === 'running')
    arrival.counts = undefined
  }

  /** What has waited too long for those before it is delivered without them, or forgotten. */
  #sweep (): void {
    const { clock } = this.#init
    for (const lane of this.#book) {
      if (lane.order.idle || lane.order.running != null) continue
      const sinceMs = Math.min(...[...lane.order.held()].map(arrival => arrival.sinceMs))
      if (clock.monotonic() - sinceMs < GAP_MS) continue
      if (lane.order.giveUp(clock.now())) this.#pump(lane)
      else this.#dismiss(lane.order.drop())
    }
  }
}

function readReceipts (payload: Uint8Array): Receipts | undefined {
  try {
    return receiptsCodec.decode(payload)
  } catch {
    return undefined
  }
}
