import { AppError } from '../errors.ts'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Codec } from './protocol.ts'

/** A value that does not fit its schema: what was received can be read, but not be used. */
export class SchemaMismatchError extends AppError {
  constructor (message: string, options: { cause?: unknown, details?: Record<string, unknown> } = {}) {
    super('WIRE_INVALID', message, options)
  }
}

/** The program gave something that cannot be used as a schema, or breaks: the remote has nothing to do with that. */
export class SchemaUnusableError extends AppError {
  constructor (message: string, options: { cause?: unknown } = {}) {
    super('WIRE_SCHEMA_UNUSABLE', message, options)
  }
}

const MAX_ISSUES = 3
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON (RFC 8259) in UTF-8 with the values that a Standard Schema (zod, valibot, arktype, ...) gives: it is asked on both
 * sides, and what it makes of a value is what is sent. So it must take its own output: defaults, trimming and unknown
 * fields that go are fine, a text that becomes a number is not. Throws `SchemaMismatchError`; `SchemaUnusableError` when the
 * schema itself breaks; `decode` throws others for what is no JSON.
 */
export function jsonCodec<T> (schema: StandardSchemaV1<unknown, T>): Codec<T> {
  checkSchema(schema)
  return {
    encode (value) {
      const fitting = validated(schema, value)
      let text: string | undefined
      try {
        text = JSON.stringify(fitting) as string | undefined
      } catch (err) {
        throw new SchemaMismatchError(`the value cannot be told in JSON: ${err instanceof Error ? err.message : String(err)}`, { cause: err })
      }
      if (text == null) throw new SchemaMismatchError(`a value of type ${typeof fitting} cannot be told in JSON`)
      return encoder.encode(text)
    },
    decode: bytes => validated(schema, JSON.parse(decoder.decode(bytes)) as unknown)
  }
}

/** What the schema makes of a value. Throws `SchemaMismatchError` with where and why, and `SchemaUnusableError` when it throws or wants to wait. */
function validated<T> (schema: StandardSchemaV1<unknown, T>, value: unknown): T {
  const result = asked(schema, value)
  if (result instanceof Promise) {
    // it may fail, too, and nobody is there to hear of it
    result.catch(() => undefined)
    throw new SchemaUnusableError(`the schema (${schema['~standard'].vendor}) validates asynchronously, or threw: leave its asynchronous checks out, and make them in the handler`)
  }
  if (result.issues == null) return result.value
  const issues = result.issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const where = path.map(part => String(typeof part === 'object' ? part.key : part)).join('.')
    return where === '' ? message : `${where}: ${message}`
  })
  throw new SchemaMismatchError(issues.join('; '), { details: { issues } })
}

function asked<T> (schema: StandardSchemaV1<unknown, T>, value: unknown): ReturnType<StandardSchemaV1<unknown, T>['~standard']['validate']> {
  try {
    return schema['~standard'].validate(value)
  } catch (err) {
    throw new SchemaUnusableError(`the schema (${schema['~standard'].vendor}) threw instead of saying what does not fit: ${err instanceof Error ? err.message : String(err)}`, { cause: err })
  }
}

/** Throws `SchemaUnusableError` for what is no Standard Schema. */
function checkSchema (schema: unknown): void {
  const standard = (schema as { '~standard'?: { validate?: unknown } } | undefined)?.['~standard']
  if (typeof standard?.validate !== 'function') {
    throw new SchemaUnusableError('the schema is no Standard Schema: give one of zod, valibot, arktype or another library that follows standardschema.dev')
  }
}
