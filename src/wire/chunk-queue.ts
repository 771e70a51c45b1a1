/** What is smaller is copied to the end of the chunk before: each object would take more memory than its bytes. */
const SMALL_BYTES = 1024
const TAIL_BYTES = 8 * 1024
/** Chunks that were taken, before the list is made shorter. */
const MAX_TAKEN = 1024

/** Chunks of bytes, first in, first out: at a cost that does not grow with their number, and with little memory beside their bytes. */
export class ChunkQueue {
  #chunks: Uint8Array[] = []
  /** Those before it were taken. */
  #head = 0
  #bytes = 0
  /** Where small ones are put together; the last chunk is a view of what is used of it. */
  #tail?: Uint8Array
  #tailUsed = 0

  /** Bytes held. */
  get bytes (): number {
    return this.#bytes
  }

  /** The chunk is kept, and not copied if it is not small. */
  push (chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#bytes += chunk.length
    if (chunk.length >= SMALL_BYTES) {
      this.#tail = undefined
      this.#chunks.push(chunk)
      return
    }
    if (this.#tail == null || this.#tailUsed + chunk.length > TAIL_BYTES) {
      this.#tail = new Uint8Array(TAIL_BYTES)
      this.#tailUsed = 0
      this.#chunks.push(this.#tail)
    }
    this.#tail.set(chunk, this.#tailUsed)
    this.#tailUsed += chunk.length
    this.#chunks[this.#chunks.length - 1] = this.#tail.subarray(0, this.#tailUsed)
  }

  shift (): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head]
    if (chunk == null) return undefined
    this.#bytes -= chunk.length
    this.#head++
    if (this.#head === this.#chunks.length) {
      this.#chunks = []
      this.#head = 0
      this.#tail = undefined
    } else if (this.#head >= MAX_TAKEN && this.#head * 2 >= this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#head)
      this.#head = 0
    }
    return chunk
  }
}
