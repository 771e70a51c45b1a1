// Builds the dashboard: src/http/dashboard -> dist/dashboard, all that a browser loads, compressed beforehand too. The same
// sources give the same bytes.
import { readFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { licensesOf } from './licenses.mjs'

const MAX_COMPRESSED_BYTES = 250 * 1024

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src/http/dashboard')
const out = join(root, 'dist/dashboard')

const { outputFiles, metafile } = await build({
  entryPoints: [join(source, 'main.tsx')],
  absWorkingDir: source,
  outdir: out,
  entryNames: '[name]-[hash]',
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome123', 'firefox128', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning'
})
const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]))
files.set('icon.svg', await readFile(join(source, 'icon.svg')))
files.set('licenses.txt', Buffer.from(await licensesOf(Object.keys(metafile.inputs), source)))
files.set('index.html', Buffer.from(withHashes(await readFile(join(source, 'index.html'), 'utf8'))))

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
let compressed = 0
for (const [name, bytes] of files) {
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
  const gzip = gzipSync(bytes, { level: 9 })
  await Promise.all([writeFile(join(out, name), bytes), writeFile(join(out, `${name}.br`), brotli), writeFile(join(out, `${name}.gz`), gzip)])
  // of what a browser may load, the larger
  compressed += gzip.length
}
console.log(`dashboard: ${files.size} files, ${(compressed / 1024).toFixed(1)} KiB compressed`)
if (compressed > MAX_COMPRESSED_BYTES) {
  console.error(`dashboard: at most ${MAX_COMPRESSED_BYTES / 1024} KiB compressed: leave something out`)
  process.exitCode = 1
}

/** index.html with the names that the files were given. */
function withHashes (html) {
  const named = extension => [...files.keys()].find(name => name.endsWith(extension))
  return html.replace('main.css', named('.css')).replace('main.tsx', named('.js'))
}
