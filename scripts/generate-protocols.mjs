// Generates TypeScript from every .proto file. With --out <dir> the files go there instead, so that a test can compare.
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from 'protons'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const out = values.out ?? root

const work = await mkdtemp(join(tmpdir(), 'peerkeep-protocols-'))
try {
  for (const [source, target] of await targets()) {
    await generate(join(root, source), { output: work })
    const name = basename(source, '.proto') + '.ts'
    await mkdir(join(out, target), { recursive: true })
    await writeFile(join(out, target, name), tidied(await readFile(join(work, name), 'utf8'), source))
    console.log(`${source} -> ${join(target, name)}`)
  }
} finally {
  await rm(work, { recursive: true, force: true })
}

/**
 * Contracts live in protocols/<service>/, those of several services in folders of their own, and formats only this program
 * reads beside their code in src/services/<service>/pb/.
 */
async function targets () {
  const shared = new Set(['record', 'call'])
  const found = []
  for await (const path of glob('protocols/*/*.proto', { cwd: root })) {
    const name = basename(dirname(path))
    found.push([path, shared.has(name) ? join('src', 'wire', 'pb') : join('src', 'services', name, 'pb')])
  }
  for await (const path of glob('src/services/*/pb/*.proto', { cwd: root })) found.push([path, dirname(path)])
  return found.sort(([a], [b]) => a.localeCompare(b))
}

/** Without its only import that is no dependency of this package, and with what the compiler holds against the rest switched off. */
function tidied (code, source) {
  const header = `// Generated from ${source} by scripts/generate-protocols.mjs: change that, not this.\n// @ts-nocheck: protons declares parameters that it does not use\n`
  return header + code
    .replace(/^import type \{ Uint8ArrayList \} from 'uint8arraylist'\n/m, '')
    .replaceAll('Uint8Array | Uint8ArrayList', 'Uint8Array')
    .replaceAll('Uint8Array<ArrayBuffer>', 'Uint8Array')
}
