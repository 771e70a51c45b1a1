import { AppError } from '../errors.ts'
import { ShardsError } from '../services/shards/errors.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { OwnerKeySource } from '../services/shards/index.ts'

export type { OwnerKeyFileInit, OwnerKeyFileOptions } from './owner-key-file.ts'

export class OwnerKeyWarning extends AppError {}

/** In a browser an owner key is not kept here: pass `ownerKey`. Rejects with `SHARDS_KEY_FILE`. */
export async function createOwnerKeyFile (path: string): Promise<PrivateKey> {
  throw unsupported(path)
}

/** Rejects with `SHARDS_KEY_FILE`. */
export async function readOwnerKeyFile (path: string): Promise<PrivateKey | undefined> {
  throw unsupported(path)
}

/** Rejects with `SHARDS_KEY_FILE` whenever it is asked. */
export function ownerKeyFile (path: string): OwnerKeySource {
  return { load: async () => { throw unsupported(path) }, create: async () => { throw unsupported(path) } }
}

function unsupported (path: string): ShardsError {
  return new ShardsError('SHARDS_KEY_FILE', `owner key file ${path}: a browser has no files. Keep an Ed25519 key where this page keeps its secrets, and pass it as ownerKey`, { details: { path } })
}
