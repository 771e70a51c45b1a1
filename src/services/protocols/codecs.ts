import { jsonCodec } from '../../wire/json-codec.ts'
import { protonsCodec } from '../../wire/protons-codec.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Codec } from '../../wire/protocol.ts'

/** What protons generates for a message type. */
interface ProtobufType<T> {
  encode (value: NoInfer<T>): Uint8Array
  decode (bytes: Uint8Array, options?: object): T
}

/**
 * JSON in UTF-8, checked by a Standard Schema (zod, valibot, arktype, ...) on both sides. What is sent is what the schema
 * makes of the value, what is received what it makes of that: it must take its own output. Asynchronous schemas are refused
 * when they are first used.
 */
export function json<T> (schema: StandardSchemaV1<unknown, T>): Codec<T> {
  return jsonCodec(schema)
}

/** Protobuf messages by protons' generated code. `limits` bounds repeated fields: protons' `{ limits: { entries: 32 } }`. */
export function codec<T> (type: ProtobufType<T>, options?: { limits?: object }): Codec<T> {
  return protonsCodec(type, options)
}

/**
 * Bytes as they are, and not copied: what is sent must not change meanwhile; what is received may be a view of a larger buffer, so
 * copy what is kept for long.
 */
export const bytes: Codec<Uint8Array> = {
  encode (value) {
    if (!(value instanceof Uint8Array)) throw new TypeError(`bytes are sent as a Uint8Array, not as ${typeof value}`)
    return value
  },
  decode: value => value
}
