import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { AppError, describeError } from '../errors.ts'
import { sleep, systemClock } from '../util/clock.ts'
import { isAlive } from './process-id.ts'

/** `DATA_DIR_IN_USE` (`details.pid` is the holder, when known) or `DATA_DIR_UNWRITABLE`. */
export class DataDirError extends AppError {}

/** A folder that this process alone may use until `close`. */
export interface DataDir {
  /** Absolute. */
  readonly path: string
  /** May be called more than once. */
  close (): Promise<void>
}

// the holder writes its pid just after it got the lock
const PID_WAIT_MS = 50
const PID_WAITS = 10

/**
 * Makes the folder if need be (mode 0700) and locks it.
 *
 * The lock is the one of an empty LevelDB in `lock/`: the operating system lets go of it when its holder dies, however it
 * dies, so a stale one cannot block. `node.pid` is there only for the message.
 */
export async function openDataDir (dir: string): Promise<DataDir> {
  const path = resolve(dir)
  const pidFile = join(path, 'node.pid')
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((err: unknown) => { throw unwritable(path, err) })

  const lock = new ClassicLevel(join(path, 'lock'))
  try {
    await openLock(lock)
  } catch (err) {
    throw levelCode(err) === 'LEVEL_LOCKED' ? inUse(path, await readHolder(pidFile)) : unwritable(path, err)
  }
  try {
    await writeFile(pidFile, `${process.pid}\n`, { mode: 0o600 })
  } catch (err) {
    await lock.close()
    throw unwritable(path, err)
  }

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    try {
      await unlink(pidFile).catch(ignoreMissing)
    } finally {
      await lock.close()
    }
  }
  return { path, close: () => closing ??= close() }
}

/** The code of the reason why a LevelDB does not open: `LEVEL_LOCKED`, `LEVEL_CORRUPTION`, `LEVEL_IO_ERROR`. */
export function levelCode (err: unknown): string | undefined {
  const cause = err instanceof Error ? err.cause : undefined
  return (cause as { code?: string } | undefined)?.code ?? (err as { code?: string }).code
}

async function openLock (lock: ClassicLevel): Promise<void> {
  try {
    await lock.open()
  } catch (err) {
    if (levelCode(err) !== 'LEVEL_CORRUPTION') throw err
    // it holds nothing, so repairing loses nothing
    await ClassicLevel.repair(lock.location)
    await lock.open()
  }
}

async function readHolder (pidFile: string): Promise<number | undefined> {
  for (let i = 0; i < PID_WAITS; i++) {
    const pid = Number((await readFile(pidFile, 'utf8').catch(ignoreMissing))?.trim())
    if (pid > 0 && isAlive(pid)) return pid
    await sleep(systemClock, PID_WAIT_MS)
  }
  return undefined
}

function inUse (path: string, pid: number | undefined): DataDirError {
  const holder = pid == null ? 'another process' : pid === process.pid ? `this process (pid ${pid})` : `the process with pid ${pid}`
  return new DataDirError('DATA_DIR_IN_USE', `data directory ${path} is in use by ${holder}: stop that node, or give this one another directory`, {
    details: { path, ...(pid == null ? {} : { pid }) }
  })
}

function unwritable (path: string, cause: unknown): DataDirError {
  return new DataDirError('DATA_DIR_UNWRITABLE', `data directory ${path} cannot be used: ${describeError(cause)}. Make it a folder that this user may write to, with free space, or choose another`, {
    cause,
    details: { path }
  })
}

function ignoreMissing (err: NodeJS.ErrnoException): undefined {
  if (err.code !== 'ENOENT') throw err
}
