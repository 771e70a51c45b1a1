import { loadIdentity } from './identity.ts'
import type { AppError } from '../errors.ts'
import type { Clock } from '../util/clock.ts'
import type { DataDir } from './data-dir.ts'
import type { OpenDatastore } from './datastore.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'

export interface StorageInit {
  /** @default none: nothing is stored */
  dataDir?: string
  passphrase?: string
  clock?: Clock
  /** Whether the node gets its identity from here. @default true */
  identity?: boolean
  /** Whether the node gets its datastore from here. @default true */
  datastore?: boolean
  /** Keys that begin so are on the disk when they are said to be, also after a power failure. @default none */
  synced?: readonly string[]
}

/** What a node keeps over restarts. Without a `dataDir` it is empty, and opening and closing do nothing. */
export interface Storage {
  readonly privateKey?: PrivateKey
  readonly datastore?: Datastore
  readonly warnings: readonly AppError[]
  /** Opens it again after `close`. */
  open (): Promise<void>
  /** Closes the datastore, then unlocks the folder. May be called more than once. */
  close (): Promise<void>
}

/** Locks `dataDir` and opens what is in it. Rejects with `DataDirError`, `IdentityError` or `DatastoreError`. */
export async function openStorage ({ dataDir, passphrase, clock, identity = true, datastore = true, synced }: StorageInit): Promise<Storage> {
  if (dataDir == null) {
    return { warnings: [], open: async () => {}, close: async () => {} }
  }
  const { openDataDir, openDatastore } = await import('./disk.ts')
  let lock: DataDir | undefined = await openDataDir(dataDir)
  let store: OpenDatastore | undefined
  try {
    const own = identity ? await loadIdentity(lock.path, { passphrase, clock }) : undefined
    store = datastore ? await openDatastore(lock.path, synced) : undefined
    return {
      privateKey: own?.privateKey,
      datastore: store?.datastore,
      warnings: [...own?.warnings ?? [], ...store?.warnings ?? []],
      open: async () => {
        lock ??= await openDataDir(dataDir)
        await store?.open()
      },
      close: async () => {
        await store?.close()
        await lock?.close()
        lock = undefined
      }
    }
  } catch (err) {
    await lock.close()
    throw err
  }
}
