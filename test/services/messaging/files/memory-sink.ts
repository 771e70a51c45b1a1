import type { FileSink } from '../../../../src/services/messaging/files/contract.ts'

/** A file in memory. */
export class MemorySink implements FileSink {
  /** What was written, in order: offset and length. */
  readonly writes: Array<{ offset: number, length: number }> = []
  closed?: number
  aborted?: Error
  /** Called before each write. */
  onWrite: (offset: number) => void | Promise<void> = () => {}
  /** With room to grow. */
  #room: Uint8Array
  #length: number

  constructor (bytes: Uint8Array = new Uint8Array()) {
    this.#room = bytes
    this.#length = bytes.byteLength
  }

  get bytes (): Uint8Array {
    return this.#room.subarray(0, this.#length)
  }

  async write (bytes: Uint8Array, offset: number): Promise<void> {
    await this.onWrite(offset)
    const end = offset + bytes.byteLength
    if (end > this.#room.byteLength) {
      const grown = new Uint8Array(2 * end)
      grown.set(this.bytes)
      this.#room = grown
    }
    this.#room.set(bytes, offset)
    this.#length = Math.max(this.#length, end)
    this.writes.push({ offset, length: bytes.byteLength })
  }

  async close (size: number): Promise<void> {
    this.closed = size
    this.#length = Math.min(this.#length, size)
  }

  abort (reason: Error): void {
    this.aborted = reason
  }
}

/** One that can be read back. */
export class ReadableMemorySink extends MemorySink {
  get written (): number {
    return this.bytes.byteLength
  }

  async read (offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.subarray(offset, offset + length)
  }
}
