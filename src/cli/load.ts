import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, layeringOf } from '../config/merge.ts'
import { PLACE_OPTIONS } from '../config/place-options.ts'
import { didYouMean } from '../config/suggest.ts'
import { PACKAGE_ROOT, absolutePath, readJson, resolvePaths } from './files.ts'
import type { Merged } from '../config/index.ts'
import type { Layering, MergedOf, ValuesOf } from '../config/merge.ts'
import type { Place } from '../config/place-options.ts'

/** What followed each flag on the command line; null for `--no-<flag>`. */
export type Flags = ReadonlyMap<string, ReadonlyArray<string | null>>

const PROFILES = join(PACKAGE_ROOT, 'config', 'profiles')

/**
 * Reads every layer and merges them: defaults < profile < config file < environment < flags.
 *
 * @throws ConfigError
 */
export async function loadConfig (flags: Flags, environment: NodeJS.ProcessEnv): Promise<Merged> {
  const { OPTIONS, reconcile } = await import('../config/index.ts')
  return resolvePaths(reconcile(await loadLayers(layeringOf(OPTIONS), flags, environment)), environment)
}

/**
 * The same of the options that say which node is meant; the others are that node's affair.
 *
 * @throws ConfigError
 */
export async function loadPlace (flags: Flags, environment: NodeJS.ProcessEnv): Promise<Place> {
  return resolvePaths(await loadLayers(layeringOf(PLACE_OPTIONS, { partial: true }), flags, environment), environment).config
}

async function loadLayers<T extends typeof PLACE_OPTIONS> (layering: Layering<T>, flags: Flags, environment: NodeJS.ProcessEnv): Promise<MergedOf<T>> {
  const above = [layering.valuesFromEnvironment(environment), layering.valuesFromFlags(flags as ReadonlyMap<keyof T & string, ReadonlyArray<string | null>>)]
  const named = find('config', above)
  const file = named == null ? undefined : absolutePath(named.text)
  const layers = file == null ? above : [layering.valuesFromFile(await readJson(file, named?.from ?? ''), 'file', file), ...above]
  const { text = 'default', from = 'default' } = find('profile', layers) ?? {}
  const path = await profilePath(text, from)
  return layering.merge([layering.valuesFromFile(await readJson(path, from), 'profile', path), ...layers])
}

function find (key: 'config' | 'profile', layers: ReadonlyArray<ValuesOf<string>>): { text: string, from: string } | undefined {
  const found = layers.findLast(layer => layer.has(key))?.get(key)
  return found == null ? undefined : { text: String(found.value), from: found.origin.where }
}

async function profilePath (name: string, from: string): Promise<string> {
  const names = (await readdir(PROFILES)).filter(file => file.endsWith('.json')).map(file => file.slice(0, -'.json'.length)).toSorted()
  if (!names.includes(name)) throw new ConfigError(`there is no profile "${name}" (from ${from})${didYouMean(name, names)}`, `profiles are ${names.join(', ')}`)
  return join(PROFILES, `${name}.json`)
}
