import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config/merge.ts'
import { flagName } from '../config/option.ts'
import { describeError } from '../errors.ts'
import type { Json, Key, Merged } from '../config/index.ts'
import type { Origin } from '../config/merge.ts'

/** Both `src/cli` and `dist/cli` are two below the root of the package. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `~/x` is in the user's home, a relative path is below `base`. */
export function absolutePath (path: string, base: string = process.cwd()): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(base, path)
}

/** @throws ConfigError when it is not there, or is not JSON */
export async function readJson (path: string, from: string): Promise<Json> {
  const text = await readConfigured(path, from)
  try {
    return JSON.parse(text.toString().replace(/^\uFEFF/, '')) as Json
  } catch (err) {
    throw new ConfigError(`${path} (from ${from}) is not JSON: ${describeError(err)}`)
  }
}

const REASONS: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'this user may not read it', ENOTDIR: 'a part of the path is not a folder' }
const MAX_FILE_BYTES = 1024 * 1024

/** @throws ConfigError */
export async function readConfigured (path: string, from: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (err) {
    throw new ConfigError(`cannot read ${path} (from ${from}): ${REASONS[(err as NodeJS.ErrnoException).code ?? ''] ?? describeError(err)}`, `check the path, or leave out ${from}`)
  }
  if (bytes.length > MAX_FILE_BYTES) throw new ConfigError(`${path} (from ${from}) has ${bytes.length} bytes, more than ${MAX_FILE_BYTES}: it cannot be what is wanted here`)
  return bytes
}

const PATH_KEYS = ['dataDir', 'config', 'tlsCert', 'tlsKey', 'pskFile', 'passphraseFile', 'apiTokenFile', 'filesDir'] as const satisfies readonly Key[]

type Paths = { readonly [K in typeof PATH_KEYS[number]]?: string | undefined }

/** Makes every path absolute: one in a file counts from the folder of that file. */
export function resolvePaths<C extends Paths, O extends Readonly<Record<keyof C & string, Origin>>> ({ config, origins }: { config: C, origins: O }, environment: NodeJS.ProcessEnv): { config: C, origins: O } {
  const paths: { -readonly [K in keyof Paths]: string } = {}
  const originOf = (key: string): Origin => (origins as Record<string, Origin>)[key] ?? { layer: 'default', where: 'default' }
  for (const key of PATH_KEYS) {
    const value = config[key]
    const { layer, where } = originOf(key)
    if (value != null) paths[key] = absolutePath(value, layer === 'file' || layer === 'profile' ? dirname(where) : undefined)
  }
  const data = environment['XDG_DATA_HOME']
  // the specification says to ignore one that is not absolute
  if (originOf('dataDir').layer === 'default' && data != null && isAbsolute(data)) paths.dataDir = join(data, 'peerkeep')
  return { config: { ...config, ...paths }, origins }
}

/** What the files that the configuration names hold. */
export interface ConfiguredFiles {
  passphrase?: string
  tls?: { cert: string, key: string }
  preSharedKey?: Uint8Array
}

/** @throws ConfigError */
export async function readConfiguredFiles ({ config, origins }: Merged): Promise<ConfiguredFiles> {
  const read = async (key: 'passphraseFile' | 'tlsCert' | 'tlsKey' | 'pskFile'): Promise<Buffer | undefined> => {
    const path = config[key]
    if (path == null) return undefined
    const { layer, where } = origins[key]
    return await readConfigured(path, layer === 'flag' || layer === 'environment' ? where : `"${key}" in ${where}`)
  }
  // one after the other: of several that are missing it is always the first that is named
  const passphrase = await read('passphraseFile')
  const cert = await read('tlsCert')
  const key = await read('tlsKey')
  const psk = await read('pskFile')
  const text = passphrase?.toString().replace(/\r?\n$/, '') ?? config.passphrase
  if (text === '') throw new ConfigError(`${config.passphraseFile} (${flagName('passphraseFile')}) is empty`, 'write the passphrase on its first line')
  return {
    ...(text == null ? {} : { passphrase: text }),
    ...(cert == null || key == null ? {} : { tls: { cert: cert.toString(), key: key.toString() } }),
    ...(psk == null ? {} : { preSharedKey: psk })
  }
}
