import { PIECE_BYTES } from './frame.ts'
import { lanes } from './lane.ts'
import { Places } from './places.ts'
import type { LaneItem, Lanes } from './lane.ts'
import type { Level } from './places.ts'

/** Messages of more than one piece that may be under way at a time, in each direction of a stream. */
export const MAX_IN_PIECES = 8

/** A message that waits to be sent. The queue writes `sent` and what a `LaneItem` has. */
export interface Outgoing extends LaneItem {
  readonly level: Level
  readonly payload: Uint8Array
  /** Bytes of the payload that have been taken. */
  sent: number
}

/**
 * What comes next on the stream: of the highest level that has something, the messages in turn, a piece of each. Messages
 * of one piece go whole. Of those with more only 8 are under way; the others wait, and those of lower levels never hold
 * all of these places.
 */
export class SendQueue<T extends Outgoing> {
  readonly #ready: Lanes<T> = lanes<T>()
  /** Longer than a piece, and no place free. */
  readonly #waiting: Lanes<T> = lanes<T>()
  /** Of those longer than a piece, in `#ready`. */
  readonly #places = new Places(MAX_IN_PIECES, 1)
  #size = 0
  #bytes = 0

  /** Messages that are not taken whole. */
  get size (): number {
    return this.#size
  }

  /** Payload bytes that are not taken. */
  get bytes (): number {
    return this.#bytes
  }

  push (message: T): void {
    this.#size++
    this.#bytes += message.payload.length
    if (isLong(message)) {
      this.#waiting[message.level].push(message)
      this.#promote()
    } else {
      this.#ready[message.level].push(message)
    }
  }

  /** The message of which a piece is next, from its `sent` to its `pieceEnd`. */
  get next (): T | undefined {
    return this.#ready[0].first ?? this.#ready[1].first ?? this.#ready[2].first
  }

  /** Says that a piece of `next` has been taken. True when it was the last. */
  taken (message: T): boolean {
    const end = pieceEnd(message)
    const lane = this.#ready[message.level]
    this.#bytes -= end - message.sent
    message.sent = end
    lane.remove(message)
    if (end < message.payload.length) {
      lane.push(message)
      return false
    }
    this.#left(message)
    return true
  }

  /** Takes a message out that is not taken whole. False when it is not here. */
  drop (message: T): boolean {
    const ready = this.#ready[message.level].remove(message)
    if (!ready && !this.#waiting[message.level].remove(message)) return false
    this.#bytes -= message.payload.length - message.sent
    if (ready) this.#left(message)
    else this.#size--
    return true
  }

  clear (): void {
    const all = [...this]
    for (const message of all) this.drop(message)
  }

  * [Symbol.iterator] (): IterableIterator<T> {
    for (const lane of [...this.#ready, ...this.#waiting]) yield * lane
  }

  #left (message: T): void {
    this.#size--
    if (!isLong(message)) return
    this.#places.release(message.level)
    this.#promote()
  }

  #promote (): void {
    for (const lane of this.#waiting) {
      for (let message = lane.first; message != null && this.#places.take(message.level); message = lane.first) {
        lane.remove(message)
        this.#ready[message.level].push(message)
      }
    }
  }
}

/** Where the piece that is next ends. */
export function pieceEnd ({ payload, sent }: Outgoing): number {
  return Math.min(payload.length, sent + PIECE_BYTES)
}

function isLong ({ payload }: Outgoing): boolean {
  return payload.length > PIECE_BYTES
}
