import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { AppError, describeError } from '../errors.ts'
import { systemClock } from '../util/clock.ts'
import { cleanTemporaries, createFile } from './durable-file.ts'
import { tightenPermissions } from './file-permissions.ts'
import { decodeIdentity, encodeIdentity, IdentityFileFault, parseIdentity } from './identity-file.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Clock } from '../util/clock.ts'

/**
 * `IDENTITY_DAMAGED`, `IDENTITY_PASSPHRASE_WRONG`, `IDENTITY_PASSPHRASE_MISSING`, `IDENTITY_UNREADABLE`; as warnings
 * `IDENTITY_PERMISSIONS`, `IDENTITY_NOT_ENCRYPTED`. `details.path` is the file.
 */
export class IdentityError extends AppError {}

export interface IdentityInit {
  /** Encrypts a new identity, opens an encrypted one. */
  passphrase?: string
  clock?: Clock
}

export interface Identity {
  privateKey: PrivateKey
  path: string
  /** It was made just now. */
  created: boolean
  warnings: IdentityError[]
}

/**
 * Reads `identity.json` in this folder, or makes a new Ed25519 identity and resolves when it is durable. An existing file
 * is never changed. The caller holds the lock of the folder.
 */
export async function loadIdentity (dir: string, init: IdentityInit = {}): Promise<Identity> {
  const path = join(dir, 'identity.json')
  if (init.passphrase === '') {
    throw new IdentityError('IDENTITY_PASSPHRASE_MISSING', 'the passphrase is empty: give one of at least one character, or none at all for an identity file that is not encrypted', { details: { path } })
  }
  await cleanTemporaries(path)
  const text = await readText(path)
  return text == null ? await createIdentity(path, init) : await readIdentity(path, text, init.passphrase)
}

async function createIdentity (path: string, { passphrase, clock = systemClock }: IdentityInit): Promise<Identity> {
  const privateKey = await generateKeyPair('Ed25519')
  await createFile(path, await encodeIdentity(privateKey, new Date(clock.now()).toISOString(), passphrase))
  return { privateKey, path, created: true, warnings: [] }
}

async function readIdentity (path: string, text: string, passphrase: string | undefined): Promise<Identity> {
  const warnings = await warningsOf(path)
  try {
    const file = parseIdentity(text)
    const sealed = typeof file.privateKey !== 'string'
    if (sealed && passphrase == null) {
      throw new IdentityError('IDENTITY_PASSPHRASE_MISSING', `identity file ${path} is encrypted: give its passphrase`, { details: { path } })
    }
    const privateKey = await decodeIdentity(file, passphrase)
    if (!sealed && passphrase != null) {
      warnings.push(new IdentityError('IDENTITY_NOT_ENCRYPTED', `a passphrase was given but identity file ${path} is not encrypted, so it was not used. Only a new identity is encrypted: move the file away to get one (with another peer id)`, { details: { path } }))
    }
    return { privateKey, path, created: false, warnings }
  } catch (cause) {
    if (!(cause instanceof IdentityFileFault)) throw cause
    if (cause.kind === 'passphrase') {
      throw new IdentityError('IDENTITY_PASSPHRASE_WRONG', `the passphrase does not open identity file ${path}: try again with the one it was made with`, { cause, details: { path } })
    }
    throw new IdentityError('IDENTITY_DAMAGED', `identity file ${path} is damaged: ${cause.message}. It was left as it is: restore it from a backup, or move it away to start with a new identity (and another peer id)`, { cause, details: { path } })
  }
}

async function readText (path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new IdentityError('IDENTITY_UNREADABLE', `identity file ${path} cannot be read: ${describeError(cause)}. Make it a file that this user may read`, { cause, details: { path } })
  }
}

async function warningsOf (path: string): Promise<IdentityError[]> {
  const loose = await tightenPermissions(path)
  if (loose == null) return []
  const { was, failure } = loose
  return [failure == null
    ? new IdentityError('IDENTITY_PERMISSIONS', `identity file ${path} could be read by others (mode ${was}); it is now 0600. If somebody may have copied it, move it away to get a new identity`, { details: { path, was } })
    : new IdentityError('IDENTITY_PERMISSIONS', `identity file ${path} can be read by others (mode ${was}) and that could not be changed: ${describeError(failure)}. Run chmod 600 on it as its owner`, { cause: failure, details: { path, was } })]
}
