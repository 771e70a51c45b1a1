import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, didYouMean, merge, reconcile, valuesFromEnvironment, valuesFromFile, valuesFromFlags } from '../config/index.ts'
import { PACKAGE_ROOT, absolutePath, readJson, resolvePaths } from './files.ts'
import type { Key, Merged, Values } from '../config/index.ts'

const PROFILES = join(PACKAGE_ROOT, 'config', 'profiles')

/**
 * Reads every layer and merges them: defaults < profile < config file < environment < flags.
 *
 * @throws ConfigError
 */
export async function loadConfig (flags: ReadonlyMap<Key, ReadonlyArray<string | null>>, environment: NodeJS.ProcessEnv): Promise<Merged> {
  const above = [valuesFromEnvironment(environment), valuesFromFlags(flags)]
  const named = find('config', above)
  const file = named == null ? undefined : absolutePath(named.text)
  const layers = file == null ? above : [valuesFromFile(await readJson(file, named?.from ?? ''), 'file', file), ...above]
  const profile = find('profile', layers)
  return resolvePaths(reconcile(merge([await loadProfile(profile?.text ?? 'default', profile?.from ?? 'default'), ...layers])), environment)
}

function find (key: Key, layers: readonly Values[]): { text: string, from: string } | undefined {
  const found = layers.findLast(layer => layer.has(key))?.get(key)
  return found == null ? undefined : { text: String(found.value), from: found.origin.where }
}

async function loadProfile (name: string, from: string): Promise<Values> {
  const names = (await readdir(PROFILES)).filter(file => file.endsWith('.json')).map(file => file.slice(0, -'.json'.length)).toSorted()
  if (!names.includes(name)) throw new ConfigError(`there is no profile "${name}" (from ${from})${didYouMean(name, names)}`, `profiles are ${names.join(', ')}`)
  const path = join(PROFILES, `${name}.json`)
  return valuesFromFile(await readJson(path, from), 'profile', path)
}
