import { Compile } from 'typebox/compile'
import type { FastifySchemaCompiler, FastifySchemaValidationError, preValidationHookHandler } from 'fastify'
import type { TSchema } from 'typebox'
import type { ApiApp } from './context.ts'

/** A property of a flat object: what it is when absent, and how it is read from text. */
interface Field {
  name: string
  missing: unknown
  read?: (text: string) => unknown
}

type Fields = Record<string, { type?: string, default?: unknown }>

const NUMBER = /^-?\d+(?:\.\d+)?$/
const BOOLEANS: Record<string, boolean> = { true: true, false: false }

/** Requests are taken just as the schemas have them: nothing is dropped, and only what stands in URLs is read as numbers and booleans. */
export function addValidation (app: ApiApp): void {
  app.setValidatorCompiler(compileValidator)
  // a route that takes an object of which nothing is needed can be asked without one
  app.addHook('onRoute', route => {
    if (route.schema?.body != null) route.preValidation = [emptyBody, ...[route.preValidation ?? []].flat()]
  })
}

const emptyBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body === undefined) request.body = {}
  done()
}

const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  const fields = fieldsOf(schema, httpPart !== 'body')
  return (value: unknown) => {
    if (isObject(value)) fill(value, fields)
    return compiled.Check(value) ? { value } : { error: errorsOf(compiled.Errors(value)) }
  }
}

function fieldsOf (schema: TSchema, text: boolean): Field[] {
  const { properties = {} } = schema as { properties?: Fields }
  return Object.entries(properties).map(([name, { type, default: missing }]) => ({ name, missing, read: text ? readerOf(type) : undefined }))
    .filter(({ missing, read }) => missing !== undefined || read != null)
}

function readerOf (type: string | undefined): Field['read'] {
  if (type === 'integer' || type === 'number') return text => NUMBER.test(text) ? Number(text) : text
  return type === 'boolean' ? text => BOOLEANS[text] ?? text : undefined
}

function fill (value: Record<string, unknown>, fields: readonly Field[]): void {
  for (const { name, missing, read } of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined) {
      if (missing !== undefined) value[name] = missing
    } else if (read != null && typeof given === 'string') value[name] = read(given)
  }
}

/** The one that says most first. */
function errorsOf (errors: unknown[]): FastifySchemaValidationError[] {
  const told = errors as FastifySchemaValidationError[]
  const extra = told.find(({ keyword }) => keyword === 'additionalProperties')
  if (extra == null) return told
  const names = (extra.params as { additionalProperties: string[] }).additionalProperties
  return [{ ...extra, message: `has what this route does not know: ${names.join(', ')}` }]
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value != null && !Array.isArray(value)
}
