import { describeError } from '../../../errors.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { PRIORITIES } from '../../../wire/mux/priority.ts'
import { WINDOWS } from './constants.ts'
import { directProtocol } from './message.ts'
import { Pace } from './pace.ts'
import { SendWindow } from './send-window.ts'
import type { Connection, Logger, PeerId } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { BackoffLimits } from '../../../util/backoff.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Priority } from '../../../wire/mux/priority.ts'
import type { Protocols } from '../../protocols/index.ts'
import type { Receipt } from './message.ts'
import type { Outcome, OutboxMessage } from './outbox-message.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { SentLane } from './sent-lane.ts'

export interface CorrespondentInit {
  clock: Clock
  rng: Rng
  log: Logger
  backoff: BackoffLimits
  protocols: Protocols
  connectionManager: Pick<ConnectionManager, 'getConnections'>
  store: Pick<OutboxStore, 'mayUse' | 'payload'>
  /** Connects to the peer, wherever it is. */
  reach (peer: PeerId): Promise<void>
  /** It could not be reached: mailboxes may take what it is to get. */
  onAway (correspondent: Correspondent): void
  /** Nothing is left for it. */
  onIdle (correspondent: Correspondent): void
  /** On its way. */
  onSending (message: OutboxMessage): void
  settle (message: OutboxMessage, outcome: Outcome, reason?: string): void
}

const DEFAULT_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 300_000
const MIN_PAUSE_MS = 10
/** The peer will not have the message, whatever is done. */
const HOPELESS = new Set(['PROTOCOL_INVALID', 'PROTOCOL_TOO_LARGE'])

/** Everything for one peer: sends what is queued, most urgent first, as fast as the peer takes it, for as long as it takes. */
export class Correspondent {
  readonly peerId: PeerId
  readonly #init: CorrespondentInit
  /** With messages. */
  readonly #lanes = new Set<SentLane>()
  /** That may have something to send now; whose turn it is comes first. */
  readonly #ready: Record<Priority, Set<SentLane>> = { high: new Set(), normal: new Set(), low: new Set() }
  readonly #windows: Record<Priority, SendWindow> = { high: new SendWindow(WINDOWS.high), normal: new SendWindow(WINDOWS.normal), low: new SendWindow(WINDOWS.low) }
  readonly #pace = new Pace()
  /** Failures since the peer last took something. */
  #failures = 0
  /** What fails together is one failure. */
  #round = 0
  #pausedUntilMs = -Infinity
  #reaching = false
  /** It was not looked for, as there were only receipts for it. */
  #unwanted = false
  #stopped = false
  #timer?: Timer
  #wakeMs = Infinity

  constructor (peerId: PeerId, init: CorrespondentInit) {
    this.peerId = peerId
    this.#init = init
  }

  /** Nothing is queued for it. */
  get idle (): boolean {
    return this.#lanes.size === 0 && !this.#reaching
  }

