import type { ValueType } from './value-types.ts'

/** One value. Without a default it may stay unset. */
export interface Single<T, D extends T | undefined> {
  type: ValueType<T>
  default: D
  repeatable?: false
  help: string
  /** Never shown, and only taken from the environment. */
  secret?: boolean
  /** Not allowed in files: it says which files are read. */
  flagOnly?: boolean
}

/** A list: the flag may be repeated, a variable separates by commas or spaces, a file has an array. */
export interface Many<T> {
  type: ValueType<T>
  default: readonly T[]
  repeatable: true
  help: string
  secret?: undefined
  flagOnly?: undefined
}

export type Option = Single<unknown, unknown> | Many<unknown>

/** By the name in files; `--data-dir` and `PEERKEEP_DATA_DIR` follow from it. */
export type OptionTable = Readonly<Record<string, Option>>

type ValueOf<O> = O extends Many<infer T> ? readonly T[] : O extends { default: infer D } ? D : never

/** The values of a table: durations in milliseconds, multiaddrs as canonical text. */
export type ConfigOf<T> = { readonly [K in keyof T]: ValueOf<T[K]> }

export function optional<T> (type: ValueType<T>, help: string, rest: { secret?: boolean, flagOnly?: boolean } = {}): Single<T, T | undefined> {
  return { type, default: undefined, help, ...rest }
}

export function one<T> (type: ValueType<T>, defaultValue: NoInfer<T>, help: string): Single<T, T> {
  return { type, default: defaultValue, help }
}

export function list<T> (type: ValueType<T>, defaultValue: ReadonlyArray<NoInfer<T>>, help: string): Many<T> {
  return { type, default: defaultValue, help, repeatable: true }
}

/** `dataDir` -> `--data-dir` */
export function flagName (key: string): string {
  return `--${kebab(key)}`
}

/** `dataDir` -> `PEERKEEP_DATA_DIR` */
export function variableName (key: string): string {
  return `PEERKEEP_${kebab(key).replaceAll('-', '_').toUpperCase()}`
}

/** Whether a config file or a profile may set it. */
export function isFiled ({ secret, flagOnly }: Option): boolean {
  return secret !== true && flagOnly !== true
}

export function takesNoValue ({ type }: Option): boolean {
  return type.placeholder === ''
}

function kebab (key: string): string {
  return key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}
