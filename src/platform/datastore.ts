import { readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { AppError, describeError } from '../errors.ts'
import { CachedDatastore } from './cached-datastore.ts'
import { levelCode } from './data-dir.ts'
import { SyncedLevelDatastore } from './synced-level.ts'
import type { LevelDatastore } from 'datastore-level'
import type { Datastore } from 'interface-datastore'

/**
 * Thrown: `DATASTORE_UNAVAILABLE` (no permission, no space, in use). As warnings: `DATASTORE_REPAIRED`,
 * `DATASTORE_REPLACED`. `details.path` is the folder.
 */
export class DatastoreError extends AppError {}

export interface OpenDatastore {
  datastore: Datastore
  warnings: DatastoreError[]
  /** Opens it again after `close`. */
  open (): Promise<void>
  close (): Promise<void>
}

const CONTENTS = 'known peers, their addresses and history, and DHT records; the identity is not stored there'
// what repairing cannot mend, and moving aside would make worse
const ENVIRONMENT = /permission denied|no space|read-only|too many open files|EACCES|EPERM|EROFS|ENOSPC|EMFILE/i

/**
 * Opens the LevelDB in `<dir>/datastore`. A damaged one is repaired, or else put aside as `datastore.damaged-<n>` and a
 * fresh one started: both come back as warnings, and nothing is deleted. The caller holds the lock of the folder.
 * What is under the `synced` prefixes survives a power failure, too.
 */
export async function openDatastore (dir: string, synced: readonly string[] = []): Promise<OpenDatastore> {
  const path = join(dir, 'datastore')
  const { level, warning } = await openOrMend(path)
  // in Node `level` is `classic-level`; only its types do not say so
  const datastore = new CachedDatastore(new SyncedLevelDatastore(level as ConstructorParameters<typeof LevelDatastore>[0], synced))
  return {
    datastore,
    warnings: warning == null ? [] : [warning],
    open: async () => {
      datastore.clear()
      await level.open()
    },
    close: async () => {
      await datastore.settled()
      await level.close()
    }
  }
}

type Level = ClassicLevel<string, Uint8Array>

async function openOrMend (path: string): Promise<{ level: Level, warning?: DatastoreError }> {
  let damage: unknown
  try {
    if (await hasLostItsIndex(path)) throw new Error('the file CURRENT is missing')
    const { level } = await openWhole(path)
    return { level }
  } catch (err) {
    if (isEnvironment(err)) throw unavailable(path, err)
    damage = err
  }
  return await repair(path, damage) ?? await replace(path, damage)
}

/** Opens it and reads every entry once: LevelDB opens with damaged tables, and fails when one of them is read. */
async function openWhole (path: string): Promise<{ level: Level, entries: number }> {
  // the constructor, too, begins to open it
  const level: Level = new ClassicLevel(path, { keyEncoding: 'utf8', valueEncoding: 'view', compression: false })
  try {
    await level.open()
    let entries = 0
    const iterator = level.iterator({ fillCache: false })
    for (let batch = await iterator.nextv(1_000); batch.length > 0; batch = await iterator.nextv(1_000)) entries += batch.length
    await iterator.close()
    return { level, entries }
  } catch (err) {
    await level.close()
    throw err
  }
}

// LevelDB would take such a folder for an empty one, and delete the tables in it
async function hasLostItsIndex (path: string): Promise<boolean> {
  const names = await readdir(path).catch((err: NodeJS.ErrnoException): string[] => {
    // a file in its place is damage of another kind
    if (err.code === 'ENOENT' || err.code === 'ENOTDIR') return []
    throw err
  })
  return !names.includes('CURRENT') && names.some(name => name.endsWith('.ldb') || name.endsWith('.log'))
}

async function repair (path: string, damage: unknown): Promise<{ level: Level, warning: DatastoreError } | undefined> {
  try {
    await ClassicLevel.repair(path)
    const { level, entries } = await openWhole(path)
    const warning = new DatastoreError('DATASTORE_REPAIRED', `datastore ${path} was damaged (${reason(damage)}) and has been repaired: ${entries} entries were saved, others may be lost (it holds ${CONTENTS}). What could not be read is in ${join(path, 'lost')}`, { cause: damage, details: { path, entries } })
    return { level, warning }
  } catch (err) {
    if (isEnvironment(err)) throw unavailable(path, err)
    // beyond repair: the caller puts it aside and says so
    return undefined
  }
}

async function replace (path: string, damage: unknown): Promise<{ level: Level, warning: DatastoreError }> {
  const aside = await nextDamagedName(path)
  try {
    await rename(path, aside)
    const { level } = await openWhole(path)
    const warning = new DatastoreError('DATASTORE_REPLACED', `datastore ${path} was damaged beyond repair (${reason(damage)}): it was put aside as ${aside} and a new one was started. Lost are ${CONTENTS}. Delete the old one when you do not need it`, { cause: damage, details: { path, aside } })
    return { level, warning }
  } catch (err) {
    throw unavailable(path, err)
  }
}

async function nextDamagedName (path: string): Promise<string> {
  const prefix = `${basename(path)}.damaged-`
  const taken = (await readdir(join(path, '..')))
    .filter(name => name.startsWith(prefix))
    .map(name => Number(name.slice(prefix.length)))
    .filter(Number.isSafeInteger)
  return `${path}.damaged-${Math.max(0, ...taken) + 1}`
}

function isEnvironment (err: unknown): boolean {
  return levelCode(err) === 'LEVEL_LOCKED' || ENVIRONMENT.test(describeError(err))
}

function unavailable (path: string, cause: unknown): DatastoreError {
  return new DatastoreError('DATASTORE_UNAVAILABLE', `datastore ${path} cannot be opened: ${reason(cause)}. Give this user access to the folder and enough space, and see that no other program has it open`, { cause, details: { path } })
}

function reason (err: unknown): string {
  return describeError(err).replace('Database failed to open: ', '')
}
