import { CHUNK_BYTES, HASH_BYTES } from './constants.ts'

/** Field numbers and wire types of `FromSender.chunk` and of `FileChunk`: see `protocols/messaging/files.proto`. */
const CHUNK_TAG = 0x1a
const INDEX_TAG = 0x08
const SHA256_TAG = 0x12
const DATA_TAG = 0x1a
/** More than any header has: two tags with lengths, the index, the hash. */
const HEADROOM = 64

/**
 * Room for one chunk, and for what stands in front of it in a message: the message is made without copying the chunk, and
 * the memory used again. Millions of bytes a second that are thrown away keep the garbage collector busy.
 */
export class ChunkFrame {
  readonly #buffer = new Uint8Array(HEADROOM + CHUNK_BYTES)
  #length = 0

  /** To be filled. */
  get room (): Uint8Array {
    return this.#buffer.subarray(HEADROOM)
  }

  /** What it was filled with. */
  get data (): Uint8Array {
    return this.#buffer.subarray(HEADROOM, HEADROOM + this.#length)
  }

  set length (length: number) {
    this.#length = length
  }

  /** The bytes of `FromSender { chunk: { index, sha256, data } }`: a view, valid until the frame is used again. */
  encode (index: number, sha256: Uint8Array): Uint8Array {
    const inner = [...index === 0 ? [] : [INDEX_TAG, ...varint(index)], SHA256_TAG, HASH_BYTES, ...sha256, DATA_TAG, ...varint(this.#length)]
    const header = [CHUNK_TAG, ...varint(inner.length + this.#length), ...inner]
    const start = HEADROOM - header.length
    this.#buffer.set(header, start)
    return this.#buffer.subarray(start, HEADROOM + this.#length)
  }
}

function varint (value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push(rest % 0x80 + 0x80)
  bytes.push(rest)
  return bytes
}
