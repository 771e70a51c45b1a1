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

/** What a bundler makes of this file for browsers. */
export async function bundleForBrowser (entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: dirname(dirname(entry)),
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
  })
  const imports = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path))
  return {
    code: outputFiles.map(({ text }) => text).join('\n'),
    inputs: Object.keys(metafile.inputs),
    builtins: [...new Set(imports)]
  }
}
