import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { AppError, describeError } from '../errors.ts'
import { cleanTemporaries, createFile } from '../platform/durable-file.ts'
import { isAlive } from '../platform/process-id.ts'
import { MIN_TOKEN_LENGTH, checkToken } from './security/token.ts'

/** `API_TOKEN_EXPOSED`, `API_TOKEN_UNREADABLE`, `API_TOKEN_UNWRITABLE`; or `API_TOKEN_INVALID`, a `TokenError`. */
export class TokenFileError extends AppError {}

const MAX_BYTES = 4_096

/** The token in a file, which is made with a new one when it is missing; never one that others than its owner can read. */
export async function readOrCreateToken (path: string): Promise<string> {
  const token = await readToken(path)
  if (token != null) return token
  try {
    await cleanTemporaries(path, isAlive)
    await createFile(path, `${randomBytes(MIN_TOKEN_LENGTH).toString('base64url')}\n`)
  } catch (cause) {
    // another node may have made it at the same time
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new TokenFileError('API_TOKEN_UNWRITABLE', `the token of the admin API cannot be written to ${path}: ${describeError(cause)}`, {
        cause, details: { path, fix: 'let this user write there, or name another file: --api-token-file FILE' }
      })
    }
  }
  return await readToken(path) as string
}

/** Undefined when there is no such file. */
export async function readToken (path: string): Promise<string | undefined> {
  let mode: number
  let text: string
  try {
    // one file from here on, whatever its name comes to mean
    await using file = await open(path, 'r')
    mode = (await file.stat()).mode & 0o777
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_BYTES), position: 0 })
    text = buffer.toString('latin1', 0, bytesRead)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new TokenFileError('API_TOKEN_UNREADABLE', `the token of the admin API in ${path} cannot be read: ${describeError(cause)}`, {
      cause, details: { path, fix: 'let this user read it, or name another file: --api-token-file FILE' }
    })
  }
  // Windows has no such bits
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new TokenFileError('API_TOKEN_EXPOSED', `others can read the token of the admin API in ${path} (mode 0${mode.toString(8)}), and may have done so`, {
      details: { path, fix: `delete it, and a new one is made at the next start; or keep it: chmod 600 ${path}` }
    })
  }
  const token = text.trim()
  checkToken(token)
  return token
}
