import { Uint8ArrayList } from 'uint8arraylist'

export type Bytes = Uint8Array | Uint8ArrayList

/** Pieces of this size are handed on as they are: of smaller ones a frame would be a list of very many. */
const PIECE_BYTES = 4096

/**
 * Joins what comes in small pieces while more of a frame is still to come. A decoder keeps a list of them and takes them
 * off one by one, each time moving all others: a frame of many tiny pieces would block the process for seconds. Nothing
 * is held back that completes a frame, and never more than 4 KiB.
 */
export class JoinedPieces {
  #held?: Uint8Array
  #heldBytes = 0

  /** What is to be handed on now, if anything. `missingBytes`: of the frame, without what is held here; 0 when not known. */
  take (data: Bytes, missingBytes: number): Bytes | undefined {
    const wantedBytes = Math.min(missingBytes, PIECE_BYTES)
    const bytes = this.#heldBytes + data.byteLength
    if (this.#held == null && bytes >= wantedBytes) return inLargePieces(data)
    const held = this.#held ??= new Uint8Array(wantedBytes)
    if (bytes <= held.length) {
      for (const piece of data instanceof Uint8Array ? [data] : data) {
        held.set(piece, this.#heldBytes)
        this.#heldBytes += piece.byteLength
      }
      if (bytes < wantedBytes) return undefined
    }
    const earlier = held.subarray(0, this.#heldBytes)
    const joined = bytes <= held.length ? earlier : new Uint8ArrayList(earlier, inLargePieces(data))
    this.#held = undefined
    this.#heldBytes = 0
    return joined
  }
}

/** A list of less than 4 KiB a piece becomes one piece: it may have gathered while nobody listened. */
function inLargePieces (data: Bytes): Bytes {
  if (data instanceof Uint8Array) return data
  const pieces = [...data].length
  return pieces - 1 > data.byteLength / PIECE_BYTES ? data.subarray() : data
}
