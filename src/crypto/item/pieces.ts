/** A part of a source, and whether it is the last. `bytes` is valid until the next one is asked for. */
export interface Piece {
  bytes: Uint8Array
  index: number
  last: boolean
}

/**
 * The source cut anew: every piece has `size` bytes but the last, which has 1 to `size`, or 0 where there is nothing at all. Holds
 * one piece in memory, and wipes it.
 */
export async function * pieces (source: Uint8Array | AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Piece, void, void> {
  const buffer = new Uint8Array(size)
  let filled = 0
  let index = 0
  try {
    for await (let rest of source instanceof Uint8Array ? [source] : source) {
      while (rest.byteLength > 0) {
        // it is full, and not the last
        if (filled === size) {
          yield { bytes: buffer, index: index++, last: false }
          filled = 0
        }
        const part = rest.subarray(0, size - filled)
        buffer.set(part, filled)
        filled += part.byteLength
        rest = rest.subarray(part.byteLength)
      }
    }
    yield { bytes: buffer.subarray(0, filled), index, last: true }
  } finally {
    buffer.fill(0)
  }
}
