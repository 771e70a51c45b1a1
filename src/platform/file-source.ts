import { open } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import type { ReadableFile } from '../services/messaging/index.ts'

/** `FILE_UNREADABLE`, `FILE_CHANGED` */
export class FileSourceError extends AppError {}

/** Whether it was changed is looked at so often, and at its end. */
const CHECK_BYTES = 64 * 1024 * 1024

/** A file to be sent; it is closed when the transfer is over. Rejects with `FILE_UNREADABLE`. */
export async function fileSource (path: string): Promise<ReadableFile> {
  const file = await open(path, 'r').catch((cause: unknown) => { throw unreadable(path, cause) })
  const before = await file.stat()
  if (!before.isFile()) {
    await file.close()
    throw unreadable(path)
  }
  let unchecked = 0
  return {
    size: before.size,
    read: async (into, offset) => {
      const { bytesRead } = await file.read(into, 0, into.byteLength, offset)
      unchecked += bytesRead
      if (unchecked < CHECK_BYTES && offset + bytesRead < before.size) return bytesRead
      unchecked = 0
      const { size, mtimeMs } = await file.stat()
      if (size !== before.size || mtimeMs !== before.mtimeMs) throw new FileSourceError('FILE_CHANGED', `${path} was changed while it was read: send it anew`)
      return bytesRead
    },
    close: async () => { await file.close() }
  }
}

function unreadable (path: string, cause?: unknown): FileSourceError {
  return new FileSourceError('FILE_UNREADABLE', `${path} is no file that can be read`, { cause })
}
