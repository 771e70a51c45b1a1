import { AppError } from '../errors.ts'
import type { FileOffer, FileSink } from '../services/messaging/index.ts'
import type { FileSinkOptions } from './file-sink.ts'

export type { FileSinkOptions } from './file-sink.ts'

/** `FILE_EXISTS`, `FILE_UNUSABLE` */
export class FileSinkError extends AppError {}

// of the File System standard, and not yet in the types
type MovableHandle = FileSystemFileHandle & { move?: (name: string) => Promise<void> }

const PEER_CHARS = 8

/**
 * A file in the origin's private file system as the place for a file that is offered: `path` is of names with slashes between.
 * What has come stays in a `.part` file when the transfer breaks off, but not when the page is closed in its midst. Rejects
 * with `FileSinkError`.
 */
export async function fileSink (path: string, { id, peerId }: Pick<FileOffer, 'id' | 'peerId'>, { overwrite = false }: FileSinkOptions = {}): Promise<FileSink> {
  const names = path.split('/').filter(name => name !== '')
  const name = names.pop()
  if (name == null) throw new FileSinkError('FILE_UNUSABLE', `"${path}" names no file`)
  const folder = await openFolder(path, names)
  if (!overwrite && await exists(folder, name)) throw taken(path)
  const part: MovableHandle = await folder.getFileHandle(`.${id}-${peerId.toString().slice(-PEER_CHARS)}.part`, { create: true })
  const before = await part.getFile()
  // what is written shows in the file once this is closed
  const writable = await part.createWritable({ keepExistingData: true })
  return {
    written: before.size,
    read: async (offset, length) => new Uint8Array(await before.slice(offset, offset + length).arrayBuffer()),
    write: async (bytes, offset) => { await writable.write({ type: 'write', position: offset, data: bytes as Uint8Array<ArrayBuffer> }) },
    close: async length => {
      await writable.truncate(length)
      await writable.close()
      if (!overwrite && await exists(folder, name)) throw taken(path)
      if (part.move != null) {
        await part.move(name)
        return
      }
      const target = await folder.getFileHandle(name, { create: true })
      await (await part.getFile()).stream().pipeTo(await target.createWritable())
      await folder.removeEntry(part.name)
    },
    abort: async () => {
      await writable.close()
      if ((await part.getFile()).size === 0) await folder.removeEntry(part.name)
    }
  }
}

async function openFolder (path: string, names: string[]): Promise<FileSystemDirectoryHandle> {
  try {
    let folder = await navigator.storage.getDirectory()
    for (const name of names) folder = await folder.getDirectoryHandle(name)
    return folder
  } catch (cause) {
    throw new FileSinkError('FILE_UNUSABLE', `the folder of ${path} cannot be opened: make it first, in a browser that has a private file system`, { cause })
  }
}

async function exists (folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name)
    return true
  } catch (err) {
    if (err instanceof DOMException && err.name === 'NotFoundError') return false
    throw err
  }
}

function taken (path: string): FileSinkError {
  return new FileSinkError('FILE_EXISTS', `${path} exists already: choose another name, or set overwrite`)
}
