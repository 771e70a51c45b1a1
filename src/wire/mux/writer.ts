import { MAX_OVERHEAD_BYTES, MORE, PIECE_BYTES, writeFrame } from './frame.ts'
import { pieceEnd, SendQueue } from './send-queue.ts'
import type { Kind } from './frame.ts'
import type { Outgoing } from './send-queue.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Stream } from '@libp2p/interface'

/** Sent at once: with yamux' header and Noise's tag one encrypted message, which ends at 64 KiB. */
const BATCH_BYTES = 64 * 1024 - 64
/** Handed over without a look at what else has to be done, and what may be more urgent then. */
const TURN_BYTES = 4 * BATCH_BYTES
/**
 * So many microtasks in a row must pass without another message before a batch is sent: whoever calls, or answers, after a
 * few awaits is still in it. They cost nothing to speak of, a batch does.
 */
const QUIET_MICROTASKS = 12

export interface OutgoingFrames extends Outgoing {
  readonly id: number
  /** Of the last frame; those before it are `MORE`. */
  readonly kind: Kind
}

export interface WriterInit<T> {
  clock: Clock
  /** Before its first frame. */
  onBegin?: (message: T) => void
  /** After its last frame was handed over. */
  onDone?: (message: T) => void
  /** After frames were handed over. */
  onFlush?: () => void
}

// nothing else runs while it is in use
const scratch = new Uint8Array(BATCH_BYTES + PIECE_BYTES + MAX_OVERHEAD_BYTES)

/**
 * Writes what is queued: all that was queued in one turn of the event loop together, and no more than the stream takes, so
 * that what is queued later may still go first.
 */
export class MuxWriter<T extends OutgoingFrames> {
  readonly queue = new SendQueue<T>()
  readonly #stream: Stream
  readonly #init: WriterInit<T>
  #scheduled = false
  #quiet = 0
  #stopped = false
  #rest?: Timer

  constructor (stream: Stream, init: WriterInit<T>) {
    this.#stream = stream
    this.#init = init
    stream.addEventListener('drain', this.#flush)
  }

  push (message: T): void {
    this.queue.push(message)
    this.#quiet = 0
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(this.#onMicrotask)
  }

  /** Nothing is written any more, nor held. */
  stop (): void {
    this.#stopped = true
    this.queue.clear()
    this.#rest?.cancel()
    this.#stream.removeEventListener('drain', this.#flush)
  }

  readonly #onMicrotask = (): void => {
    if (this.#quiet++ < QUIET_MICROTASKS) queueMicrotask(this.#onMicrotask)
    else this.#flush()
  }

  readonly #flush = (): void => {
    this.#scheduled = false
    this.#rest?.cancel()
    let bytes = 0
    while (!this.#stopped && this.queue.next != null && !this.#stream.writableNeedsDrain) {
      if (bytes >= TURN_BYTES) {
        this.#rest = this.#init.clock.after(0, this.#flush)
        break
      }
      bytes += this.#sendBatch()
    }
    if (bytes > 0) this.#init.onFlush?.()
  }

  #sendBatch (): number {
    const { queue } = this
    const { onBegin, onDone } = this.#init
    let at = 0
    for (let message = queue.next; message != null; message = queue.next) {
      const end = pieceEnd(message)
      if (at + end - message.sent > BATCH_BYTES) break
      if (message.sent === 0) onBegin?.(message)
      const { id, kind, payload, sent } = message
      at = writeFrame(scratch, at, id, end < payload.length ? MORE : kind, payload, sent, end)
      if (queue.taken(message)) onDone?.(message)
    }
    try {
      this.#stream.send(scratch.slice(0, at))
    } catch (err) {
      // whoever waits for what was sent learns of it by the stream's end
      this.#stopped = true
      this.#stream.abort(err instanceof Error ? err : new Error(String(err)))
    }
    return at
  }
}
