import { BaseDatastore, MemoryDatastore } from 'datastore-core'
import type { Batch, Datastore, Key, KeyQuery, Pair, Query } from 'interface-datastore'

/** Its n-th write, or batch of writes, finds the disk full; none of it is written. Batches are all or nothing. */
export class FailingDatastore extends BaseDatastore {
  readonly #inner: Datastore
  #left: number
  failed = false
  /** For as long as this says so, every write fails. */
  full = false

  constructor (failAt: number, inner: Datastore = new MemoryDatastore()) {
    super()
    this.#inner = inner
    this.#left = failAt
  }

  #write (): void {
    if (--this.#left !== 0 && !this.full) return
    this.failed = true
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }

  override async put (key: Key, value: Uint8Array): Promise<Key> {
    this.#write()
    return await this.#inner.put(key, value)
  }

  override async delete (key: Key): Promise<void> {
    this.#write()
    await this.#inner.delete(key)
  }

  override async get (key: Key): Promise<Uint8Array> {
    return await this.#inner.get(key)
  }

  override async has (key: Key): Promise<boolean> {
    return await this.#inner.has(key)
  }

  override batch (): Batch {
    const batch = this.#inner.batch()
    return {
      put: (key, value) => { batch.put(key, value) },
      delete: key => { batch.delete(key) },
      commit: async () => {
        this.#write()
        await batch.commit()
      }
    }
  }

  override async * query (query: Query): AsyncGenerator<Pair> {
    yield * this.#inner.query(query)
  }

  override async * queryKeys (query: KeyQuery): AsyncGenerator<Key> {
    yield * this.#inner.queryKeys(query)
  }
}
