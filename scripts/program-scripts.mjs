// Makes the program, dist/node.js, of a few scripts, each for another part of its life. Scripts and not modules, as only of a
// script Node can keep what was compiled while it ran: see src/platform/kept-script.ts.
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const FIRST = 'program'
/** Also all that nobody named. */
const REST = 'program-rest'
/**
 * What is in each script, with all that it imports. What several of them need is in the first, or in the one of them after which the
 * other always comes. A node is ready with two.
 */
const SCRIPTS = {
  [FIRST]: ['src/cli/index.ts', 'src/config/index.ts'],
  'program-run': ['src/cli/run.ts', 'src/platform/disk.ts', 'src/app-node.ts', 'src/cli/admin.ts'],
  'program-client': ['src/cli/client/index.ts', 'src/cli/id.ts', 'src/cli/help.ts', 'src/cli/show-config.ts'],
  'program-mdns': ['node_modules/@libp2p/mdns/dist/src/index.js'],
  [REST]: ['src/cli/admin-parts.ts']
}
const AFTER = { 'program-mdns': 'program-run', [REST]: 'program-run' }
const LIBRARY = ['src/index.ts', 'src/http/index.ts', 'src/crypto/threshold/index.ts']
const OPTIONS = { bundle: true, write: false, minifyWhitespace: true, minifySyntax: true, lineLimit: 500, sourcemap: 'linked', sourcesContent: false, legalComments: 'none', platform: 'node', target: 'node22', logLevel: 'warning' }

/** An error's name is its class's, but of two classes with one name in a file esbuild calls the second otherwise. */
export function withErrorNames (text) {
  return text.replaceAll(/\b(\w+(?:Error|Fault|Warning))(\d+)=class extends (?!\1\b)/g, '$1$2=class $1 extends ')
}

/** Of the output files of the bundle, each a path and a text: those of the library as they are, the others in scripts. */
export async function scriptsOf (modules, { outputs }, root) {
  const files = new Map(modules.map(file => [basename(file.path), file]))
  const outputOf = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]))
  const entryOf = source => [...outputOf.keys()].find(name => outputOf.get(name).entryPoint === source)
  const closure = (names, kinds) => {
    const found = new Set(names)
    for (const name of found) {
      for (const { path, kind } of outputOf.get(name).imports) if (kinds.includes(kind) && outputOf.has(basename(path))) found.add(basename(path))
    }
    return found
  }
  const cli = entryOf('src/cli/index.ts')
  const scriptOf = new Map()
  for (const [title, sources] of Object.entries(SCRIPTS)) {
    for (const name of closure(sources.map(entryOf), ['import-statement'])) {
      const has = scriptOf.get(name)
      scriptOf.set(name, has == null ? title : has === AFTER[title] ? has : FIRST)
    }
  }
  for (const name of closure([cli], ['import-statement', 'dynamic-import'])) if (!scriptOf.has(name)) scriptOf.set(name, REST)
  const library = closure(LIBRARY.map(entryOf), ['import-statement', 'dynamic-import'])

  const script = async (title) => {
    const names = [...scriptOf.keys()].filter(name => scriptOf.get(name) === title)
    const { outputFiles: [map, code] } = await build({
      ...OPTIONS,
      stdin: { contents: `export const load = {${names.map(name => `"${name}": () => require("./${name}")`).join()}}`, resolveDir: root },
      outfile: join(root, 'dist/bundle', `${title}.cjs`),
      format: 'cjs',
      banner: { js: `(function(module,require,importModule,other,importMetaUrl,importMetaDirname){'use strict';` },
      footer: { js: '})' },
      define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': 'importMetaDirname' },
      plugins: [filesOf(files, scriptOf, title)]
    })
    // it is read as ASCII, which esbuild makes of all but regular expressions
    const text = withErrorNames(code.text).replaceAll(/[\u0080-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    // what is kept of it is valid for one content
    const path = code.path.replace('.cjs', `-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.cjs`)
    return [{ path, text: text.replace(`${title}.cjs.map`, `${basename(path)}.map`) }, { path: `${path}.map`, text: map.text }]
  }
  const scripts = await Promise.all(Object.keys(SCRIPTS).map(script))
  const { outputFiles } = await build({
    ...OPTIONS,
    stdin: { contents: programOf(cli, scripts.map(([{ path }]) => basename(path)), [...scriptOf].filter(([, title]) => title !== FIRST)), resolveDir: root },
    outfile: join(root, 'dist/bundle/program.js'),
    format: 'esm'
  })
  const node = files.get('node.js')
  const text = node.text.replace(`"./bundle/${cli}"`, '"./bundle/program.js"')
  if (text === node.text) throw new Error('dist/node.js does not import the program')
  return [
    ...modules.filter(({ path }) => library.has(basename(path).replace(/\.map$/, ''))),
    { path: node.path, text }, files.get('node.js.map'),
    ...scripts.flat(), ...outputFiles
  ]
}

/** The files of one script; what is in others is asked of them. */
function filesOf (files, scriptOf, title) {
  return {
    name: 'files of a script',
    setup ({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/.*\.js$/ }, ({ path }) => files.has(basename(path)) ? { path: basename(path), namespace: scriptOf.get(basename(path)) === title ? 'own' : 'other' } : undefined)
      onResolve({ filter: /^/ }, ({ path, kind }) => kind === 'entry-point' ? undefined : { path, external: true })
      onLoad({ filter: /^/, namespace: 'own' }, ({ path }) => {
        const map = Buffer.from(files.get(`${path}.map`).text).toString('base64')
        // the first line makes a `require`; a script is given one, and an `import` for packages, as its own is experimental
        const code = files.get(path).text.replace(/^import\{createRequire.*?;const require=.*?;$/m, '').replace(/\/\/# sourceMappingURL=.*\n?$/, '').replaceAll(/\bimport\("(?!\.)/g, 'importModule("')
        return { contents: `${code}\n//# sourceMappingURL=data:application/json;base64,${map}` }
      })
      onLoad({ filter: /^/, namespace: 'other' }, ({ path }) => ({ contents: `module.exports = other("${path}")` }))
    }
  }
}

/** The module that runs them, each when something in it is needed. */
function programOf (cli, names, later) {
  return `
    import { getCompileCacheDir } from 'node:module'
    import { fileURLToPath } from 'node:url'
    import { keptScript } from './src/platform/kept-script.ts'
    const names = ${JSON.stringify(names)}
    const later = new Map(${JSON.stringify(later.map(([file, title]) => [file, names.findIndex(name => name.startsWith(`${title}-`))]))})
    const running = []
    const load = file => {
      const i = later.get(file) ?? 0
      return (running[i] ??= keptScript(fileURLToPath(new URL(names[i], import.meta.url)), getCompileCacheDir(), load)).load(file)
    }
    const keep = async () => { await Promise.all(running.map(script => script?.keep())) }
    export const main = async argv => load('${cli}').main(argv, undefined, keep)`
}
