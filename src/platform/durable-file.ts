import { randomBytes } from 'node:crypto'
import { link, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

// some file systems (FAT, some network and phone ones) know no hard links
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])

/**
 * Makes a new file, readable by its owner only, so that it is there whole or not at all, also after `kill -9` or a power
 * cut. Rejects with `EEXIST` and changes nothing when the file exists. The caller holds the lock of the folder.
 */
export async function createFile (path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(temporary, text)
    await publish(temporary, path)
  } finally {
    await unlink(temporary).catch(ignoreMissing)
  }
  await syncFolder(dirname(path))
}

/** Removes what a killed `createFile(path)` left behind. What processes that may still be at it have made stays, where the caller does not lock the folder. */
export async function cleanTemporaries (path: string, isRunning: (pid: number) => boolean = () => false): Promise<void> {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  const names = await readdir(folder)
  await Promise.all(names
    .filter(name => name.startsWith(prefix) && name.endsWith('.tmp') && !isRunning(Number.parseInt(name.slice(prefix.length))))
    .map(name => unlink(join(folder, name)).catch(ignoreMissing)))
}

async function writeSynced (path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Gives a file its name in the same folder. Rejects with `EEXIST` and changes nothing when the name is taken; without hard
 * links that is not atomic against another writer.
 */
export async function publish (from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (err) {
    if (!NO_LINKS.has((err as NodeJS.ErrnoException).code ?? '')) throw err
    if (await stat(to).catch(ignoreMissing) != null) throw Object.assign(new Error(`EEXIST: ${to} exists`), { code: 'EEXIST' })
    await rename(from, to)
    return
  }
  await unlink(from)
}

/** Makes names just added to a folder durable. */
export async function syncFolder (path: string): Promise<void> {
  // Windows can neither open nor sync a folder, and needs not
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function ignoreMissing (err: NodeJS.ErrnoException): undefined {
  if (err.code !== 'ENOENT') throw err
}
