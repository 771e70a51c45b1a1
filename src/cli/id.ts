import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, describeError } from '../errors.ts'
import { IdentityFileFault, decodeIdentity, parseIdentity } from '../platform/identity-file.ts'
import type { CommandContext } from './command.ts'

/** `IDENTITY_MISSING`, `IDENTITY_UNREADABLE` or `IDENTITY_DAMAGED`. */
export class IdentityFileError extends AppError {}

/** The command `id`: only reads. An encrypted identity tells its peer id without the passphrase. */
export async function showId ({ merged: { config }, terminal }: CommandContext): Promise<number> {
  const path = join(config.dataDir, 'identity.json')
  const peerId = await readPeerId(path)
  terminal.stdout.write(config.json ? `${JSON.stringify({ peerId, path })}\n` : `${peerId}\n`)
  return 0
}

async function readPeerId (path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT' || err.code === 'ENOTDIR') {
      throw new IdentityFileError('IDENTITY_MISSING', `there is no identity at ${path}`, { details: { path, fix: 'the first start writes one: npm start' } })
    }
    throw new IdentityFileError('IDENTITY_UNREADABLE', `identity file ${path} cannot be read: ${describeError(err)}`, { cause: err, details: { path } })
  })
  try {
    const file = parseIdentity(text)
    // a key that is not encrypted can be held against the peer id
    if (typeof file.privateKey === 'string') await decodeIdentity(file)
    return file.peerId
  } catch (err) {
    if (!(err instanceof IdentityFileFault)) throw err
    throw new IdentityFileError('IDENTITY_DAMAGED', `identity file ${path} is damaged: ${err.message}`, { cause: err, details: { path, fix: 'restore it from a backup' } })
  }
}

export async function hasIdentity (dataDir: string): Promise<boolean> {
  return await readFile(join(dataDir, 'identity.json')).then(() => true, () => false)
}
