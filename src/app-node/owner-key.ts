import { ownerKeyFile } from '../platform/owner-key-file.ts'
import type { AppError } from '../errors.ts'
import type { OwnerKeySource } from '../services/shards/index.ts'
import type { AppNodeInit } from './init.ts'

/** The key that was given, else that of the file; undefined when there is neither. */
export function ownerKeyOf ({ dataDir, passphrase, clock, shards = {} }: AppNodeInit, onWarning: (warning: AppError) => void): OwnerKeySource | undefined {
  const { ownerKey, ownerKeyFile: path = dataDir == null ? undefined : `${dataDir}/owner-key.json`, ownerPassphrase = passphrase } = shards
  if (ownerKey != null) return { load: async () => ownerKey, create: async () => ownerKey }
  return path == null ? undefined : ownerKeyFile(path, ownerPassphrase, { onWarning, clock })
}
