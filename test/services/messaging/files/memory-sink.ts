import type { FileSink } from '../../../../src/services/messaging/files/contract.ts'

/** A file in memory. */
export class MemorySink implements FileSink {
  /** What was written, in order: offset and length. */
  readonly writes: Array<{ offset: number, length: number }> = []
  bytes: Uint8Array
  closed?: number
  aborted?: Error
  /** Called before each write. */
  onWrite: (offset: number) => void | Promise<void> = () => {}

  constructor (bytes: Uint8Array = new Uint8Array()) {
    this.bytes = bytes
  }

  async write (bytes: Uint8Array, offset: number): Promise<void> {
    await this.onWrite(offset)
    const end = offset + bytes.byteLength
    if (end > this.bytes.byteLength) {
      const grown = new Uint8Array(end)
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes.set(bytes, offset)
    this.writes.push({ offset, length: bytes.byteLength })
  }

  async close (size: number): Promise<void> {
    this.closed = size
    this.bytes = this.bytes.slice(0, size)
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
