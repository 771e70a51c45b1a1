import type { FileSink } from './contract.ts'

/** A sink of either kind. */
export interface OpenSink {
  /** Whether it can begin anew. */
  readonly rewritable: boolean
  /** Whether it may be aborted in the midst of a write. */
  readonly interruptible: boolean
  /** What was written may be used again. */
  readonly keepsNothing: boolean
  /** Bytes that can be read back, from the start. */
  readonly written: number
  read?: (offset: number, length: number) => Promise<Uint8Array>
  write (bytes: Uint8Array, offset: number): Promise<void>
  writev?: (parts: Uint8Array[], offset: number) => Promise<void>
  close (size: number): Promise<void>
  abort (reason: Error): Promise<void>
}

export function openSink (sink: FileSink | WritableStream<Uint8Array>): OpenSink {
  if (sink instanceof WritableStream) {
    const writer = sink.getWriter()
    // the same is told by every write
    writer.closed.catch(() => undefined)
    return {
      rewritable: false,
      keepsNothing: false,
      interruptible: true,
      written: 0,
      write: async bytes => { await writer.write(bytes) },
      close: async () => { await writer.close() },
      abort: async reason => { await writer.abort(reason) }
    }
  }
  return {
    rewritable: true,
    keepsNothing: sink.keepsNothing === true,
    interruptible: false,
    written: sink.read == null ? 0 : sink.written ?? 0,
    read: sink.read == null ? undefined : async (offset, length) => await (sink as Required<FileSink>).read(offset, length),
    write: async (bytes, offset) => { await sink.write(bytes, offset) },
    writev: sink.writev == null ? undefined : async (parts, offset) => { await (sink as Required<FileSink>).writev(parts, offset) },
    close: async size => { await sink.close(size) },
    abort: async reason => { await sink.abort(reason) }
  }
}
