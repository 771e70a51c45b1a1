import { equals } from 'uint8arrays/equals'
import { ChunkFrame } from './chunk-frame.ts'
import { chunkHash } from './chunk-hash.ts'
import { MAX_WINDOW_CHUNKS } from './constants.ts'
import { MemoryPool } from './memory-pool.ts'
import { MerkleTree } from './merkle-tree.ts'
import type { ChunkReader } from './chunk-reader.ts'

/** Chunks read and hashed before they are asked for. */
const AHEAD_CHUNKS = 4

export interface HashedChunk {
  index: number
  frame: ChunkFrame
  sha256: Uint8Array
}

/** The first chunks of a file, and their root. */
export interface Place {
  chunks: number
  root: Uint8Array
}

/**
 * What of a source was sent and not acknowledged, and what comes next. It can go back to any chunk that is kept here; before
 * that only where the source can be read again.
 */
export class SendWindow {
  readonly #reader: ChunkReader
  /** Of the chunks that were acknowledged. */
  #acked = new MerkleTree()
  /** Not acknowledged, in order. */
  #kept: HashedChunk[] = []
  /** Index of the chunk that `next` gives. */
  #cursor = 0
  #bytesBefore = 0
  readonly #pool = new MemoryPool(MAX_WINDOW_CHUNKS + AHEAD_CHUNKS, () => new ChunkFrame())
  /** Chunks from here on were given to nobody but the present stream. */
  #freshFrom = 0
  #ahead: Array<Promise<Omit<HashedChunk, 'index'> | undefined>> = []
  #reading: Promise<unknown> = Promise.resolve()
  /** A read that nobody waits for any more still counts. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor (reader: ChunkReader) {
    this.#reader = reader
  }

  /** Chunks given by `next` and not acknowledged. */
  get underWay (): number {
    return this.#cursor - this.#acked.size
  }

  get ackedBytes (): number {
    return this.#bytesBefore
  }

  /** Of everything that was read so far. */
  get total (): { chunks: number, bytes: number, root: Uint8Array } {
    const tree = this.#acked.clone()
    let bytes = this.#bytesBefore
    for (const chunk of this.#kept) {
      tree.append(chunk.sha256)
      bytes += chunk.frame.data.byteLength
    }
    return { chunks: tree.size, bytes, root: tree.root }
  }

  /** Undefined at the end. Rejects when the source cannot be read. */
  async next (): Promise<HashedChunk | undefined> {
    return await this.#inTurn(async () => await this.#next())
  }

  async #next (): Promise<HashedChunk | undefined> {
    const again = this.#kept[this.#cursor - this.#acked.size]
    if (again != null) {
      this.#cursor++
      return again
    }
    while (this.#ahead.length < AHEAD_CHUNKS) this.#ahead.push(this.#fetch())
    const fetched = await this.#ahead.shift()
    if (fetched == null) {
      this.#ahead = []
      return undefined
    }
    const chunk = { index: this.#cursor++, ...fetched }
    this.#kept.push(chunk)
    return chunk
  }

  /** Another stream begins: what the last one was given may still be on its way. */
  renew (): void {
    this.#freshFrom = this.#acked.size + this.#kept.length
  }

  /** So many chunks have arrived. False when so many were never sent. */
  ack (chunks: number): boolean {
    if (chunks > this.#cursor) return false
    while (this.#acked.size < chunks) {
      const chunk = this.#kept.shift() as HashedChunk
      this.#acked.append(chunk.sha256)
      this.#bytesBefore += chunk.frame.data.byteLength
      // a stream that was given up may not be done with those of its time
      if (chunk.index >= this.#freshFrom) this.#pool.give(chunk.frame)
    }
    return true
  }

  /**
   * Goes on after this place, which the receiver has, if that is what the source begins with. False when it is not, or
   * when the source cannot be read again: then nothing has changed.
   */
  async goTo (place: Place): Promise<boolean> {
    return await this.#inTurn(async () => await this.#goTo(place))
  }

  async #goTo ({ chunks, root }: Place): Promise<boolean> {
    const ahead = chunks - this.#acked.size
    if (ahead < 0 || ahead > this.#kept.length) return await this.#reread(chunks, root)
    const tree = this.#acked.clone()
    for (const chunk of this.#kept.slice(0, ahead)) tree.append(chunk.sha256)
    if (!equals(tree.root, root)) return false
    this.#cursor = chunks
    return this.ack(chunks)
  }

  /** Begins anew. False when the source cannot be read again from there. */
  async restart (): Promise<boolean> {
    return await this.#inTurn(async () => await this.#restart())
  }

  async #restart (): Promise<boolean> {
    if (this.#acked.size === 0) {
      this.#cursor = 0
      return true
    }
    if (!this.#reader.seekable) return false
    await this.#reset(0, new MerkleTree(), 0)
    return true
  }

  /** Whether the whole source has this root: of something that the receiver had before. Reads no further once `stopped`. */
  async matches (root: Uint8Array, bytes: number, stopped: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      const chunk = await this.next()
      if (stopped()) return false
      this.ack(this.#cursor)
      if (chunk == null) break
    }
    const { total } = this
    return total.bytes === bytes && equals(total.root, root)
  }

  async #reread (chunks: number, root: Uint8Array): Promise<boolean> {
    const { size } = this.#reader
    if (!this.#reader.seekable || size == null) return false
    await this.#settle()
    this.#reader.seek(0)
    const tree = new MerkleTree()
    let bytes = 0
    while (tree.size < chunks) {
      const chunk = await this.#fetch()
      if (chunk == null) break
      tree.append(chunk.sha256)
      bytes += chunk.frame.data.byteLength
      this.#pool.give(chunk.frame)
    }
    if (tree.size === chunks && equals(tree.root, root)) {
      await this.#reset(chunks, tree, bytes)
      return true
    }
    // as it was: what is kept comes first
    this.#reader.seek(this.#acked.size + this.#kept.length)
    return false
  }

  async #reset (chunks: number, acked: MerkleTree, bytes: number): Promise<void> {
    await this.#settle()
    this.#reader.seek(chunks)
    this.#acked = acked
    this.#bytesBefore = bytes
    this.#kept = []
    this.#cursor = chunks
  }

  /** Forgets what was read ahead; the reader has to be told where to go on. */
  async #settle (): Promise<void> {
    const ahead = this.#ahead
    this.#ahead = []
    await Promise.allSettled(ahead)
  }

  #inTurn<T> (work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Reads in turn; hashes meanwhile. */
  #fetch (): Promise<Omit<HashedChunk, 'index'> | undefined> {
    const frame = this.#pool.take()
    const read = this.#reading.then(async () => await this.#reader.read(frame.room))
    this.#reading = read.catch(() => undefined)
    const fetched = read.then(async length => {
      if (length === 0) return undefined
      frame.length = length
      return { frame, sha256: await chunkHash(frame.data) }
    })
    // it is awaited in its turn
    fetched.catch(() => undefined)
    return fetched
  }
}
