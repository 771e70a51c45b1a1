import { describeError } from '../../errors.ts'
import { MessagingError } from './messaging-error.ts'
import type { EventSchema } from './index.ts'
import type { Payload } from './parts.ts'
import type { Codec } from '../../wire/protocol.ts'

/** What a schema makes of a payload. `failed`: the schema itself did, which is nobody's fault but this node's. */
export type Checked<T> = { result: 'valid', data: T } | { result: 'invalid', why: string } | { result: 'failed', error: unknown }

const MAX_NAME_BYTES = 128
// control and format characters, halves of characters, line and paragraph separators
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const RESERVED = '$'

const encoder = new TextEncoder()
// a byte order mark is no JSON (RFC 8259, section 8.1)
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Throws `MESSAGING_EVENT_INVALID`. */
export function checkEventName (event: string): void {
  const fault = eventNameFault(event)
  if (fault != null) throw new MessagingError('MESSAGING_EVENT_INVALID', `${JSON.stringify(event)} is no name of an event: ${fault}; use something like "order:new"`, { details: { event } })
}

/** What is wrong with the name of an event; undefined for nothing. */
export function eventNameFault (event: unknown): string | undefined {
  if (typeof event !== 'string') return 'it is no text'
  if (event === '') return 'it is empty'
  if (UNPRINTABLE.test(event)) return 'it has characters that cannot be printed'
  if (event.startsWith(RESERVED)) return `"${RESERVED}" at the start is kept for messaging itself`
  const bytes = encoder.encode(event).byteLength
  return bytes > MAX_NAME_BYTES ? `it has ${bytes} bytes, ${MAX_NAME_BYTES} are allowed` : undefined
}

/**
 * Bytes stay as they are, everything else becomes JSON; with a codec, what it makes of the data. With a schema, the data is
 * sent as it was given, not what the schema makes of it, and is checked as the receiver will find it: a `Date` is a text by
 * then. Throws `MESSAGING_INVALID`, and `MESSAGING_EVENT_INVALID` for a schema that cannot be used.
 */
export function encodePayload (event: string, data: unknown, schema: EventSchema<unknown> | undefined): Payload {
  const payload = toPayload(event, data, schema)
  if (schema == null) return payload
  const checked = checkPayload(payload, schema)
  if (checked.result === 'invalid') throw new MessagingError('MESSAGING_INVALID', `the data does not fit the schema of "${event}": ${checked.why}`, { details: { event } })
  if (checked.result === 'failed') throw checked.error instanceof MessagingError ? checked.error : new MessagingError('MESSAGING_EVENT_INVALID', `the schema of "${event}" threw instead of saying what is wrong: ${describeError(checked.error)}`, { cause: checked.error, details: { event } })
  return payload
}

function toPayload (event: string, data: unknown, schema: EventSchema<unknown> | undefined): Payload {
  try {
    if (schema != null && isCodec(schema)) return { encoding: 'bytes', bytes: schema.encode(data) }
    if (data instanceof Uint8Array) return { encoding: 'bytes', bytes: data }
    return { encoding: 'json', bytes: encodeJson(data) }
  } catch (err) {
    throw new MessagingError('MESSAGING_INVALID', `the data of "${event}" cannot be sent: ${describeError(err)}`, { cause: err, details: { event } })
  }
}

/** Decodes and validates. Never throws. */
export function checkPayload<T> ({ encoding, bytes }: Payload, schema: EventSchema<T>): Checked<T> {
  if (isCodec(schema)) {
    if (encoding !== 'bytes') return { result: 'invalid', why: 'it is JSON where bytes are expected' }
    try {
      return { result: 'valid', data: schema.decode(bytes) }
    } catch (err) {
      return { result: 'invalid', why: describeError(err) }
    }
  }
  let value: unknown = bytes
  try {
    if (encoding === 'json') value = decodeJson(bytes)
  } catch (err) {
    return { result: 'invalid', why: describeError(err) }
  }
  return validate(value, schema)
}

function validate<T> (value: unknown, schema: Exclude<EventSchema<T>, Codec<T>>): Checked<T> {
  try {
    const result = schema['~standard'].validate(value)
    if (isPromise(result)) {
      // what becomes of it is of no interest, that it fails must not end the program
      result.then(() => {}, () => {})
      return { result: 'failed', error: new MessagingError('MESSAGING_EVENT_INVALID', `the schema (by ${schema['~standard'].vendor}) validates asynchronously: use one without asynchronous checks, and do those in the handler`) }
    }
    if (result.issues == null) return { result: 'valid', data: result.value }
    return { result: 'invalid', why: result.issues.slice(0, 3).map(describeIssue).join('; ') }
  } catch (error) {
    return { result: 'failed', error }
  }
}

function isPromise (value: object): value is Promise<unknown> {
  return 'then' in value && typeof value.then === 'function'
}

function describeIssue ({ message, path = [] }: { message: string, path?: ReadonlyArray<PropertyKey | { key: PropertyKey }> }): string {
  if (path.length === 0) return message
  return `${path.map(segment => String(typeof segment === 'object' ? segment.key : segment)).join('.')}: ${message}`
}

function isCodec<T> (schema: EventSchema<T>): schema is Codec<T> {
  return !('~standard' in schema)
}

/** Whether it is what `on` takes. */
export function isSchema (schema: unknown): boolean {
  if (schema == null || (typeof schema !== 'object' && typeof schema !== 'function')) return false
  if ('~standard' in schema) return typeof (schema as { '~standard'?: { validate?: unknown } })['~standard']?.validate === 'function'
  return typeof (schema as Partial<Codec<unknown>>).encode === 'function' && typeof (schema as Partial<Codec<unknown>>).decode === 'function'
}

/** RFC 8259, in UTF-8. Throws on what JSON would leave out, or turn into something else, without a word. */
function encodeJson (data: unknown): Uint8Array {
  const text = JSON.stringify(data, refuseLoss) as string | undefined
  if (text == null) throw new TypeError(`${typeof data} is no JSON: send null, an object or bytes`)
  return encoder.encode(text)
}

/** Properties that are undefined are left out, as everybody expects. */
function refuseLoss (this: unknown, key: string, value: unknown): unknown {
  const lost = typeof value === 'number'
    ? !Number.isFinite(value)
    : typeof value === 'function' || typeof value === 'symbol' || (value === undefined && Array.isArray(this)) ||
      ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Map || value instanceof Set
  if (!lost) return value
  const kind = typeof value === 'object' ? value?.constructor.name : typeof value === 'number' ? `${value}` : typeof value
  throw new TypeError(`JSON has no ${kind}${key === '' ? '' : ` (at "${key}")`}`)
}

function decodeJson (bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes))
}
