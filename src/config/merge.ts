import { AppError } from '../errors.ts'
import { flagName, isFiled, variableName } from './option.ts'
import { didYouMean } from './suggest.ts'
import { Refused } from './value-types.ts'
import type { ConfigOf, Option, OptionTable } from './option.ts'
import type { Json } from './value-types.ts'

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
export type ValuesOf<K extends string> = Map<K, { value: unknown, origin: Origin }>

export interface MergedOf<T> {
  config: ConfigOf<T>
  origins: Readonly<Record<keyof T, Origin>>
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

/** How the layers of one table are read and put together. */
export interface Layering<T extends OptionTable> {
  /** @param flags what followed each flag; the last one counts unless the option is a list. `null` is `--no-<flag>` */
  valuesFromFlags (flags: ReadonlyMap<keyof T & string, ReadonlyArray<string | null>>): ValuesOf<keyof T & string>
  /** @throws ConfigError also for a `PEERKEEP_` variable that is none of the options'. An empty one counts as not set, but empties a list. */
  valuesFromEnvironment (environment: Readonly<Record<string, string | undefined>>): ValuesOf<keyof T & string>
  /**
   * @param json the parsed file: an object; `null` means "not set here"
   * @param where the file's path, for messages
   */
  valuesFromFile (json: Json, layer: 'profile' | 'file', where: string): ValuesOf<keyof T & string>
  /** Puts the layers on the defaults, weakest first. */
  merge (layers: ReadonlyArray<ValuesOf<keyof T & string>>): MergedOf<T>
}

/** @param partial the table is a part of all options: what is of none of these is somebody else's */
export function layeringOf<T extends OptionTable> (table: T, { partial = false } = {}): Layering<T> {
  type K = keyof T & string
  const keys = Object.keys(table) as K[]
  const option = (key: K): Option => table[key] as Option
  const isList = (key: K): boolean => option(key).repeatable === true

  return {
    valuesFromFlags (flags) {
      const values: ValuesOf<K> = new Map()
      for (const [key, given] of flags) {
        const origin: Origin = { layer: 'flag', where: flagName(key) }
        // --no-x forgets what stood before it
        const last = given.slice(given.lastIndexOf(null) + 1) as string[]
        if (isList(key)) values.set(key, { value: last.map(text => read(key, text, origin)), origin })
        else values.set(key, { value: last.length === 0 ? false : read(key, last.at(-1) ?? '', origin), origin })
      }
      return values
    },

    valuesFromEnvironment (environment) {
      const values: ValuesOf<K> = new Map()
      const known = new Map(keys.map(key => [variableName(key), key]))
      for (const [name, text] of Object.entries(environment)) {
        if (!name.startsWith('PEERKEEP_') || text == null) continue
        const key = known.get(name)
        if (key == null) {
          if (partial) continue
          throw new ConfigError(`the environment variable ${name} is unknown${didYouMean(name, [...known.keys()])}`, `unset ${name}; "help" lists every option`)
        }
        const origin: Origin = { layer: 'environment', where: name }
        if (isList(key)) values.set(key, { value: text.split(/[\s,]+/).filter(part => part !== '').map(part => read(key, part, origin)), origin })
        else if (text !== '') values.set(key, { value: read(key, text, origin), origin })
      }
      return values
    },

    valuesFromFile (json, layer, where) {
      if (typeof json !== 'object' || json == null || Array.isArray(json)) throw new ConfigError(`${where} must hold one JSON object`, 'write { "maxPeers": 60 }')
      const values: ValuesOf<K> = new Map()
      const allowed = keys.filter(key => isFiled(option(key)) && !(layer === 'profile' && key === 'profile'))
      for (const [name, value] of Object.entries(json)) {
        if (COMMENTS.has(name) || value === null) continue
        const key = allowed.find(key => key === name)
        if (key == null) {
          if (partial) continue
          throw unknownKey(name, where, allowed)
        }
        const origin: Origin = { layer, where }
        if (!isList(key)) values.set(key, { value: read(key, value, origin), origin })
        else if (Array.isArray(value)) values.set(key, { value: value.map(item => read(key, item, origin)), origin })
        else throw new ConfigError(`"${key}" in ${where} must be an array, each item ${option(key).type.allowed}, not ${JSON.stringify(value)}`)
      }
      return values
    },

    merge (layers) {
      const config: Record<string, unknown> = {}
      const origins: Record<string, Origin> = {}
      for (const key of keys) {
        const set = layers.findLast(layer => layer.has(key))?.get(key)
        config[key] = set == null ? option(key).default : set.value
        origins[key] = set?.origin ?? { layer: 'default', where: 'default' }
      }
      return { config: config as ConfigOf<T>, origins: origins as Record<keyof T, Origin> }
    }
  }

  function unknownKey (name: string, where: string, allowed: readonly K[]): ConfigError {
    const key = keys.find(key => key === name)
    if (key != null) return new ConfigError(`"${name}" cannot be set in ${where}`, `use ${option(key).secret === true ? variableName(key) : flagName(key)}`)
    return new ConfigError(`"${name}" in ${where} is not an option${didYouMean(name, allowed)}`, '"help" lists every option')
  }

  /** @param given text, but for a file */
  function read (key: K, given: Json, { layer, where }: Origin): unknown {
    const fromFile = layer === 'file' || layer === 'profile'
    return readValue(option(key), given, { name: fromFile ? `"${key}" in ${where}` : where, json: fromFile })
  }
}

/**
 * @param from `name`: what it is called in a message; `json`: it is not text
 * @throws ConfigError
 */
export function readValue ({ type, secret }: Pick<Option, 'type' | 'secret'>, given: Json, { name, json = false }: { name: string, json?: boolean }): unknown {
  try {
    return json ? type.fromJson(given) : type.fromText(given as string)
  } catch (err) {
    if (!(err instanceof Refused)) throw err
    if (err.whole) throw new ConfigError(`${name}: ${err.message}`)
    const shown = secret === true ? 'what was given' : JSON.stringify(given)
    throw new ConfigError(`${name} must be ${type.allowed}, not ${shown}${err.message === '' ? '' : `: ${err.message}`}`)
  }
}
