import { MessagingError } from '../messaging-error.ts'
import { EXPIRY_STEP_MS, ID_BYTES, LANE_BYTES, MAX_IDLE_LANES, OUTBOX_DEFAULTS, OVERHEAD_BYTES } from './constants.ts'
import { InternalMessages } from './internal-messages.ts'
import { hex } from './message.ts'
import { OutboxMessage } from './outbox-message.ts'
import { SentLane } from './sent-lane.ts'
import type { PeerId } from '@libp2p/interface'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Priority } from '../../../wire/mux/priority.ts'
import type { Payload } from '../parts.ts'

const RANDOM_IDS = 64

type LaneKey = Pick<SentLane, 'peer' | 'priority' | 'conversation' | 'internal'>

export interface OutboxLimits {
  perPeer: number
  total: number
  totalBytes: number
}

export interface NewMessage {
  peerId: PeerId
  event: string
  payload: Payload
  conversation: string
  priority: Priority
  expiresInMs: number
  internal: boolean
}

export interface OutboxInit {
  clock: Clock
  rng: Rng
  limits?: Partial<OutboxLimits>
  /** It has expired, or, of messaging itself, gives way. */
  onExpired (message: OutboxMessage): void
  /** Nothing is in this lane, and its place is needed. */
  onForgotten (lane: SentLane): void
}

/** What is not delivered yet, in lanes, with its limits. */
export class Outbox {
  readonly #init: OutboxInit
  readonly #limits: OutboxLimits
  /** The oldest first. */
  readonly #messages = new Map<string, OutboxMessage>()
  /** Of these: those that the limits are not for. */
  readonly #internal = new InternalMessages()
  /** The lane in use, by peer, priority and conversation. */
  readonly #lanes = new Map<string, SentLane>()
  /** Of these: nothing is in them. The one used longest ago first. */
  readonly #idle = new Set<SentLane>()
  readonly #perPeer = new Map<string, number>()
  #bytes = 0
  #random: Uint8Array = new Uint8Array()
  #randomAt = 0
  #timer?: Timer
  #dueMs = Infinity

