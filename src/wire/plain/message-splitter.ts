import { ChunkQueue } from '../chunk-queue.ts'
import { evidenceOf, WireOversizeError, WireUndecodableError } from '../errors.ts'
import { decodeFailure, MAX_FAILURE_BYTES } from '../failure.ts'
import { Assembly } from '../mux/assembly.ts'

/** The length that no message has, as an unsigned varint: a frame with a `Failure` follows. */
export const FAILURE_MARK = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)
const FAILURE_LENGTH = 2 ** 32 - 1
const MAX_PREFIX_BYTES = 5
/** Room for a message that comes in pieces, at first: who promises much has to send it. */
const FIRST_BYTES = 4 * 1024
const EMPTY = new Uint8Array()

/** A length as an unsigned varint (LEB128), in as few bytes as it takes. */
export function prefixOf (length: number): Uint8Array {
  const bytes: number[] = []
  for (; length >= 0x80; length = Math.floor(length / 128)) bytes.push(length % 128 + 128)
  return Uint8Array.of(...bytes, length)
}

/**
 * Length-prefixed messages out of bytes that come cut anywhere. What `push` was given may be kept, so it must not change: a
 * message that lies in one piece is a view of it, one in several is copied as it comes.
 */
export class MessageSplitter {
  readonly #maxBytes: number
  readonly #failures: boolean
  readonly #room?: (length: number) => Uint8Array | undefined
  /** Of the longest message that has come whole: so much may be promised before it is sent. */
  #proven = FIRST_BYTES
  readonly #chunks = new ChunkQueue()
  #chunk: Uint8Array = EMPTY
  #at = 0
  /** What has come of a message in pieces. */
  #partial?: Assembly
  // the length, as far as it has come
  #value = 0
  #digits = 0
  /** Of the message that comes next, once it is known. */
  #length?: number
  #failing = false

  /**
   * Without `failures` the mark of a failure is a length like any other. `room` may give the memory for a message that comes
   * in pieces; whoever gives it knows when it can be used again.
   */
  constructor (maxBytes: number, failures: boolean, room?: (length: number) => Uint8Array | undefined) {
    this.#maxBytes = maxBytes
    this.#failures = failures
    this.#room = room
  }

  /** Bytes held. */
  get bufferedBytes (): number {
    return this.#chunks.bytes + this.#chunk.length - this.#at + (this.#partial?.length ?? 0)
  }

  push (chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.#at === this.#chunk.length) this.#use(chunk)
    else this.#chunks.push(chunk)
  }

  /** Something has come of a message that is not here as a whole. */
  get begun (): boolean {
    return this.#at < this.#chunk.length || this.#digits > 0 || this.#length != null || this.#failing
  }

  /**
   * The next message, once all of it is here. Throws `WireOversizeError` or `WireUndecodableError` for what nobody may send,
   * and `WireRemoteError` for a failure: nothing more can be read then.
   */
  next (): Uint8Array | undefined {
    if (!this.#readLength()) return undefined
    const message = this.#take(this.#length ?? 0)
    if (message == null) return undefined
    this.#length = undefined
    if (this.#failing) throw decodeFailure(message)
    return message
  }

  /** True when the length is known. */
  #readLength (): boolean {
    while (this.#length == null) {
      const byte = this.#byte()
      if (byte == null) return false
      this.#value += (byte & 0x7f) * 2 ** (7 * this.#digits)
      this.#digits++
      if (byte >= 0x80) {
        if (this.#digits === MAX_PREFIX_BYTES) throw this.#oversize(`a length of more than ${MAX_PREFIX_BYTES} bytes`)
        continue
      }
      if (byte === 0 && this.#digits > 1) throw new WireUndecodableError('a length that is not minimal', { fault: 'undecodable', evidence: this.#evidence() })
      const length = this.#value
      this.#value = 0
      this.#digits = 0
      if (this.#failures && length === FAILURE_LENGTH && !this.#failing) {
        this.#failing = true
        continue
      }
      const maxBytes = this.#failing ? MAX_FAILURE_BYTES : this.#maxBytes
      if (length > maxBytes) throw this.#oversize(`a message of ${length} bytes, ${maxBytes} are allowed`)
      this.#length = length
    }
    return true
  }

  #byte (): number | undefined {
    const byte = this.#chunk[this.#at]
    if (byte != null) this.#skip(1)
    return byte
  }

  /** Undefined when not all of it is here. */
  #take (length: number): Uint8Array | undefined {
    if (length === 0) return EMPTY
    const left = this.#chunk.length - this.#at
    if (this.#partial == null) {
      if (left === 0) return undefined
      if (left >= length) {
        const view = this.#chunk.subarray(this.#at, this.#at + length)
        this.#skip(length)
        return view
      }
      const room = length <= this.#proven ? this.#room?.(length) : undefined
      this.#partial = new Assembly(length, Math.max(this.#proven, left + this.#chunks.bytes), room)
    }
    const partial = this.#partial
    while (this.#at < this.#chunk.length && partial.length < length) {
      const part = this.#chunk.subarray(this.#at, this.#at + length - partial.length)
      partial.add(part)
      this.#skip(part.length)
    }
    if (partial.length < length) return undefined
    this.#partial = undefined
    this.#proven = Math.max(this.#proven, length)
    return partial.message
  }

  /** Of the chunk that is read. */
  #skip (bytes: number): void {
    this.#at += bytes
    if (this.#at === this.#chunk.length) this.#use(this.#chunks.shift() ?? EMPTY)
  }

  #use (chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#at = 0
  }

  #oversize (what: string): WireOversizeError {
    return new WireOversizeError(what, { fault: 'oversize', evidence: this.#evidence() })
  }

  #evidence (): Uint8Array {
    return evidenceOf(this.#chunk, this.#at)
  }
}
