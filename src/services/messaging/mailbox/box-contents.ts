import { toString } from 'uint8arrays/to-string'
import type { Rng } from '../../../util/rng.ts'

/** A message that is kept, without the message. */
export interface Deposit {
  sender: string
  /** The public host it came from; '' for none. */
  host: string
  /** Of the message as it came. */
  bytes: number
  untilMs: number
  /** The sender's, in hexadecimal. */
  id: string
  /** It is in the datastore, so it can be told. */
  written: boolean
  /** The last sweep found that it has. */
  expired?: boolean
}

/** Somebody messages are kept for. */
export interface Owner {
  /** As it came. */
  card: Uint8Array
  cardSeq: number
  cardExpiresMs: number
  contactMs: number
  /** As it is in the datastore. */
  storedContactMs: number
  host: string
  /** By token, the oldest first. */
  deposits: Map<string, Deposit>
  bytes: number
  /** It is in the datastore, so messages are taken for it. */
  written: boolean
  /** The last sweep found that it has not been here for long enough. */
  absent?: boolean
}

/** Tokens in hexadecimal that sort by time, and that no two messages share, even if the clock is set back. */
export class TokenMaker {
  #lastMs = 0
  #count = 0

  /** There is one of that time already. */
  seen (token: string): void {
    const timeMs = Number.parseInt(token.slice(0, 12), 16)
    if (timeMs > this.#lastMs) this.#lastMs = timeMs
  }

  make (nowMs: number, rng: Rng): string {
    this.#count = nowMs > this.#lastMs ? 0 : this.#count + 1
    if (this.#count >= 2 ** 32) {
      this.#count = 0
      this.#lastMs++
    }
    this.#lastMs = Math.max(nowMs, this.#lastMs)
    return this.#lastMs.toString(16).padStart(12, '0') + this.#count.toString(16).padStart(8, '0') + toString(rng.bytes(6), 'base16')
  }
}
