import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a fleet starts: Node's arguments in front of the program's own. */
export interface Program {
  name: string
  command: string[]
  env?: Record<string, string>
}

const root = new URL('../../', import.meta.url)

/** This project's program, as it is shipped. */
export function ours (): Program {
  const path = fileURLToPath(new URL('dist/node.js', root))
  if (!existsSync(path)) throw new Error('dist/node.js is missing: run "npm run build" first')
  return { name: 'peerkeep', command: [path] }
}

/** Stock libp2p, as plain JavaScript and with Node's compile cache, as the program has them: nobody pays for TypeScript or compiles twice. */
export async function stock (): Promise<Program> {
  return { name: 'stock', command: [await compiled('stock/node')], env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('bench/results/build/cache', root)) } }
}

/** One process that hosts many light peers. */
export async function crowd (): Promise<Program> {
  return { name: 'crowd', command: [await compiled('stock/crowd')] }
}

async function compiled (name: string): Promise<string> {
  const outDir = new URL('bench/results/build/', root)
  await mkdir(outDir, { recursive: true })
  const outfile = fileURLToPath(new URL(`${name}.js`, outDir))
  await build({
    entryPoints: [fileURLToPath(new URL(`bench/${name}.ts`, root))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error'
  })
  return outfile
}
