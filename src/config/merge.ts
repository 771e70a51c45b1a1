import { AppError } from '../errors.ts'
import { KEYS, OPTIONS, allowedInFiles, flagOf, isList, variableOf } from './options.ts'
import { didYouMean } from './suggest.ts'
import { Refused } from './value-types.ts'
import type { Config, Key } from './options.ts'
import type { Json, ValueType } from './value-types.ts'

/** Weakest first: each replaces what those before it set, lists as a whole. */
export const LAYERS = ['default', 'profile', 'file', 'environment', 'flag'] as const

export type Layer = typeof LAYERS[number]

/** Where a value came from: `{ layer: 'flag', where: '--max-peers' }`. */
export interface Origin {
  layer: Layer
  /** The flag, the variable, or the file's path. */
  where: string
}

/** The values of one layer, already checked. */
export type Values = Map<Key, { value: unknown, origin: Origin }>

export interface Merged {
  config: Config
  origins: Readonly<Record<Key, Origin>>
}

/** A value or name in a flag, a variable or a file that is not allowed: `CONFIG_INVALID`. */
export class ConfigError extends AppError {
  readonly fix: string | undefined

  constructor (message: string, fix?: string) {
    super('CONFIG_INVALID', message, fix == null ? {} : { details: { fix } })
    this.fix = fix
  }
}

/** Keys of a file that are for people. */
const COMMENTS = new Set(['$schema', 'description'])

/** @param flags what followed each flag; the last one counts unless the option is a list. `null` is `--no-<flag>` */
export function valuesFromFlags (flags: ReadonlyMap<Key, ReadonlyArray<string | null>>): Values {
  const values: Values = new Map()
  for (const [key, given] of flags) {
    const origin: Origin = { layer: 'flag', where: flagOf(key) ?? key }
    // --no-x forgets what stood before it
    const last = given.slice(given.lastIndexOf(null) + 1) as string[]
    if (isList(key)) values.set(key, { value: last.map(text => read(key, text, origin)), origin })
    else values.set(key, { value: last.length === 0 ? false : read(key, last.at(-1) ?? '', origin), origin })
  }
  return values
}

/** @throws ConfigError also for a `PEERKEEP_` variable that is none of the options'. An empty one counts as not set, but empties a list. */
export function valuesFromEnvironment (environment: Readonly<Record<string, string | undefined>>): Values {
  const values: Values = new Map()
  const known = new Map(KEYS.map(key => [variableOf(key), key]))
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('PEERKEEP_') || text == null) continue
    const key = known.get(name)
    if (key == null) throw new ConfigError(`the environment variable ${name} is unknown${didYouMean(name, [...known.keys()])}`, `unset ${name}; "help" lists every option`)
    const origin: Origin = { layer: 'environment', where: name }
    if (isList(key)) values.set(key, { value: text.split(/[\s,]+/).filter(part => part !== '').map(part => read(key, part, origin)), origin })
    else if (text !== '') values.set(key, { value: read(key, text, origin), origin })
  }
  return values
}

/**
 * @param json the parsed file: an object; `null` means "not set here"
 * @param where the file's path, for messages
 */
export function valuesFromFile (json: Json, layer: 'profile' | 'file', where: string): Values {
  if (typeof json !== 'object' || json == null || Array.isArray(json)) throw new ConfigError(`${where} must hold one JSON object`, 'write { "maxPeers": 60 }')
  const values: Values = new Map()
  const allowed = KEYS.filter(key => allowedInFiles(key) && !(layer === 'profile' && key === 'profile'))
  for (const [name, value] of Object.entries(json)) {
    if (COMMENTS.has(name) || value === null) continue
    const key = allowed.find(key => key === name)
    if (key == null) throw unknownKey(name, where, allowed)
    const origin: Origin = { layer, where }
    if (!isList(key)) values.set(key, { value: read(key, value, origin), origin })
    else if (Array.isArray(value)) values.set(key, { value: value.map(item => read(key, item, origin)), origin })
    else throw new ConfigError(`"${key}" in ${where} must be an array, each item ${OPTIONS[key].type.allowed}, not ${JSON.stringify(value)}`)
  }
  return values
}

/** Puts the layers on the defaults, weakest first. */
export function merge (layers: readonly Values[]): Merged {
  const config: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const key of KEYS) {
    const set = layers.findLast(layer => layer.has(key))?.get(key)
    config[key] = set == null ? OPTIONS[key].default : set.value
    origins[key] = set?.origin ?? { layer: 'default', where: 'default' }
  }
  return { config: config as Config, origins: origins as Record<Key, Origin> }
}

function unknownKey (name: string, where: string, allowed: readonly Key[]): ConfigError {
  const key = KEYS.find(key => key === name)
  if (key != null) return new ConfigError(`"${name}" cannot be set in ${where}`, `use ${flagOf(key) ?? variableOf(key)}`)
  return new ConfigError(`"${name}" in ${where} is not an option${didYouMean(name, allowed)}`, '"help" lists every option')
}

/** @param given text, but for a file */
function read (key: Key, given: Json, { layer, where }: Origin): unknown {
  const { type, secret } = OPTIONS[key] as { type: ValueType<unknown>, secret?: boolean }
  const fromFile = layer === 'file' || layer === 'profile'
  try {
    return fromFile ? type.fromJson(given) : type.fromText(given as string)
  } catch (err) {
    if (!(err instanceof Refused)) throw err
    const name = fromFile ? `"${key}" in ${where}` : where
    if (err.whole) throw new ConfigError(`${name}: ${err.message}`)
    const shown = secret === true ? 'what was given' : JSON.stringify(given)
    throw new ConfigError(`${name} must be ${type.allowed}, not ${shown}${err.message === '' ? '' : `: ${err.message}`}`)
  }
}
