// Bundles what Node runs: src -> dist/node.js and dist/bundle, this package's files and those of others in a few files, so
// that a start reads and compiles little. What is imported lazily is in files of its own.
import { statSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { licensesOf } from './licenses.mjs'
import { scriptsOf, withErrorNames } from './program-scripts.mjs'

/** Programs that run since before may still load a file of theirs: what was built last stays, and all of the last hour. */
const KEEP_MS = 60 * 60_000
/** What was built together is written within this time. */
const WRITTEN_MS = 60_000

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist')
const ENTRIES = {
  node: 'src/node.ts',
  'bundle/index': 'src/index.ts',
  'bundle/admin': 'src/http/index.ts',
  'bundle/threshold': 'src/crypto/threshold/index.ts'
}

/** A static import of a module of Node reads all that it exports; of `http` that loads `fetch`, which nobody here calls. */
const builtins = {
  name: 'modules of Node without their facades',
  setup ({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(?:node:)?(?:${builtinModules.join('|')})$`) }, ({ path, kind, importer }) =>
      // that file runs on any Node
      kind === 'import-statement' && importer !== join(root, 'src/node.ts') ? { path: path.replace('node:', ''), namespace: 'node', sideEffects: false } : undefined)
    onLoad({ filter: /^/, namespace: 'node' }, async ({ path }) => {
      const names = Object.keys(await import(`node:${path}`)).filter(name => /^\w+$/.test(name) && name !== 'default')
      const exported = names.map((name, i) => `const x${i} = /* @__PURE__ */ of('${name}'); export { x${i} as ${name} }`)
      return { contents: [`const whole = process.getBuiltinModule('${path}'); const of = name => whole[name]; export default whole`, ...exported].join('\n') }
    })
  }
}

/** Only the compiled part stays in its package, which finds the one for this machine. */
const nativeLevel = {
  name: 'native LevelDB',
  setup ({ onResolve }) {
    onResolve({ filter: /^\.\/binding$/ }, ({ importer }) => /classic-level[/\\]/.test(importer) ? { path: 'classic-level/binding.js', external: true } : undefined)
  }
}

/**
 * What is imported lazily, and what is loaded by then. Said by an import, so that what both need is in one file: esbuild
 * would give each set of modules that have the same users a file of its own, and each file costs a start half a millisecond.
 */
const AFTER = [
  [/[/\\]src[/\\](?:app-node\.ts$|cli[/\\]|config[/\\])/, []],
  [/[/\\]src[/\\]platform[/\\]disk\.ts$/, ['src/app-node/opened.ts']],
  [/^/, ['src/app-node.ts']]
]

const inOrder = {
  name: 'lazy files in order',
  setup ({ onResolve, onLoad, resolve }) {
    const lazy = new Set([join(root, 'src/http/index.ts')])
    onResolve({ filter: /^/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === inOrder) return undefined
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: inOrder })
      if (!found.external) lazy.add(found.path)
      return found
    })
    onLoad({ filter: /^/, namespace: 'file' }, async ({ path }) => {
      if (!lazy.has(path)) return undefined
      const before = AFTER.find(([pattern]) => pattern.test(path))[1]
      return { contents: `${before.map(source => `import ${JSON.stringify(join(root, source))}`).join('\n')}\n${await readFile(path, 'utf8')}`, loader: path.endsWith('.ts') ? 'ts' : 'js', resolveDir: dirname(path) }
    })
  }
}

/** Noise comes with a second set of ciphers for Node, in WebAssembly that it compiles at once; ours is another, so its one for browsers will do. */
const secondNoise = {
  name: 'no second Noise crypto',
  setup ({ onResolve }) {
    onResolve({ filter: /^\.\/crypto\/index\.js$/ }, ({ importer, resolveDir }) => /libp2p-noise[/\\]/.test(importer) ? { path: join(resolveDir, 'crypto/index.browser.js') } : undefined)
  }
}

const { outputFiles: written, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ENTRIES,
  outdir: out,
  chunkNames: 'bundle/[name]-[hash]',
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // names stay as they are: errors tell theirs
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 500,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  // loaded when they are needed: the log, which starts workers; WebAssembly; what need not be installed
  external: ['pino', 'pino-pretty', 'libsodium-wrappers-sumo', '@chainsafe/libp2p-quic'],
  plugins: [inOrder, builtins, secondNoise, nativeLevel],
  banner: { js: 'import{createRequire as requireFrom}from"node:module";const require=requireFrom(import.meta.url);' },
  logLevel: 'warning'
})
const modules = written.map(({ path, text }) => ({ path, text: path.endsWith('.map') ? text : withErrorNames(text) }))
const outputFiles = await scriptsOf(modules, metafile, root)
refuseLazyCommonJs()
await refuseNewNames()

const files = [
  ...outputFiles.map(({ path, text }) => [path, text]),
  [join(out, 'bundle', 'licenses.txt'), await licensesOf(Object.keys(metafile.inputs), root)]
]
// the entries last, and each file whole: at any moment what is there runs
const isEntry = ([path]) => path === join(out, 'bundle/program.js') || Object.keys(metafile.outputs).some(name => join(root, name) === path && metafile.outputs[name].entryPoint != null && !/-[A-Z0-9]{8}\.js$/.test(name))
const previousMs = statSync(join(out, 'bundle/program.js'), { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
for (const some of [files.filter(file => !isEntry(file)), files.filter(isEntry)]) await Promise.all(some.map(async file => { await replace(...file) }))
await removeOld(join(out, 'bundle'), new Set(files.map(([path]) => path)), Math.min(Date.now() - KEEP_MS, previousMs - WRITTEN_MS))
const bytes = outputFiles.filter(({ path }) => !path.endsWith('.map')).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
console.log(`bundle: ${outputFiles.filter(({ path }) => !path.endsWith('.map')).length} files, ${(bytes / 1024 / 1024).toFixed(1)} MiB`)

async function replace (path, contents) {
  const temporary = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(temporary, contents)
  await rename(temporary, path)
}

async function removeOld (folder, current, beforeMs) {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (!current.has(path) && (await stat(path)).mtimeMs < beforeMs) await rm(path)
  }
}

/** esbuild gives what is lazily imported from CommonJS a default export only: import it from a file of ours that is lazy itself. */
function refuseLazyCommonJs () {
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    const lazy = imports.filter(({ kind, external, path }) => kind === 'dynamic-import' && external !== true && metafile.inputs[path]?.format === 'cjs')
    if (path.startsWith('src/') && lazy.length > 0) throw new Error(`${path} imports ${lazy[0].path} lazily, which is CommonJS`)
  }
}

/** An error's name is its class's: of two classes that share one, esbuild calls the other something else. */
async function refuseNewNames () {
  const all = outputFiles.map(({ text }) => text).join('\n')
  for (const path of Object.keys(metafile.inputs).filter(path => path.startsWith('src/'))) {
    for (const [, name, base] of (await readFile(join(root, path), 'utf8')).matchAll(/class (\w+) extends (\w*(?:Error|Fault|Warning)) /g)) {
      const renamed = new RegExp(`(?:class (?=\\w+ extends)|(?=\\w+=class extends))(_${name}|_?${name}\\d+)(?:=class)? extends ${base}\\d*\\b`).exec(all)?.[1]
      if (renamed != null) throw new Error(`${name} of ${path} would be called ${renamed}: give it a name that no other class has`)
    }
  }
}
