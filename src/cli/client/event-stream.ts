import { createParser } from 'eventsource-parser'
import { AppError } from '../../errors.ts'
import { sleep, systemClock } from '../../util/clock.ts'
import { NodeRefusal } from '../failure.ts'
import { ApiClientError } from './api-client.ts'
import type { IncomingMessage } from 'node:http'
import type { ApiClient } from './api-client.ts'

/** An event as the API tells it: flat, with its own fields beside these. */
export interface ApiEvent {
  event: string
  time: string
  [field: string]: unknown
}

export interface EventOptions {
  types?: readonly string[]
  /** An id: what came after it, as far as it is kept. */
  after?: string
  signal: AbortSignal
  /** Called whenever the connection was made, before anything is told. */
  onOpen?: () => Promise<void>
  /** Told when the connection broke; it is made again. */
  onLost?: () => void
}

const ENDED = new Error('ended')
const MIN_RETRY_MS = 500
const MAX_RETRY_MS = 5_000
/** Without a connection for so long, it is given up. */
const PATIENCE_MS = 60_000

/**
 * What happens at the node, from now or from `after` on; goes on where it was after a connection broke or the node was started
 * anew. Resolves when the connection is there; rejects, then and later, with what the client rejects with, or the signal's reason.
 */
export async function openEvents (api: ApiClient, options: EventOptions): Promise<AsyncGenerator<ApiEvent, void, void>> {
  let last = options.after
  const connect = async (): Promise<IncomingMessage> => {
    const response = await api.open('/v1/events', { query: { types: options.types?.join(',') }, signal: options.signal }, last == null ? {} : { 'last-event-id': last })
    await options.onOpen?.()
    return response
  }
  return follow(await connect())

  async function * follow (first: IncomingMessage): AsyncGenerator<ApiEvent, void, void> {
    for (let response = first; ; response = await reconnect()) {
      try {
        yield * read(response, (id) => { last = id })
      } catch (err) {
        // an event that is none is no broken connection
        if (err instanceof AppError) throw err
      }
      options.signal.throwIfAborted()
      options.onLost?.()
    }
  }

  async function reconnect (): Promise<IncomingMessage> {
    const until = systemClock.monotonic() + PATIENCE_MS
    for (let waitMs = MIN_RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      api.forgetEndpoint()
      try {
        return await connect()
      } catch (err) {
        if (options.signal.aborted || err instanceof NodeRefusal || systemClock.monotonic() > until) throw err
      }
      await sleep(systemClock, waitMs, options.signal)
    }
  }
}

/** Ids stand also where nothing is told: they say how far the node is. */
async function * read (response: IncomingMessage, onId: (id: string) => void): AsyncGenerator<ApiEvent, void, void> {
  const events: ApiEvent[] = []
  const parser = createParser({
    onId,
    onEvent: ({ data }) => { events.push(parse(data)) },
    onError: (cause) => { throw strange(cause) }
  })
  response.setEncoding('utf8')
  for await (const text of response as AsyncIterable<string>) {
    parser.feed(text)
    yield * events.splice(0)
  }
}

function parse (data: string): ApiEvent {
  try {
    return JSON.parse(data) as ApiEvent
  } catch (cause) {
    throw strange(cause)
  }
}

function strange (cause: unknown): ApiClientError {
  return new ApiClientError('API_ANSWER_INVALID', 'the node tells its events in a way that this version does not know', { cause })
}

/** Calls `onEvent` while the work is under way, as far as the node tells: the work goes on without. */
export async function whileWatching<T> (api: ApiClient, types: readonly string[], onEvent: (event: ApiEvent) => void, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController()
  const watching = (async () => {
    for await (const event of await openEvents(api, { types, signal: ended.signal })) onEvent(event)
  })()
  try {
    return await work()
  } finally {
    ended.abort(ENDED)
    // a node that cannot be asked fails the work, too; else nothing is lost
    await Promise.allSettled([watching])
  }
}

/**
 * Calls `onEvent` while the work is under way, from before it begins.
 *
 * @param work rejects or resolves as this does
 */
export async function whileListening<T> (api: ApiClient, types: readonly string[], onEvent: (event: ApiEvent) => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ended = new AbortController()
  const events = await openEvents(api, { types, signal: ended.signal })
  const listening = (async () => {
    for await (const event of events) onEvent(event)
  })()
  try {
    return await Promise.race([work(ended.signal), listening.then(async () => await new Promise<never>(() => {}))])
  } finally {
    ended.abort(ENDED)
    await listening.catch((err: unknown) => { if (err !== ENDED) throw err })
  }
}
