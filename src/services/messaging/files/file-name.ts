import { MAX_NAME_BYTES, MAX_TEXT_BYTES, MAX_TYPE_BYTES } from './constants.ts'

export const DEFAULT_TYPE = 'application/octet-stream'

// separators and what Windows takes for a drive, a stream or a wildcard; controls; what turns the direction of writing
const UNSAFE = /[\\/:*?"<>|\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const DOTS = /^\.{1,2}$/
const TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\\p{Cc}]*"))*$/u

const encoder = new TextEncoder()

/** What is wrong with a name, for a person; undefined when it can be sent. */
export function nameFault (name: unknown): string | undefined {
  if (typeof name !== 'string') return `is of type ${typeof name}, not a text`
  if (name === '') return 'is empty'
  if (DOTS.test(name)) return 'names a folder'
  if (/[\\/]/.test(name)) return 'has a path: give the last part of it only'
  if (name.replaceAll(UNSAFE, '') !== name) return 'has characters that no file name has everywhere (\\ / : * ? " < > | and controls)'
  if (!name.isWellFormed()) return 'is no well-formed Unicode'
  return encoder.encode(name).byteLength > MAX_NAME_BYTES ? `has more than ${MAX_NAME_BYTES} bytes` : undefined
}

/** A name as somebody else sent it, as it may be shown to people and used in a folder. */
export function safeName (name: string): string {
  const safe = cut(name.replaceAll(UNSAFE, '_'), MAX_NAME_BYTES)
  return safe === '' || DOTS.test(safe) ? 'unnamed' : safe
}

export function isMediaType (type: unknown): type is string {
  return typeof type === 'string' && encoder.encode(type).byteLength <= MAX_TYPE_BYTES && TYPE.test(type)
}

/** One line, as much as travels. */
export function shortText (text: string): string {
  return cut(text.replaceAll(/\p{Cc}+/gu, ' '), MAX_TEXT_BYTES)
}

/** The longest start that is whole characters. */
function cut (text: string, maxBytes: number): string {
  // in bytes of UTF-8, also when it is not well formed
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read).toWellFormed()
}
