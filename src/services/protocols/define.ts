import { ProtocolError } from './errors.ts'
import type { Codec } from '../../wire/protocol.ts'
import type { DuplexInit, NotifyInit, Protocol, ProtocolFault, RequestInit, Shape, StreamInit } from './definition.ts'
import type { Offence } from '../../components.ts'

const SHAPES: readonly Shape[] = ['request', 'notify', 'stream', 'duplex']
const MAX_ID_BYTES = 200
const MAX_IDS = 16
/** One that takes the five bytes of a failure's mark cannot be. */
const MAX_MESSAGE_BYTES = 2 ** 28
const MAX_TIMEOUT_MS = 86_400_000
const OFFENCES: readonly Offence[] = ['minor', 'moderate', 'severe', 'fatal']
const DEFAULT_OFFENCES: Record<ProtocolFault, Offence> = {
  undecodable: 'severe',
  oversize: 'severe',
  invalid: 'moderate',
  timeout: 'minor',
  'rate-limited': 'minor'
}

const nothing: Codec<void> = { encode: () => new Uint8Array(), decode: () => undefined }

/** Makes a protocol: see `index.ts`. Throws `PROTOCOL_DEFINITION_INVALID`, which names the value. */
export function defineProtocol<Request, Response> (init: RequestInit<Request, Response>): Protocol<'request', Request, Response>
export function defineProtocol<Request> (init: NotifyInit<Request>): Protocol<'notify', Request, void>
export function defineProtocol<Request, Item> (init: StreamInit<Request, Item>): Protocol<'stream', Request, Item>
export function defineProtocol<Request, Response> (init: DuplexInit<Request, Response>): Protocol<'duplex', Request, Response>
export function defineProtocol (init: RequestInit<unknown, unknown> | NotifyInit<unknown> | StreamInit<unknown, unknown> | DuplexInit<unknown, unknown>): Protocol {
  const { shape = 'request', request, response, maxMessageBytes = 65_536, maxResponseBytes = maxMessageBytes, timeoutMs = 10_000, runOnLimitedConnection = false } = init
  const { rate = { perSecond: 100, burst: 200 } } = init
  if (!SHAPES.includes(shape)) throw invalid('shape', shape, `one of ${SHAPES.join(', ')}`)
  const { maxConcurrent = shape === 'stream' || shape === 'duplex' ? 32 : 256 } = init
  const ids = checkedIds(init.id)
  checkCodec('request', request)
  if (shape !== 'notify') checkCodec('response', response)
  else if (response != null) throw invalid('response', typeof response, 'nothing: a notify protocol has no answer')
  checkNumber('maxMessageBytes', maxMessageBytes, 0, MAX_MESSAGE_BYTES, true)
  checkNumber('maxResponseBytes', maxResponseBytes, 0, MAX_MESSAGE_BYTES, true)
  checkNumber('timeoutMs', timeoutMs, 1, MAX_TIMEOUT_MS, false)
  checkNumber('maxConcurrent', maxConcurrent, 1, 65_536, true)
  checkNumber('rate.perSecond', rate.perSecond, 0, 1e9, false)
  checkNumber('rate.burst', rate.burst, 1, 1e9, false)
  for (const [fault, offence] of Object.entries(init.offences ?? {})) {
    if (!Object.hasOwn(DEFAULT_OFFENCES, fault)) throw invalid('offences', fault, `faults among ${Object.keys(DEFAULT_OFFENCES).join(', ')}`)
    if (offence != null && !OFFENCES.includes(offence)) throw invalid(`offences.${fault}`, offence, `one of ${OFFENCES.join(', ')}`)
  }
  return Object.freeze({
    shape,
    ids,
    request,
    response: response ?? nothing,
    maxRequestBytes: maxMessageBytes,
    maxResponseBytes: shape === 'notify' ? 0 : maxResponseBytes,
    timeoutMs,
    rate: Object.freeze({ perSecond: rate.perSecond, burst: rate.burst }),
    offences: Object.freeze({ ...DEFAULT_OFFENCES, ...init.offences }),
    maxConcurrent,
    runOnLimitedConnection
  })
}

function checkedIds (id: string | readonly string[]): readonly [string, ...string[]] {
  const ids = typeof id === 'string' ? [id] : [...id]
  const [first, ...others] = ids
  if (first == null) throw invalid('id', '[]', 'at least one id, like "/shop/quote/1.0.0"')
  if (ids.length > MAX_IDS) throw invalid('id', `${ids.length} ids`, `at most ${MAX_IDS}`)
  for (const each of ids) checkId(each)
  if (new Set(ids).size < ids.length) throw invalid('id', ids.join(', '), 'each id once')
  return Object.freeze([first, ...others] as const)
}

/** Throws `PROTOCOL_DEFINITION_INVALID`. */
export function checkId (id: unknown): asserts id is string {
  if (typeof id !== 'string' || !id.startsWith('/') || id.length < 2) throw invalid('id', id, 'a text that begins with "/", like "/shop/quote/1.0.0"')
  // a line break ends it in multistream-select
  if (/\p{Cc}/u.test(id)) throw invalid('id', JSON.stringify(id), 'a text without control characters')
  if (new TextEncoder().encode(id).byteLength > MAX_ID_BYTES) throw invalid('id', `${id.slice(0, 40)}...`, `at most ${MAX_ID_BYTES} bytes`)
}

function checkCodec (name: string, codec: unknown): void {
  const { encode, decode } = (codec ?? {}) as Partial<Codec<unknown>>
  if (typeof encode !== 'function' || typeof decode !== 'function') throw invalid(name, typeof codec, 'a codec: json(schema), bytes, codec(type) or { encode, decode }')
}

export function checkNumber (name: string, value: unknown, min: number, max: number, whole: boolean): void {
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return
  throw invalid(name, value, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
}

function invalid (name: string, value: unknown, wanted: string): ProtocolError {
  return new ProtocolError('PROTOCOL_DEFINITION_INVALID', `${name} is ${String(value)}, but must be ${wanted}`)
}
