import { randomBytes } from 'node:crypto'
import { link, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

// some file systems (FAT, some network and phone ones) know no hard links
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Makes a new file, readable by its owner only, so that it is there whole or not at all, also after `kill -9` or a power
 * cut. Rejects with `EEXIST` and changes nothing when the file exists. The caller holds the lock of the folder.
 */
export async function createFile (path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeSynced(temporary, text)
    await link(temporary, path).catch(async (err: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(err.code ?? '')) throw err
      await renameToNew(temporary, path)
    })
  } finally {
    await unlink(temporary).catch(ignoreMissing)
  }
  await syncFolder(dirname(path))
}

/** Removes what a killed `createFile(path)` left behind. */
export async function cleanTemporaries (path: string): Promise<void> {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  const names = await readdir(folder)
  await Promise.all(names
    .filter(name => name.startsWith(prefix) && name.endsWith('.tmp'))
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

// not atomic against another writer, but the folder is locked
async function renameToNew (from: string, to: string): Promise<void> {
  const probe = await open(to, 'r').catch(ignoreMissing)
  if (probe != null) {
    await probe.close()
    throw Object.assign(new Error(`EEXIST: ${to} exists`), { code: 'EEXIST' })
  }
  await rename(from, to)
}

/** Makes names just added to a folder durable. */
async function syncFolder (path: string): Promise<void> {
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
