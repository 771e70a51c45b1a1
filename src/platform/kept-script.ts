import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** What `load` of a script takes from the others: the exports of a file that is in one of them. */
export type Other = (name: string) => unknown

export interface KeptScript {
  /** The exports of one of its files. */
  load: Other
  /** Stores what is compiled by now, unless it was all read at the start. Call it with the flags of V8 as they were then. */
  keep (): Promise<void>
}

interface Module {
  exports: { load?: Record<string, () => unknown> }
}

type ImportModule = (name: string) => Promise<unknown>
type Body = (module: Module, require: NodeJS.Require, importModule: ImportModule, other: Other, url: string, dirname: string) => void

const importModule: ImportModule = async (name) => import(name)
const CHECK_BYTES = 4

/**
 * Runs a script whose compiled functions are kept in `folder`. Node's own compile cache is filled before a module runs, and so has
 * none of the functions that a start calls: a third of each start would be compiling them again. Two files of one name have one content,
 * as V8 only looks whether the length is the same.
 */
export function keptScript (path: string, folder: string, other: Other): KeptScript {
  const name = basename(path)
  const kept = join(folder, `${name}.${process.version}-${process.arch}`)
  const cachedData = readKept(kept)
  // esbuild writes ASCII, which is read faster so
  const script = new Script(`(function(module,require,importModule,other,importMetaUrl,importMetaDirname){${readFileSync(path, 'latin1')}\n})`, { filename: path, cachedData })
  const module: Module = { exports: {} }
  const body = script.runInThisContext() as Body
  body(module, createRequire(path), importModule, other, pathToFileURL(path).href, dirname(path))
  return {
    load: (file) => {
      const load = module.exports.load?.[file]
      if (load == null) throw new Error(`${name} has no ${file}`)
      return load()
    },
    keep: async () => {
      if (cachedData != null && script.cachedDataRejected !== true) return
      const code = script.createCachedData()
      const check = Buffer.alloc(CHECK_BYTES)
      check.writeUInt32LE(crc32(code))
      await mkdir(folder, { recursive: true })
      await writeFile(`${kept}.${process.pid}`, Buffer.concat([check, code]))
      await rename(`${kept}.${process.pid}`, kept)
    }
  }
}

/** Undefined, too, when it cannot be read: then all is compiled, as at the first start. V8 itself does not look whether it is damaged. */
function readKept (path: string): Buffer | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return undefined
  }
  const code = bytes.subarray(CHECK_BYTES)
  return bytes.length > CHECK_BYTES && crc32(code) === bytes.readUInt32LE() ? code : undefined
}
