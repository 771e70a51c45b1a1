import { AppError } from '../errors.ts'
import type { ReadableFile } from '../services/messaging/index.ts'

/** `FILE_UNREADABLE`, `FILE_CHANGED` */
export class FileSourceError extends AppError {}

/**
 * A file of the origin's private file system to be sent: `path` is of names with slashes between. What a person has chosen is
 * a `File`, and can be sent as it is. Rejects with `FILE_UNREADABLE`.
 */
export async function fileSource (path: string): Promise<ReadableFile> {
  const names = path.split('/').filter(name => name !== '')
  const name = names.pop() ?? ''
  let file: File
  try {
    let folder = await navigator.storage.getDirectory()
    for (const each of names) folder = await folder.getDirectoryHandle(each)
    file = await (await folder.getFileHandle(name)).getFile()
  } catch (cause) {
    throw new FileSourceError('FILE_UNREADABLE', `${path} is no file that can be read`, { cause })
  }
  return {
    size: file.size,
    read: async (into, offset) => {
      const part = await file.slice(offset, offset + into.byteLength).arrayBuffer().catch((cause: unknown) => {
        throw new FileSourceError('FILE_CHANGED', `${path} was changed while it was read: send it anew`, { cause })
      })
      into.set(new Uint8Array(part))
      return part.byteLength
    }
  }
}
