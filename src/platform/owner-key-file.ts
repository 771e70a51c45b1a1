import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { AppError, describeError } from '../errors.ts'
import { ShardsError } from '../services/shards/errors.ts'
import { systemClock } from '../util/clock.ts'
import { isAlive } from './process-id.ts'
import { cleanTemporaries, createFile } from './durable-file.ts'
import { tightenPermissions } from './file-permissions.ts'
import { decodeOwnerKey, encodeOwnerKey } from './owner-key-json.ts'
import type { Ed25519PrivateKey, PrivateKey } from '@libp2p/interface'
import type { OwnerKeySource } from '../services/shards/index.ts'
import type { Clock } from '../util/clock.ts'

/**
 * `SHARDS_KEY_PERMISSIONS`: others could read the file; `SHARDS_KEY_NOT_ENCRYPTED`: a passphrase was given and not needed;
 * `SHARDS_KEY_LEFTOVER`: a copy that a killed process left beside it could not be removed. `details.path` is the file.
 */
export class OwnerKeyWarning extends AppError {}

export interface OwnerKeyFileInit {
  /** Encrypts the file. @default none: it is as it is, readable by its owner only */
  passphrase?: string
  /** An Ed25519 key. @default a new one */
  privateKey?: PrivateKey
  clock?: Clock
}

export interface OwnerKeyFileOptions {
  clock?: Clock
  onWarning?: (warning: OwnerKeyWarning) => void
}

const MAX_FILE_BYTES = 16 * 1024

/**
 * Makes the file, mode 0600, and its folder; it is on the disk whole when this resolves, and there whole or not at all whatever
 * happens. Rejects with `SHARDS_KEY_FILE` when there is one already (`details.exists`) or it cannot be written, `SHARDS_PASSPHRASE`
 * for an empty passphrase, `SHARDS_INVALID` for a key of another type.
 */
export async function createOwnerKeyFile (path: string, { passphrase, privateKey, clock = systemClock }: OwnerKeyFileInit = {}): Promise<PrivateKey> {
  checkPassphrase(path, passphrase)
  const key = privateKey ?? await generateKeyPair('Ed25519')
  if (!isEd25519(key)) throw new ShardsError('SHARDS_INVALID', `an owner key of type ${key.type}: give one of type Ed25519`, { details: { path } })
  const text = await encodeOwnerKey(key, new Date(clock.now()).toISOString(), passphrase)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await cleanTemporaries(path, isAlive)
    await createFile(path, text)
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new ShardsError('SHARDS_KEY_FILE', exists
      ? `there is a file ${path} already: it was left as it is. Read it, or give another path for a new owner key`
      : `owner key file ${path} cannot be made: ${describeError(cause)}. Give a path that this user may write to`, { cause, details: { path, exists } })
  }
  return key
}

/** Undefined when there is no such file. Rejects with `SHARDS_KEY_FILE`, `SHARDS_PASSPHRASE`. Takes a file that others can read away from them, and warns. */
export async function readOwnerKeyFile (path: string, passphrase?: string, { onWarning = () => {} }: OwnerKeyFileOptions = {}): Promise<PrivateKey | undefined> {
  checkPassphrase(path, passphrase)
  const text = await readText(path)
  if (text == null) return undefined
  await warnOfPermissions(path, onWarning)
  await cleanTemporaries(path, isAlive).catch((cause: unknown) => {
    onWarning(new OwnerKeyWarning('SHARDS_KEY_LEFTOVER', `what a killed process left beside owner key file ${path} cannot be removed: ${describeError(cause)}. Remove ${path}.*.tmp`, { cause, details: { path } }))
  })
  const { privateKey, encrypted } = await decodeOwnerKey(text, path, passphrase)
  if (!encrypted && passphrase != null) {
    onWarning(new OwnerKeyWarning('SHARDS_KEY_NOT_ENCRYPTED', `a passphrase was given but owner key file ${path} is not encrypted, so it was not used: make a new file with the key and the passphrase`, { details: { path } }))
  }
  return privateKey
}

/** The owner's key in a file that is made when it is first needed. */
export function ownerKeyFile (path: string, passphrase?: string, options: OwnerKeyFileOptions = {}): OwnerKeySource {
  const load = async (): Promise<PrivateKey | undefined> => await readOwnerKeyFile(path, passphrase, options)
  return {
    load,
    create: async () => {
      try {
        return await createOwnerKeyFile(path, { passphrase, clock: options.clock })
      } catch (err) {
        // somebody else was first, and that key is this owner's as well
        const made = err instanceof ShardsError && err.details.exists === true ? await load() : undefined
        if (made == null) throw err
        return made
      }
    }
  }
}

async function readText (path: string): Promise<string | undefined> {
  try {
    // by its name: to open what is no file may wait for ever
    if (!(await stat(path)).isFile()) throw new Error('it is no file')
    return await readStart(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ShardsError('SHARDS_KEY_FILE', `owner key file ${path} cannot be read: ${describeError(cause)}. Make it a file that this user may read`, { cause, details: { path } })
  }
}

/** Of a longer one as much as makes it one that cannot be used. */
async function readStart (path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function warnOfPermissions (path: string, onWarning: (warning: OwnerKeyWarning) => void): Promise<void> {
  const loose = await tightenPermissions(path)
  if (loose == null) return
  const { was, failure } = loose
  onWarning(new OwnerKeyWarning('SHARDS_KEY_PERMISSIONS', failure == null
    ? `owner key file ${path} could be read by others (mode ${was}); it is now 0600. If somebody may have copied it, move what it protects to vaults of a new key`
    : `owner key file ${path} can be read by others (mode ${was}) and that could not be changed: ${describeError(failure)}. Run chmod 600 on it as its owner`, { cause: failure, details: { path, was } }))
}

function checkPassphrase (path: string, passphrase: string | undefined): void {
  if (passphrase === '') throw new ShardsError('SHARDS_PASSPHRASE', 'the passphrase is empty: give one of at least one character, or none at all for an owner key file that is not encrypted', { details: { path } })
}

function isEd25519 (key: PrivateKey): key is Ed25519PrivateKey {
  return key.type === 'Ed25519'
}
