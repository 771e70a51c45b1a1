import { access } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'

/** `x.browser.ts` in place of `x.ts`, as package.json's `browser` map says for `dist`. */
const twins: Plugin = {
  name: 'browser twins',
  setup ({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, async ({ path, resolveDir }) => {
      const twin = join(resolveDir, path.replace(/\.ts$/, '.browser.ts'))
      return await access(twin).then(() => ({ path: twin }), () => undefined)
    })
  }
}

export interface Bundle {
  code: string
  /** Files that went into it, relative to the working directory. */
  inputs: string[]
  /** Modules of Node that it imports. */
  builtins: string[]
}

const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2023',
  mainFields: ['browser', 'module', 'main'],
  // a bundler stops at a module of Node that it cannot find: report them instead
  external: ['node:*', ...builtinModules],
  plugins: [twins],
  logLevel: 'silent'
} as const

/** What a bundler makes of this file for browsers: one file. */
export async function bundleForBrowser (entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    // it is loaded when it is needed, and does without it where it asks for modules of Node
    external: [...OPTIONS.external, 'libsodium-wrappers-sumo'],
    plugins: [...OPTIONS.plugins],
    mainFields: [...OPTIONS.mainFields],
    entryPoints: [entry],
    absWorkingDir: dirname(dirname(entry))
  })
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path)).filter(path => builtinModules.includes(path.replace(/^node:/, '')))
  return {
    code: outputFiles.map(({ text }) => text).join('\n'),
    inputs: Object.keys(metafile.inputs),
    builtins: [...new Set(imports)]
  }
}

/** The files that a page loads before it runs, without those that are imported when they are needed. */
export async function firstLoad (entry: string): Promise<Uint8Array[]> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    external: [...OPTIONS.external],
    plugins: [...OPTIONS.plugins],
    mainFields: [...OPTIONS.mainFields],
    entryPoints: [entry],
    absWorkingDir: dirname(dirname(entry)),
    splitting: true,
    outdir: 'out'
  })
  const needed = new Set<string>()
  const need = (name: string): void => {
    if (needed.has(name)) return
    needed.add(name)
    for (const { kind, external, path } of metafile.outputs[name]?.imports ?? []) if (kind === 'import-statement' && external !== true) need(path)
  }
  for (const [name, { entryPoint }] of Object.entries(metafile.outputs)) if (entryPoint != null && name.endsWith('/browser.js')) need(name)
  return outputFiles.filter(({ path }) => [...needed].some(name => path.endsWith(name))).map(({ contents }) => contents)
}
