import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { BoundedMap } from '../util/bounded-map.ts'
import type { Batch, Datastore, Key, KeyQuery, Pair, Query } from 'interface-datastore'

type Operation = { key: Key, value: Uint8Array } | { key: Key, value?: undefined }

interface Group {
  /** The last word about each key: not every datastore keeps the order within a batch. */
  operations: Map<string, Operation>
  done: Promise<void>
  settle (err?: unknown): void
}

export interface CachedDatastoreInit {
  /** Values kept in memory; the longest unused go first. @default 4_096 */
  maxCached?: number
  /** Longer values are not kept. @default 16_384 */
  maxCachedBytes?: number
}

const DEFAULT_MAX_CACHED = 4_096
const DEFAULT_MAX_CACHED_BYTES = 16_384

/**
 * A datastore in front of a slower one: reads what was used lately from memory, and writes together what was asked to be
 * written while the last write was going on (group commit). A write resolves once the other has it, never before.
 *
 * libp2p's peer store reads and writes an entry for every stream that is opened: in a profiled node that joined a
 * network a fifth of the busy time went into single LevelDB calls.
 */
export class CachedDatastore extends BaseDatastore {
  readonly #inner: Datastore
  readonly #maxCachedBytes: number
  /** Absent keys are remembered, too. */
  readonly #cache: BoundedMap<string, Uint8Array | null>
  /** The reads that are on their way; a write takes away that of its key. */
  readonly #reads = new Map<string, Promise<Uint8Array | null>>()
  #waiting?: Group
  /** The group that is being written. */
  #current?: Group
  #writing?: Promise<void>

  constructor (inner: Datastore, { maxCached = DEFAULT_MAX_CACHED, maxCachedBytes = DEFAULT_MAX_CACHED_BYTES }: CachedDatastoreInit = {}) {
    super()
    this.#inner = inner
    this.#maxCachedBytes = maxCachedBytes
    this.#cache = new BoundedMap(maxCached)
  }

  override async put (key: Key, value: Uint8Array): Promise<Key> {
    await this.#write([{ key, value }])
    return key
  }

  override async get (key: Key): Promise<Uint8Array> {
    const value = await this.#read(key)
    if (value == null) throw new NotFoundError(`there is nothing at ${key.toString()}`)
    return value
  }

  override async has (key: Key): Promise<boolean> {
    return await this.#read(key) != null
  }

  override async delete (key: Key): Promise<void> {
    await this.#write([{ key }])
  }

  override batch (): Batch {
    const operations: Operation[] = []
    return {
      put: (key, value) => { operations.push({ key, value }) },
      delete: key => { operations.push({ key }) },
      commit: async () => { await this.#write(operations.splice(0)) }
    }
  }

  override async * query (query: Query): AsyncGenerator<Pair> {
    await this.#writtenSoFar()
    yield * this.#inner.query(query)
  }

  override async * queryKeys (query: KeyQuery): AsyncGenerator<Key> {
    await this.#writtenSoFar()
    yield * this.#inner.queryKeys(query)
  }

  /** Resolves when nothing is left to write; what failed has been told to who wrote it. */
  async settled (): Promise<void> {
    while (this.#writing != null) await this.#writing
  }

  /** Resolves when what was asked to be written until now is, or has failed. Not what is asked meanwhile: who writes all the time must not keep readers waiting for ever. */
  async #writtenSoFar (): Promise<void> {
    // groups are written in order: the last one is the last to be done
    const last = this.#waiting ?? this.#current
    await last?.done.catch(() => {})
  }

  /** Forgets what it has read: the other may have been changed behind its back. */
  clear (): void {
    this.#cache.clear()
  }

  async #read (key: Key): Promise<Uint8Array | null> {
    const name = key.toString()
    const cached = this.#cache.get(name)
    if (cached !== undefined) {
      // the most lately used is forgotten last
      this.#cache.set(name, cached)
      return cached
    }
    const running = this.#reads.get(name) ?? this.#readThrough(name, key)
    return await running
  }

  #readThrough (name: string, key: Key): Promise<Uint8Array | null> {
    const read = Promise.resolve().then(async () => {
      try {
        // a long value may still be on its way down
        await this.#writtenSoFar()
        const value = await this.#readInner(key)
        // written meanwhile: this is the old value
        if (this.#reads.get(name) !== read) return await this.#read(key)
        this.#keep(name, value)
        return value
      } finally {
        if (this.#reads.get(name) === read) this.#reads.delete(name)
      }
    })
    this.#reads.set(name, read)
    return read
  }

  async #readInner (key: Key): Promise<Uint8Array | null> {
    try {
      return await this.#inner.get(key)
    } catch (err) {
      if (err instanceof Error && err.name === 'NotFoundError') return null
      throw err
    }
  }

  async #write (operations: Operation[]): Promise<void> {
    if (operations.length === 0) return
    for (const { key, value = null } of operations) this.#keep(key.toString(), value)
    this.#waiting ??= newGroup()
    const { operations: waiting, done } = this.#waiting
    for (const operation of operations) waiting.set(operation.key.toString(), operation)
    this.#writing ??= this.#writeAll()
    await done
  }

  async #writeAll (): Promise<void> {
    // what is written in the same turn goes together
    await Promise.resolve()
    for (let group = this.#waiting; group != null; group = this.#waiting) {
      this.#waiting = undefined
      this.#current = group
      try {
        const batch = this.#inner.batch()
        for (const { key, value } of group.operations.values()) {
          if (value == null) batch.delete(key)
          else batch.put(key, value)
        }
        await batch.commit()
        group.settle()
      } catch (err) {
        // nobody knows now what is stored
        for (const name of group.operations.keys()) {
          this.#reads.delete(name)
          this.#cache.delete(name)
        }
        group.settle(err)
      }
    }
    this.#current = undefined
    this.#writing = undefined
  }

  #keep (name: string, value: Uint8Array | null): void {
    this.#reads.delete(name)
    if (value == null || value.byteLength <= this.#maxCachedBytes) this.#cache.set(name, value)
    else this.#cache.delete(name)
  }
}

function newGroup (): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { operations: new Map(), done: promise, settle: err => { if (err === undefined) resolve(); else reject(err) } }
}
