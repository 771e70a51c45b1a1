import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'

const ROOT = join(import.meta.dirname, '../..')

/** Makes one file of a program of this folder: it starts in a tenth of the time. Resolves to its path. */
export async function bundleProgram (name: string, folder: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`)
  await build({ entryPoints: [join(ROOT, `test/support/${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'cjs', external: ['classic-level'], logLevel: 'error' })
  return outfile
}

/** Starts such a program; `args` may begin with flags for Node. */
export function spawnBundled (args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') } })
}
