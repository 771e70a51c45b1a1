import { CHUNK_BYTES, MAX_SENDER_BYTES, WINDOW_CHUNKS } from './constants.ts'
import { MemoryPool } from './memory-pool.ts'

/** Kept when nobody needs it. */
const IDLE_ROOMS = WINDOW_CHUNKS + 2

/** Memory for messages with a chunk, used again once the chunk is written: see `ChunkFrame` for why. */
export class MessageRoom {
  readonly #pool = new MemoryPool(IDLE_ROOMS, () => new Uint8Array(MAX_SENDER_BYTES))
  /** What is in use. One whose stream broke off is forgotten with it. */
  readonly #lent = new WeakMap<ArrayBufferLike, Uint8Array<ArrayBuffer>>()

  /** For a message of that length; those that hold no whole chunk are not worth it. */
  readonly take = (length: number): Uint8Array | undefined => {
    if (length < CHUNK_BYTES) return undefined
    const room = this.#pool.take()
    this.#lent.set(room.buffer, room)
    return room
  }

  /** Nobody looks any more at what this is a view of. */
  give ({ buffer }: Uint8Array): void {
    const room = this.#lent.get(buffer)
    // it came in a message of its own
    if (room == null) return
    this.#lent.delete(buffer)
    this.#pool.give(room)
  }
}