  constructor (init: OutboxInit) {
    this.#init = init
    this.#limits = { ...OUTBOX_DEFAULTS, ...init.limits }
    for (const [name, value] of Object.entries(this.#limits)) {
      if (!(Number.isInteger(value) && value >= 1)) throw new MessagingError('MESSAGING_OPTION_INVALID', `outbox.${name} is ${value}, but must be a whole number of at least 1`, { details: { [name]: value } })
    }
  }

  /** Of the application. */
  get size (): number {
    return this.#messages.size - this.#internal.size
  }

  get bytes (): number {
    return this.#bytes
  }

  get peers (): number {
    return this.#perPeer.size
  }

  get gauges (): Record<string, number> {
    return { outbox: this.size, outboxReceipts: this.#internal.size, outboxReceiptBytes: this.#internal.bytes, outboxBytes: this.#bytes, outboxPeers: this.#perPeer.size, sendingLanes: this.#lanes.size, idleLanes: this.#idle.size }
  }

  get (id: string): OutboxMessage | undefined {
    return this.#messages.get(id)
  }

  /** The oldest first, those of messaging itself among them. */
  [Symbol.iterator] (): IterableIterator<OutboxMessage> {
    return this.#messages.values()
  }

  /** Throws `MESSAGING_OUTBOX_FULL`. */
  add ({ peerId, event, payload: { encoding, bytes: payload }, conversation, priority, expiresInMs, internal }: NewMessage): OutboxMessage {
    const { clock } = this.#init
    const bytes = payload.byteLength
    const peer = peerId.toString()
    if (!internal) this.#checkRoom(peer, bytes + OVERHEAD_BYTES)
    const lane = this.#laneFor({ peer, priority, conversation, internal })
    const idBytes = this.#randomId()
    const sentMs = clock.now()
    const message = new OutboxMessage({ id: hex(idBytes), idBytes, peerId, lane, seq: lane.takeSeq(), event, encoding, payload, bytes, sentMs, expiresMs: sentMs + expiresInMs, internal })
    lane.append(message)
    this.#idle.delete(lane)
    this.#count(peer, message)
    if (internal) this.#thin(peer)
    return message
  }

  /** Takes in what was stored. */
  restore (lanes: SentLane[]): void {
    for (const lane of lanes) if (!lane.closed) this.#lanes.set(keyOf(lane), lane)
    const messages = lanes.flatMap(lane => [...lane]).sort((a, b) => a.sentMs - b.sentMs || a.seq - b.seq)
    for (const message of messages) {
      const { internal, lane: { peer } } = message
      this.#count(peer, message)
      if (internal) this.#thin(peer)
    }
  }

  /** It is settled. */
  remove (message: OutboxMessage): void {
    const { lane, id, cost } = message
    if (!this.#messages.delete(id)) return
    lane.remove(message)
    if (message.internal) {
      this.#internal.delete(message)
    } else {
      this.#bytes -= cost
      const left = (this.#perPeer.get(lane.peer) ?? 0) - 1
      if (left > 0) this.#perPeer.set(lane.peer, left)
      else this.#perPeer.delete(lane.peer)
    }
    if (lane.size === 0) this.#retire(lane)
  }

  stop (): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueMs = Infinity
  }

  /** The generator takes as long for many bytes as for a few. */
  #randomId (): Uint8Array {
    if (this.#randomAt === this.#random.byteLength) {
      this.#random = this.#init.rng.bytes(ID_BYTES * RANDOM_IDS)
      this.#randomAt = 0
    }
    return this.#random.slice(this.#randomAt, this.#randomAt += ID_BYTES)
  }

  #checkRoom (peer: string, cost: number): void {
    const { perPeer, total, totalBytes } = this.#limits
    const full = (what: string): MessagingError => new MessagingError('MESSAGING_OUTBOX_FULL', `the outbox is full: ${what}. Wait until some are delivered, cancel some, or raise the limit`, { details: { peer } })
    if ((this.#perPeer.get(peer) ?? 0) >= perPeer) throw full(`${perPeer} messages for ${peer}`)
    if (this.size >= total) throw full(`${total} messages`)
    if (this.#bytes + cost > totalBytes) throw full(`${this.#bytes} bytes, and ${cost} more than fit in ${totalBytes}`)
  }

  /** The oldest of messaging itself give way. */
  #thin (peer: string): void {
    for (let message = this.#internal.surplus(peer); message != null; message = this.#internal.surplus(peer)) this.#init.onExpired(message)
  }

  #laneFor (place: LaneKey): SentLane {
    const key = keyOf(place)
    const known = this.#lanes.get(key)
    if (known != null) return known
    const bytes = this.#init.rng.bytes(LANE_BYTES)
    const lane = new SentLane({ ...place, bytes, id: hex(bytes) })
    this.#lanes.set(key, lane)
    return lane
  }

  #count (peer: string, message: OutboxMessage): void {
    this.#messages.set(message.id, message)
    if (message.internal) {
      this.#internal.add(message)
    } else {
      this.#perPeer.set(peer, (this.#perPeer.get(peer) ?? 0) + 1)
      this.#bytes += message.cost
    }
    this.#expireAt(message.expiresMs)
  }

  /** It goes on where it was, if it is used again soon enough. */
  #retire (lane: SentLane): void {
    if (lane.closed) {
      this.#init.onForgotten(lane)
      return
    }
    this.#idle.delete(lane)
    this.#idle.add(lane)
    for (const oldest of this.#idle) {
      if (this.#idle.size <= MAX_IDLE_LANES) break
      this.#idle.delete(oldest)
      this.#lanes.delete(keyOf(oldest))
      this.#init.onForgotten(oldest)
    }
  }

  #expireAt (expiresMs: number): void {
    if (expiresMs >= this.#dueMs) return
    const { clock } = this.#init
    this.#timer?.cancel()
    this.#dueMs = expiresMs
    this.#timer = clock.after(Math.max(EXPIRY_STEP_MS, expiresMs - clock.now()), this.#onDue)
  }

  readonly #onDue = (): void => {
    this.#dueMs = Infinity
    const nowMs = this.#init.clock.now()
    let next = Infinity
    for (const message of this.#messages.values()) {
      // what is on its way may still arrive
      if (message.expiresMs <= nowMs && !message.inFlight) this.#init.onExpired(message)
      else next = Math.min(next, message.expiresMs)
    }
    if (next < Infinity) this.#expireAt(next)
  }
}

function keyOf ({ peer, priority, conversation, internal }: LaneKey): string {
  return `${peer}\0${priority}\0${internal ? 'internal' : `\0${conversation}`}`
}
