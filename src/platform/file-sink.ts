import { statSync, unlinkSync } from 'node:fs'
import { open, rename, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '../errors.ts'
import { publish, syncFolder } from './durable-file.ts'
import type { FileHandle } from 'node:fs/promises'
import type { FileOffer, FileSink } from '../services/messaging/index.ts'

export interface FileSinkOptions {
  /** Replace a file that is there, once all of the new one has come. @default false */
  overwrite?: boolean
}

/** `FILE_EXISTS`, `FILE_UNUSABLE` */
export class FileSinkError extends AppError {}

const PEER_CHARS = 8
const SYNC_BYTES = 64 * 1024 * 1024
/** Open sinks by their `.part` file: two attempts of one transfer may overlap. */
const openParts = new Map<string, number>()

/**
 * A file on disk as the place for a file that is offered: `offer.accept(await fileSink(path, offer))`. What has come is in the
 * same folder, in a hidden `.part` file of the transfer's own, and stays there when it breaks off: the next attempt goes on
 * with it; an empty one is removed. The file appears under its name whole, or not at all. Rejects with `FileSinkError`; never make the path of what the
 * sender says without a look whether the file exists: `FILE_EXISTS` is what happens then.
 */
export async function fileSink (path: string, { id, peerId }: Pick<FileOffer, 'id' | 'peerId'>, { overwrite = false }: FileSinkOptions = {}): Promise<FileSink> {
  const part = join(dirname(path), `.${id}-${peerId.toString().slice(-PEER_CHARS)}.part`)
  if (!overwrite && await exists(path)) throw taken(path)
  const release = claim(resolve(part))
  let file: FileHandle
  try {
    // not 'w', which would empty it; 'a' would write at the end whatever the offset
    file = await open(part, 'r+').catch(async () => await open(part, 'wx+'))
  } catch (cause) {
    release()
    throw new FileSinkError('FILE_UNUSABLE', `${part} cannot be written: check that the folder is there and may be written to`, { cause })
  }
  const { size } = await file.stat()
  const disk = new SteadySync(file)
  const write = async (bytes: Uint8Array, offset: number): Promise<void> => {
    let written = 0
    while (written < bytes.byteLength) written += (await file.write(bytes, written, bytes.byteLength - written, offset + written)).bytesWritten
    disk.wrote(bytes.byteLength)
  }
  return {
    written: size,
    keepsNothing: true,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    },
    write,
    writev: async (parts, offset) => {
      const { bytesWritten } = await file.writev(parts, offset)
      disk.wrote(bytesWritten)
      // what did not fit
      for (let i = 0, end = 0; i < parts.length; i++) {
        const part = parts[i] as Uint8Array
        const done = Math.max(0, bytesWritten - end)
        if (done < part.byteLength) await write(part.subarray(done), offset + end + done)
        end += part.byteLength
      }
    },
    close: async length => {
      try {
        try {
          await disk.settled()
          await file.truncate(length)
          await file.sync()
        } finally {
          await file.close()
        }
        await (overwrite ? rename(part, path) : publish(part, path).catch((err: NodeJS.ErrnoException) => { throw err.code === 'EEXIST' ? taken(path) : err }))
      } finally {
        release()
      }
      await syncFolder(dirname(path))
    },
    abort: async () => {
      try {
        await disk.settled()
      } finally {
        await file.close()
        // at once, so that no other attempt opens it in between
        if (release() && statSync(part, { throwIfNoEntry: false })?.size === 0) unlinkSync(part)
      }
    }
  }
}

/** Gives it back; true when nobody else has it by then. */
function claim (part: string): () => boolean {
  let claimed = 1
  openParts.set(part, (openParts.get(part) ?? 0) + 1)
  return () => {
    const left = (openParts.get(part) ?? 0) - claimed
    claimed = 0
    if (left > 0) openParts.set(part, left)
    else openParts.delete(part)
    return left <= 0
  }
}

/** Has the disk begin while more comes, so that there is not all to wait for in the end. */
class SteadySync {
  readonly #file: FileHandle
  #unsynced = 0
  #syncing?: Promise<void>
  #error?: unknown

  constructor (file: FileHandle) {
    this.#file = file
  }

  wrote (bytes: number): void {
    this.#unsynced += bytes
    if (this.#unsynced < SYNC_BYTES || this.#syncing != null) return
    this.#unsynced = 0
    this.#syncing = this.#file.datasync().catch((err: unknown) => { this.#error ??= err }).finally(() => { this.#syncing = undefined })
  }

  /** Rejects with what went wrong on the way to the disk. */
  async settled (): Promise<void> {
    await this.#syncing
    if (this.#error != null) throw this.#error
  }
}

async function exists (path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new FileSinkError('FILE_UNUSABLE', `${path} cannot be looked at: check that the folder may be read`, { cause: err })
  }
}

function taken (path: string): FileSinkError {
  return new FileSinkError('FILE_EXISTS', `${path} exists already: choose another name, or set overwrite`)
}