  /** What is queued, the urgent first, each lane in its order. */
  * waiting (): IterableIterator<OutboxMessage> {
    for (const priority of PRIORITIES) {
      for (const lane of this.#lanes) if (lane.priority === priority) yield * lane
    }
  }

  /** The open connection, a direct one if there is one. */
  get connection (): Connection | undefined {
    let relayed: Connection | undefined
    for (const connection of this.#init.connectionManager.getConnections(this.peerId)) {
      if (connection.status !== 'open') continue
      if (connection.limits == null) return connection
      relayed = connection
    }
    return relayed
  }

  /** Something new is queued in this lane. */
  add (lane: SentLane): void {
    if (this.#unwanted && !lane.internal) {
      this.#unwanted = false
      this.#failures = 0
      this.#pausedUntilMs = -Infinity
    }
    this.#lanes.add(lane)
    this.#ready[lane.priority].add(lane)
    this.#pump()
  }

  /** Not before `delayMs` have passed, unless it connects. */
  postpone (delayMs: number): void {
    this.#pausedUntilMs = this.#init.clock.monotonic() + delayMs
  }

  /** It has connected, or may be reached again: no more waiting. */
  hurry (): void {
    this.#pausedUntilMs = -Infinity
    this.#pump()
  }

  /** A message of this lane was settled. */
  settled (lane: SentLane): void {
    if (lane.size > 0) return
    this.#lanes.delete(lane)
    this.#ready[lane.priority].delete(lane)
    if (this.#lanes.size > 0) return
    this.#cancelTimer()
    if (this.idle) this.#init.onIdle(this)
  }

  stop (): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  #pump (): void {
    if (this.#stopped || this.#lanes.size === 0) return
    const nowMs = this.#init.clock.monotonic()
    if (nowMs < this.#pausedUntilMs) {
      this.#wakeAt(this.#pausedUntilMs, nowMs)
      return
    }
    const { connection } = this
    if (connection == null) this.#find(nowMs)
    else for (const priority of PRIORITIES) if (!this.#send(connection, priority, nowMs)) return
  }

  /** False when nothing may go for now. */
  #send (connection: Connection, priority: Priority, nowMs: number): boolean {
    const { clock, log, store, settle } = this.#init
    const ready = this.#ready[priority]
    const window = this.#windows[priority]
    for (const lane of ready) {
      const message = lane.peek(nowMs)
      if (message == null) {
        ready.delete(lane)
        if (nowMs < lane.pausedUntilMs) this.#wakeAt(lane.pausedUntilMs, nowMs)
        continue
      }
      // its next message after those of other lanes
      ready.delete(lane)
      ready.add(lane)
      if (message.expiresMs <= clock.now()) {
        settle(message, 'expired')
        continue
      }
      if (!window.fits(message.cost)) return true
      if (!store.mayUse(lane, message.seq, this.#onWake)) {
        ready.delete(lane)
        continue
      }
      if (!this.#pace.take(nowMs)) {
        this.#wakeAt(nowMs + this.#pace.waitMs, nowMs)
        return false
      }
      this.#transmit(connection, message, window)
        .catch((err: unknown) => { log.error('message %s could not be sent: %s', message.id, describeError(err)) })
    }
    return true
  }

  async #transmit (connection: Connection, message: OutboxMessage, window: SendWindow): Promise<void> {
    const { store, protocols, onSending } = this.#init
    const { lane, cost } = message
    const round = this.#round
    lane.begin(message)
    window.take(cost)
    message.attempts++
    onSending(message)
    let receipt: Receipt | undefined
    let failure: unknown
    try {
      const payload = message.payload ?? await store.payload(message)
      receipt = await protocols.request(connection, directProtocol, message.toMessage(payload), { priority: lane.priority })
    } catch (err) {
      failure = err
    }
    window.give(cost)
    lane.end(message)
    if (this.#stopped) return
    if (receipt == null) this.#onFailure(message, failure, round)
    // it may have been taken back meanwhile
    else if (message.outcome == null) this.#onReceipt(message, receipt)
    if (lane.size > 0) this.#ready[lane.priority].add(lane)
    this.#pump()
  }

  #onReceipt (message: OutboxMessage, receipt: Receipt): void {
    const { clock, settle } = this.#init
    const { lane } = message
    this.#failures = 0
    switch (receipt.status) {
      case 'delivered':
      case 'duplicate':
        lane.widen()
        settle(message, 'delivered')
        break
      case 'refused':
        settle(message, receipt.reason === 'expired' ? 'expired' : 'refused', receipt.reason)
        break
      case 'held':
      case 'later':
        lane.narrow(clock.monotonic() + pauseMs(receipt.retryAfterMs))
    }
  }

  #onFailure (message: OutboxMessage, err: unknown, round: number): void {
    const { clock, log, settle } = this.#init
    const code = codeOf(err)
    const nowMs = clock.monotonic()
    if (code === 'MESSAGING_LOAD_FAILED') {
      log.error('message %s is given up: %s', message.id, describeError(err))
      if (message.outcome == null) settle(message, 'refused', 'damaged')
    } else if (HOPELESS.has(code)) {
      if (message.outcome == null) settle(message, 'refused', 'invalid')
    } else if (code === 'PROTOCOL_RATE_LIMITED' || code === 'PROTOCOL_BUSY') {
      if (code === 'PROTOCOL_RATE_LIMITED') this.#pace.slowDown(nowMs)
      this.#pausedUntilMs = nowMs + DEFAULT_PAUSE_MS
    } else if (round === this.#round) {
      log('%p does not take messages now: %s', this.peerId, describeError(err))
      this.#failed(nowMs)
    }
  }

  /** There is nothing to send over. Strangers can make this node owe them receipts: for these alone it dials nobody. */
  #find (nowMs: number): void {
    if (this.#isWanted) {
      this.#seek()
    } else if (!this.#reaching) {
      this.#unwanted = true
      this.#failed(nowMs)
      this.#wakeAt(this.#pausedUntilMs, nowMs)
    }
  }

  /** The application has something for it. */
  get #isWanted (): boolean {
    for (const lane of this.#lanes) if (!lane.internal) return true
    return false
  }

  /** Connects. */
  #seek (): void {
    if (this.#reaching) return
    this.#reaching = true
    const { clock, log, reach } = this.#init
    reach(this.peerId).then(() => {
      // it may have thought better of it
      if (this.connection == null) throw new Error('it has closed the connection')
    }).catch((err: unknown) => {
      log('%p is not to be reached: %s', this.peerId, describeError(err))
      this.#failed(clock.monotonic())
    }).finally(() => {
      this.#reaching = false
      if (this.idle) this.#init.onIdle(this)
      else this.#pump()
    }).catch((err: unknown) => { log.error('%p could not be written to: %s', this.peerId, describeError(err)) })
  }

  #failed (nowMs: number): void {
    if (this.#stopped) return
    const { backoff, rng, onAway } = this.#init
    this.#round++
    this.#failures++
    this.#pausedUntilMs = nowMs + backoffMs(this.#failures, backoff, rng)
    onAway(this)
  }

  #wakeAt (atMs: number, nowMs: number): void {
    if (atMs >= this.#wakeMs) return
    this.#timer?.cancel()
    this.#wakeMs = atMs
    this.#timer = this.#init.clock.after(Math.ceil(atMs - nowMs), this.#onWake)
  }

  /** Whatever was waited for: every lane is looked at again. */
  readonly #onWake = (): void => {
    this.#cancelTimer()
    for (const lane of this.#lanes) this.#ready[lane.priority].add(lane)
    this.#pump()
  }

  #cancelTimer (): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#wakeMs = Infinity
  }
}

function codeOf (err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : ''
}

function pauseMs (retryAfterMs: number): number {
  return retryAfterMs === 0 ? DEFAULT_PAUSE_MS : Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, retryAfterMs))
}
