import { OPTIONS } from './options.ts'
import type { Key } from './options.ts'
import type { Json, ValueType } from './value-types.ts'

/** The value as it stands in a config file; unset and secret ones are null. */
export function asJson (key: Key, value: unknown): Json {
  const { type, repeatable, secret } = OPTIONS[key] as { type: ValueType<unknown>, repeatable?: boolean, secret?: boolean }
  if (value == null || secret === true) return null
  return repeatable === true ? (value as unknown[]).map(item => type.toJson(item)) : type.toJson(value)
}

/** The value for a person. */
export function shown (key: Key, value: unknown): string {
  if (value == null) return '-'
  if (OPTIONS[key].secret === true) return '(hidden)'
  const json = asJson(key, value)
  const text = (value: Json): string => typeof value === 'string' ? value : JSON.stringify(value)
  if (!Array.isArray(json)) return text(json)
  return json.length === 0 ? 'none' : json.map(text).join(', ')
}
