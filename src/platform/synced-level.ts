import { LevelDatastore } from 'datastore-level'
import type { AbortOptions } from '@libp2p/interface'
import type { Batch, Key } from 'interface-datastore'

type Operation = { type: 'put', key: string, value: Uint8Array } | { type: 'del', key: string }
type Level = ConstructorParameters<typeof LevelDatastore>[0]

/** What is used of `classic-level`, whose `sync` its users' types do not know. */
interface SyncingLevel {
  batch (operations: Operation[], options: { sync: boolean }): Promise<void>
}

/**
 * LevelDB, and batches with a key under one of these prefixes are on the disk (fsync) when they resolve: they survive a power
 * failure, not only the end of the process. The others are written by the operating system when it likes.
 */
export class SyncedLevelDatastore extends LevelDatastore {
  readonly #prefixes: readonly string[]

  constructor (level: Level, prefixes: readonly string[]) {
    super(level)
    this.#prefixes = prefixes
  }

  override batch (): Batch {
    const operations: Operation[] = []
    return {
      put: (key: Key, value: Uint8Array) => { operations.push({ type: 'put', key: key.toString(), value }) },
      delete: (key: Key) => { operations.push({ type: 'del', key: key.toString() }) },
      commit: async (options?: AbortOptions) => {
        options?.signal?.throwIfAborted()
        const sync = operations.some(({ key }) => this.#prefixes.some(prefix => key.startsWith(prefix)))
        await (this.db as unknown as SyncingLevel).batch(operations.splice(0), { sync })
      }
    }
  }
}
