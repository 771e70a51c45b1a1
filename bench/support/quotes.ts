import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'

/** What is asked and answered by all: 100 bytes of JSON each, looked at by the same code. */
export interface Quote {
  id: number
  item: string
  note: string
}

export const IDS = {
  peerkeep: '/bench/quote/1.0.0',
  single: '/bench/single/1.0.0',
  unbatched: '/bench/unbatched/1.0.0',
  batched: '/bench/batched/1.0.0'
} as const

const BYTES = 100
const TIMEOUT_MS = 10_000
const MAX_BYTES = 64 * 1024
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function quote (id: number): Quote {
  const value = { id, item: 'tea', note: '' }
  value.note = 'x'.repeat(BYTES - JSON.stringify(value).length)
  return value
}

export function isQuote (value: unknown): value is Quote {
  if (typeof value !== 'object' || value == null) return false
  const { id, item, note } = value as Partial<Record<keyof Quote, unknown>>
  return typeof id === 'number' && typeof item === 'string' && typeof note === 'string'
}

/** As Standard Schema has it. */
export const quoteSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'bench',
    validate: (value: unknown) => isQuote(value) ? { value } : { issues: [{ message: 'no quote' }] }
  }
}

export const encodeQuote = (value: Quote): Uint8Array => encoder.encode(JSON.stringify(value))

export function decodeQuote (bytes: Uint8Array): Quote {
  const value: unknown = JSON.parse(decoder.decode(bytes))
  if (!isQuote(value)) throw new Error('no quote')
  return value
}

/** What every handler does. */
export const answerQuote = async (bytes: Uint8Array): Promise<Uint8Array> => encodeQuote(decodeQuote(bytes))

/** The handler of one request on its own stream, as libp2p's documentation has it. */
export async function serveSingle (stream: Stream): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const lp = lpStream(stream, { maxDataLength: MAX_BYTES })
    await lp.write(await answerQuote((await lp.read({ signal })).subarray()), { signal })
    await stream.close({ signal })
  } catch (err) {
    stream.abort(err as Error)
  }
}

export async function askSingle (stream: Stream, request: Uint8Array): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const lp = lpStream(stream, { maxDataLength: MAX_BYTES })
    await lp.write(request, { signal })
    const answer = (await lp.read({ signal })).subarray()
    await stream.close({ signal })
    return answer
  } catch (err) {
    stream.abort(err as Error)
    throw err
  }
}
