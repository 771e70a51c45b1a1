import { equals } from 'uint8arrays/equals'
import { chunkHash } from './chunk-hash.ts'
import { CHUNK_BYTES } from './constants.ts'
import { MerkleTree } from './merkle-tree.ts'
import type { FileResult } from './contract.ts'
import type { OpenSink } from './open-sink.ts'
import type { Place } from './send-window.ts'

/** What was received is not what its hash says. */
export class CorruptError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'CorruptError'
  }
}

/** No honest sender does this. */
export class ViolationError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'ViolationError'
  }
}

export interface AssemblyInit {
  sink: OpenSink
  size?: number
  window: number
  /** What was remembered is not true any more: resolves when it is forgotten for good. */
  onRestart: () => Promise<void>
  /** Nobody looks at this part of a message any more. */
  onUsed: (data: Uint8Array) => void
  /** Something was written, and all before it. */
  onWritten: (tree: MerkleTree, bytes: number) => void
  /** Called once: by the sink, or by a chunk that is not what its hash says. Nothing is written any more. */
  onFailed: (err: Error) => void
}

interface Chunk {
  index: number
  offset: number
  data: Uint8Array
  /** As its sender says. */
  sha256: Uint8Array
  hashing: Promise<Uint8Array>
  /** Once it is known. */
  hash?: Uint8Array
}

/** Chunks as they come, checked, and written in order while the next ones come. */
export class Assembly {
  readonly #init: AssemblyInit
  /** Of what is written. */
  #tree = new MerkleTree()
  #bytes = 0
  /** Index of the chunk that comes next, and what comes before it. */
  #expected = 0
  #expectedBytes = 0
  #queue: Chunk[] = []
  #failed?: Error
  #closing = false
  /** One write after the other. */
  #work: Promise<void> = Promise.resolve()

  constructor (init: AssemblyInit) {
    this.#init = init
  }

  /** Chunks received and not written. */
  get underWay (): number {
    return this.#expected - this.#tree.size
  }

  get bytes (): number {
    return this.#bytes
  }

  get tree (): MerkleTree {
    return this.#tree
  }

  /** The sink is told that all is there, or was: what is there counts. */
  get closing (): boolean {
    return this.#closing
  }

  get chunks (): number {
    return this.#tree.size
  }

  /** What is there, when everything that has come is written; undefined for nothing. */
  async place (): Promise<Place | undefined> {
    await this.#work
    return this.#tree.size === 0 ? undefined : { chunks: this.#tree.size, root: this.#tree.root }
  }

  /** Goes on from what is remembered of an earlier attempt. */
  restore (tree: MerkleTree, bytes: number): void {
    this.#tree = tree
    this.#bytes = bytes
  }

  /** Reads back what the sink has of an earlier attempt. */
  verify (signal: AbortSignal): void {
    const { sink, size } = this.#init
    const whole = size != null && sink.written >= size
    const end = whole ? size : sink.written - sink.written % CHUNK_BYTES
    this.#then(async () => {
      const tree = new MerkleTree()
      for (let at = 0; at < end; at += CHUNK_BYTES) {
        signal.throwIfAborted()
        const length = Math.min(CHUNK_BYTES, end - at)
        const bytes = await sink.read?.(at, length)
        // what cannot be read is sent again
        if (bytes?.byteLength !== length) return
        tree.append(await chunkHash(bytes))
        this.restore(tree, at + length)
      }
    })
  }

  /** The chunks come from here. Throws `ViolationError`. False when the sink cannot begin anew. */
  begin (chunks: number): boolean {
    if (chunks !== 0 && chunks !== this.#tree.size) throw new ViolationError(`begins at chunk ${chunks}, ${this.#tree.size} are here`)
    if (chunks !== this.#tree.size) {
      if (!this.#init.sink.rewritable) return false
      this.restore(new MerkleTree(), 0)
      this.#then(this.#init.onRestart)
    }
    this.#expected = this.#tree.size
    this.#expectedBytes = this.#bytes
    return true
  }

  /** Throws `ViolationError`. */
  take ({ index, sha256, data }: { index: number, sha256: Uint8Array, data: Uint8Array }): void {
    const { size, window } = this.#init
    const offset = this.#expectedBytes
    if (index !== this.#expected) throw new ViolationError(`chunk ${index} instead of ${this.#expected}`)
    if (this.underWay >= window) throw new ViolationError(`chunk ${index} is over the window of ${window}`)
    if (offset % CHUNK_BYTES !== 0) throw new ViolationError(`chunk ${index} comes after a short one`)
    if (size != null && offset + data.byteLength > size) throw new ViolationError(`chunk ${index} is beyond the ${size} bytes that were offered`)
    this.#expected++
    this.#expectedBytes += data.byteLength
    const chunk: Chunk = { index, offset, data, sha256, hashing: chunkHash(data) }
    chunk.hashing.then(hash => { chunk.hash = hash }, () => undefined)
    this.#queue.push(chunk)
    this.#then(async () => { await this.#write() })
  }

  /** The next chunk, and with it those that are ready: the fewer writes, the less they wait for each other. */
  async #write (): Promise<void> {
    const { sink, onUsed, onWritten } = this.#init
    const [first] = this.#queue
    // written with the one before
    if (first == null) return
    if (!equals(await first.hashing, first.sha256)) throw new CorruptError(`chunk ${first.index} is not what its hash says`)
    const more = sink.writev == null ? 0 : this.#queue.findIndex(({ hash, sha256 }, i) => i > 0 && (hash == null || !equals(hash, sha256)))
    const batch = this.#queue.splice(0, sink.writev == null ? 1 : more < 0 ? this.#queue.length : more)
    if (batch.length > 1) await sink.writev?.(batch.map(({ data }) => data), first.offset)
    else await sink.write(first.data, first.offset)
    for (const { offset, data, sha256 } of batch) {
      this.#tree.append(sha256)
      this.#bytes = offset + data.byteLength
      if (sink.keepsNothing) onUsed(data)
    }
    onWritten(this.#tree, this.#bytes)
  }

  /** All chunks have come. Rejects with what failed, `CorruptError`, or what the sink throws. */
  async finish ({ bytes, root }: FileResult): Promise<FileResult> {
    await this.#work
    if (this.#failed != null) throw this.#failed
    const { size, sink } = this.#init
    if (bytes !== this.#bytes || (size != null && bytes !== size) || !equals(root, this.#tree.root)) {
      throw new CorruptError(`${this.#bytes} bytes have come, not the ${bytes} that their sender means`)
    }
    this.#closing = true
    try {
      await sink.close(bytes)
    } catch (err) {
      this.#closing = false
      throw err
    }
    return { bytes, root }
  }

  /** Nothing more is written. Resolves when the sink has been told; one that hangs never lets it. */
  async abort (reason: Error): Promise<void> {
    this.#failed ??= reason
    this.#queue = []
    const { sink } = this.#init
    if (!sink.interruptible) {
      await this.#work
      // it is whole by now, or fails by itself
      if (this.#closing) return
    }
    await sink.abort(reason)
  }

  #then (step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#failed != null) return
      try {
        await step()
      } catch (err) {
        // aborted meanwhile: it is known why
        if (this.#failed != null) return
        this.#failed = err as Error
        this.#init.onFailed(this.#failed)
      }
    })
  }
}
