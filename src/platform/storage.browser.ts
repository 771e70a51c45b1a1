import { AppError } from '../errors.ts'
import type { Storage, StorageInit } from './storage.ts'

export type { Storage, StorageInit } from './storage.ts'

/** In a browser nothing is stored here: pass `datastore` and `privateKey` to keep them. Rejects with `DATA_DIR_UNSUPPORTED`. */
export async function openStorage ({ dataDir }: StorageInit): Promise<Storage> {
  if (dataDir != null) {
    throw new AppError('DATA_DIR_UNSUPPORTED', `dataDir ${dataDir}: a browser has no folders. Pass a datastore (one over IndexedDB, for example) and a privateKey instead`)
  }
  return { warnings: [], open: async () => {}, close: async () => {} }
}
