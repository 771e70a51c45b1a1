import { chmod, stat } from 'node:fs/promises'

export interface LoosePermissions {
  /** `0644`, as it was. */
  was: string
  /** Why that could not be changed. */
  failure?: unknown
}

/** Takes a file away from everybody but its owner. Undefined when it was so. */
export async function tightenPermissions (path: string): Promise<LoosePermissions | undefined> {
  // Windows has no such bits
  if (process.platform === 'win32') return undefined
  const mode = (await stat(path)).mode & 0o777
  if ((mode & 0o077) === 0) return undefined
  const was = `0${mode.toString(8)}`
  try {
    await chmod(path, 0o600)
    return { was }
  } catch (failure) {
    return { was, failure }
  }
}
