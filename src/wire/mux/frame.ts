import { ChunkQueue } from '../chunk-queue.ts'
import { evidenceOf, WireOversizeError, WireUndecodableError } from '../errors.ts'

/**
 * Many calls on one stream, see `protocols/call/README.md`: frames of an unsigned varint length (LEB128, minimal), then as
 * many bytes: a header varint, `callId * 8 + kind`, and the payload.
 */

/** The last, mostly the only, piece of a request or an answer. */
export const END = 0
/** A piece of a message of which more follows; never empty. */
export const MORE = 1
/** Instead of an answer, or of the rest of one: the payload is a `Failure`. Callee to caller. */
export const FAILURE = 2
/** The caller wants no answer any more. No payload. Caller to callee. */
export const CANCEL = 3

export type Kind = typeof END | typeof MORE | typeof FAILURE | typeof CANCEL

/** The payload of one frame, at most. */
export const PIECE_BYTES = 16 * 1024
/** The highest id of a call; the caller counts up from 0 and opens another stream after it. */
export const MAX_CALL_ID = 2 ** 28 - 1
const MAX_HEADER_BYTES = 5
/** Of length and header together, at most. */
export const MAX_OVERHEAD_BYTES = 3 + MAX_HEADER_BYTES
const MAX_BODY_BYTES = MAX_HEADER_BYTES + PIECE_BYTES
const LENGTH_BITS = 14
const EMPTY = new Uint8Array()

/** Writes a frame at `at` and returns where the next one goes. There must be room for the payload and 8 bytes. */
export function writeFrame (target: Uint8Array, at: number, id: number, kind: Kind, payload: Uint8Array, start: number, end: number): number {
  const header = id * 8 + kind
  let next = writeVarint(target, at, varintLength(header) + end - start)
  next = writeVarint(target, next, header)
  if (start === 0 && end === payload.length) target.set(payload, next)
  else target.set(payload.subarray(start, end), next)
  return next + end - start
}

function varintLength (value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
}

/** Of less than 2^31. */
function writeVarint (target: Uint8Array, at: number, value: number): number {
  while (value >= 0x80) {
    target[at++] = value & 0x7f | 0x80
    value >>>= 7
  }
  target[at++] = value
  return at
}

/** Bytes in one piece, or a list of such pieces (`Uint8ArrayList`). */
export type Chunk = Uint8Array | Iterable<Uint8Array>

/**
 * Frames out of bytes that come cut anywhere. `push` what has come, then `next` until it is false; between two calls of
 * `next` one may wait as long as one likes. What `push` was given is kept, not copied, so it must not change.
 */
export class FrameReader {
  /** Of the frame that `next` has found. */
  id = 0
  kind = 0
  /** Of the frame that `next` has found: mostly a view of what was pushed. */
  payload: Uint8Array = EMPTY

  readonly #chunks = new ChunkQueue()
  #chunk: Uint8Array = EMPTY
  #at = 0
  // the length, as far as it has come
  #length = 0
  #shift = 0
  /** The frame without its length, when it does not lie in one chunk. */
  #body?: Uint8Array
  #filled = 0

  /** Bytes held: of a frame that is not complete, and of those that `next` has not come to. */
  get bufferedBytes (): number {
    return this.#chunks.bytes + this.#chunk.length - this.#at + this.#filled
  }

  push (data: Chunk): void {
    if (!(data instanceof Uint8Array)) {
      for (const chunk of data) this.push(chunk)
    } else if (data.length > 0) {
      if (this.#at === this.#chunk.length) this.#use(data)
      else this.#chunks.push(data)
    }
  }

  /** True when there is a frame. Throws `WireOversizeError` or `WireUndecodableError` for what no peer of any version sends. */
  next (): boolean {
    do {
      if (this.#body == null && !this.#readLength()) continue
      if (this.#readBody()) return true
    } while (this.#refill())
    // what was read is not held any longer
    this.payload = EMPTY
    return false
  }

  /** True when the length is known, in `#length`. */
  #readLength (): boolean {
    const chunk = this.#chunk
    while (this.#at < chunk.length) {
      const byte = chunk[this.#at++] as number
      this.#length |= (byte & 0x7f) << this.#shift
      if (byte >= 0x80) {
        if (this.#shift === LENGTH_BITS) throw new WireOversizeError('the length of a frame takes more than 3 bytes', { fault: 'oversize', evidence: this.#evidence() })
        this.#shift += 7
        continue
      }
      if (byte === 0 && this.#shift > 0) throw this.#malformed('the length of a frame is not minimal')
      if (this.#length === 0) throw this.#malformed('a frame has no header')
      if (this.#length > MAX_BODY_BYTES) {
        throw new WireOversizeError(`a frame has ${this.#length} bytes, ${MAX_BODY_BYTES} are allowed`, { fault: 'oversize', evidence: this.#evidence() })
      }
      return true
    }
    return false
  }

  /** True when the frame is complete. */
  #readBody (): boolean {
    const length = this.#length
    const chunk = this.#chunk
    const left = chunk.length - this.#at
    if (this.#body == null) {
      if (left >= length) {
        this.#at += length
        this.#reset()
        this.#readFrame(chunk, this.#at - length, this.#at)
        return true
      }
      this.#body = new Uint8Array(length)
    }
    const take = Math.min(left, length - this.#filled)
    this.#body.set(chunk.subarray(this.#at, this.#at + take), this.#filled)
    this.#at += take
    this.#filled += take
    if (this.#filled < length) return false
    const body = this.#body
    this.#reset()
    this.#readFrame(body, 0, length)
    return true
  }

  #readFrame (bytes: Uint8Array, start: number, end: number): void {
    let header = 0
    let at = start
    for (let shift = 0; ; shift += 7) {
      if (at === end) throw this.#malformed('the header of a frame does not end')
      const byte = bytes[at++] as number
      // more than 31 bits
      if (shift === 28 && byte > 7) throw this.#malformed('the header of a frame is over its limit')
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw this.#malformed('the header of a frame is not minimal')
        break
      }
    }
    if (end - at > PIECE_BYTES) throw new WireOversizeError(`a frame has ${end - at} bytes of payload, ${PIECE_BYTES} are allowed`, { fault: 'oversize', evidence: evidenceOf(bytes, start) })
    this.id = header >>> 3
    this.kind = header & 7
    this.payload = bytes.subarray(at, end)
  }

  #reset (): void {
    this.#length = 0
    this.#shift = 0
    this.#body = undefined
    this.#filled = 0
  }

  /** True when there is another chunk. */
  #refill (): boolean {
    const next = this.#chunks.shift()
    this.#use(next ?? EMPTY)
    return next != null
  }

  #use (chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#at = 0
  }

  #malformed (message: string): WireUndecodableError {
    return new WireUndecodableError(message, { fault: 'undecodable', evidence: this.#evidence() })
  }

  #evidence (): Uint8Array {
    return evidenceOf(this.#chunk, Math.max(0, this.#at - MAX_OVERHEAD_BYTES))
  }
}
