import { readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
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
/** What is in a script: its files, which give their exports in `module.exports.load`. */
type Body = (module: Module, require: NodeJS.Require, importModule: ImportModule, other: Other, url: string, dirname: string) => void

const importModule: ImportModule = async (name) => import(name)
const CHECK_BYTES = 4
const MAX_AGE_MS = 7 * 24 * 60 * 60_000
/** After the title: of any content. */
const HASHED = /^[0-9a-f]+\.cjs\./

/**
 * Runs a script whose compiled functions are kept in `folder`, that of Node's compile cache: there is one for each version of V8, its flags
 * at the start, and each user; without one nothing is kept. Node itself fills its cache before a module runs, and so has in it
 * none of the functions that a start calls: a third of each start would be compiling them again. The script is one function, a `Body`, in
 * ASCII, and is called `title-hash.cjs`: two of one name have one content, as V8 only looks whether the length is the same. What was
 * kept of others of the title is deleted after a week.
 */
export function keptScript (path: string, folder: string | undefined, other: Other): KeptScript {
  const name = basename(path)
  const kept = folder == null ? undefined : join(folder, `${name}.kept`)
  const { script, isKept } = compiled(path, kept)
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
      if (isKept || folder == null || kept == null) return
      const code = script.createCachedData()
      const check = Buffer.alloc(CHECK_BYTES)
      check.writeUInt32LE(crc32(code))
      await mkdir(folder, { recursive: true })
      await replace(kept, Buffer.concat([code, check]))
      const title = name.slice(0, name.lastIndexOf('-') + 1)
      const others = (await readdir(folder)).filter(file => file.startsWith(title) && HASHED.test(file.slice(title.length)) && !file.startsWith(name))
      const { mtimeMs } = await stat(kept)
      await Promise.all(others.map(async (file) => {
        const path = join(folder, file)
        // another version may be in use beside this one
        if (mtimeMs - (await stat(path)).mtimeMs > MAX_AGE_MS) await rm(path, { force: true })
      }))
    }
  }
}

/** A function of its own: what was read is 2 MB, and whoever keeps the script must not keep that. */
function compiled (path: string, kept: string | undefined): { script: Script, isKept: boolean } {
  const cachedData = kept == null ? undefined : readKept(kept)
  // ASCII is read fastest so
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData })
  return { script, isKept: cachedData != null && script.cachedDataRejected !== true }
}

async function replace (path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.${process.pid}`
  try {
    await writeFile(temporary, bytes)
    await rename(temporary, path)
  } catch (err) {
    await rm(temporary, { force: true })
    throw err
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
  const code = bytes.subarray(0, -CHECK_BYTES)
  return bytes.length > CHECK_BYTES && crc32(code) === bytes.readUInt32LE(code.length) ? code : undefined
}
