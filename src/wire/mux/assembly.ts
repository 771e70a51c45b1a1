const FIRST_BYTES = 32 * 1024

/** A message that comes in pieces. Holds at most twice what has come, however small the pieces are, and at most `maxBytes`. */
export class Assembly {
  readonly #maxBytes: number
  #bytes: Uint8Array
  #length = 0

  /**
   * @param firstBytes - room that it has from the start
   * @param room - memory for it, of at least `maxBytes`
   */
  constructor (maxBytes: number, firstBytes = FIRST_BYTES, room?: Uint8Array) {
    this.#maxBytes = maxBytes
    this.#bytes = room ?? new Uint8Array(Math.min(maxBytes, firstBytes))
  }

  get length (): number {
    return this.#length
  }

  /** False, and nothing is added, when it would be over the limit. */
  add (piece: Uint8Array): boolean {
    const length = this.#length + piece.length
    if (length > this.#maxBytes) return false
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(length, this.#bytes.length * 2)))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(piece, this.#length)
    this.#length = length
    return true
  }

  /** The message so far. */
  get message (): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
