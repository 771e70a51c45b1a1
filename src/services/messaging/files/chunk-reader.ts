import { CHUNK_BYTES } from './constants.ts'
import type { ReadableFile } from './contract.ts'

/** It is not what it was when it was opened. */
export class SourceChangedError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'SourceChangedError'
  }
}

/** A source cut into chunks, one after the other. */
export interface ChunkReader {
  /** Whether `seek` can go back. */
  readonly seekable: boolean
  readonly size?: number
  /** Fills `into`, which has room for a chunk: only the last one is shorter; resolves to 0 at the end. One at a time. */
  read (into: Uint8Array): Promise<number>
  /** The next `read` gives the chunk of this index. */
  seek (index: number): void
  /** No more is needed. */
  cancel (reason: Error): Promise<void>
}

/** Whatever can be read at any place. */
export function fileReader (file: ReadableFile): ChunkReader {
  const { size } = file
  let at = 0
  return {
    seekable: true,
    size,
    async read (into) {
      const wanted = Math.max(0, Math.min(into.byteLength, size - at))
      let filled = 0
      while (filled < wanted) {
        const read = await file.read(into.subarray(filled, wanted), at + filled)
        if (read === 0) throw new SourceChangedError(`the source ends after ${at + filled} bytes, it had ${size}`)
        filled += read
      }
      at += filled
      return filled
    },
    seek (index) { at = index * CHUNK_BYTES },
    async cancel () { await file.close?.() }
  }
}

export function blobReader (blob: Blob): ChunkReader {
  return fileReader({
    size: blob.size,
    async read (into, offset) {
      const part = new Uint8Array(await blob.slice(offset, offset + into.byteLength).arrayBuffer())
      into.set(part)
      return part.byteLength
    }
  })
}

/** Collects what the stream gives, in whatever pieces. */
export function streamReader (stream: ReadableStream<Uint8Array>, size?: number): ChunkReader {
  const reader = stream.getReader()
  let rest = new Uint8Array()
  let ended = false
  return {
    seekable: false,
    size,
    async read (into) {
      let filled = 0
      while (filled < into.byteLength) {
        if (rest.byteLength === 0) {
          if (ended) break
          const { done, value } = await reader.read()
          if (done) {
            ended = true
            break
          }
          if (!(value instanceof Uint8Array)) throw new TypeError(`the stream gave ${typeof value}, files are read from streams of Uint8Array`)
          rest = value as Uint8Array<ArrayBuffer>
        }
        const part = rest.subarray(0, into.byteLength - filled)
        into.set(part, filled)
        filled += part.byteLength
        rest = rest.subarray(part.byteLength)
      }
      return filled
    },
    seek () { throw new Error('a stream cannot be read again') },
    async cancel (reason) {
      if (!ended) await reader.cancel(reason)
    }
  }
}
