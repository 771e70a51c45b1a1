import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `await using dir = await makeTempDir()`: a folder that goes away with the block. */
export async function makeTempDir (): Promise<{ path: string, [Symbol.asyncDispose] (): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'peerkeep-'))
  return { path, [Symbol.asyncDispose]: async () => { await rm(path, { recursive: true, force: true }) } }
}
