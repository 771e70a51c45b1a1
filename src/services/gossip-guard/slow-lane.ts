import type { Clock, Timer } from '../../util/clock.ts'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerId } from '@libp2p/interface'

/** Messages handled at a time, before everybody else has a turn. */
const SLICE = 4
const PAUSE_MS = 1

interface Waiting {
  from: PeerId
  messages: RPC.Message[]
}

/**
 * Where the messages of peers wait that send many at once: a few at a time, each peer in turn. Those of others need not
 * wait behind hundreds of them.
 */
export class SlowLane {
  /** Messages of each peer that may wait. */
  capacity: number
  readonly #clock: Clock
  readonly #handle: (from: PeerId, messages: RPC.Message[]) => void
  // whose turn is next comes first
  readonly #waiting = new Map<string, Waiting>()
  #timer: Timer | undefined

  constructor (clock: Clock, capacity: number, handle: (from: PeerId, messages: RPC.Message[]) => void) {
    this.#clock = clock
    this.capacity = capacity
    this.#handle = handle
  }

  /** Peers with messages that wait. */
  get size (): number {
    return this.#waiting.size
  }

  /** Returns how many there was no room for. */
  add (from: PeerId, messages: RPC.Message[]): number {
    const peer = from.toString()
    const waiting = this.#waiting.get(peer) ?? { from, messages: [] }
    const taken = messages.slice(0, Math.max(0, this.capacity - waiting.messages.length))
    waiting.messages.push(...taken)
    if (waiting.messages.length > 0) this.#waiting.set(peer, waiting)
    this.#schedule()
    return messages.length - taken.length
  }

  delete (peer: string): void {
    this.#waiting.delete(peer)
  }

  clear (): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#waiting.clear()
  }

  #schedule (): void {
    if (this.#timer != null || this.#waiting.size === 0) return
    this.#timer = this.#clock.after(PAUSE_MS, () => {
      this.#timer = undefined
      this.#next()
      this.#schedule()
    })
  }

  #next (): void {
    const share = Math.max(1, Math.floor(SLICE / this.#waiting.size))
    for (const [peer, waiting] of [...this.#waiting].slice(0, SLICE)) {
      this.#waiting.delete(peer)
      const messages = waiting.messages.splice(0, share)
      if (waiting.messages.length > 0) this.#waiting.set(peer, waiting)
      this.#handle(waiting.from, messages)
    }
  }
}
