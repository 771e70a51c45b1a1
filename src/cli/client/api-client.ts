import { X509Certificate } from 'node:crypto'
import { AppError, describeError } from '../../errors.ts'
import { systemClock, timeoutSignal } from '../../util/clock.ts'
import { NodeRefusal } from '../failure.ts'
import { findEndpoint, notRunning } from './endpoint.ts'
import type { IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import type { PeerCertificate } from 'node:tls'
import type { Place } from '../../config/place-options.ts'
import type { Problem } from '../../http/schemas/common.ts'
import type { Endpoint } from './endpoint.ts'

/** `API_UNREACHABLE`, `API_TIMEOUT` or `API_ANSWER_INVALID`. */
export class ApiClientError extends AppError {}

export interface Ask {
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  body?: unknown
  signal?: AbortSignal
  /** For the whole answer. @default 30_000 */
  timeoutMs?: number
}

const TIMEOUT_MS = 30_000
/** Advice for those who call the routes themselves. */
const OF_ROUTES = /\/(?:v1\/|openapi\.json)/
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Asks the admin API of one node, which it looks for when it is first asked. */
export class ApiClient {
  readonly #place: Place
  #endpoint?: Promise<Endpoint>

  constructor (place: Place) {
    this.#place = place
  }

  async endpoint (): Promise<Endpoint> {
    return await (this.#endpoint ??= findEndpoint(this.#place))
  }

  /** It may have been started anew since, elsewhere. */
  forgetEndpoint (): void {
    this.#endpoint = undefined
  }

  /** The answer's JSON; undefined when there is none. Rejects with `NodeRefusal`, `EndpointError` or `ApiClientError`. */
  async get<T> (path: string, ask?: Omit<Ask, 'body'>): Promise<T> {
    return await this.#json('GET', path, ask) as T
  }

  async post<T> (path: string, ask?: Ask): Promise<T> {
    return await this.#json('POST', path, ask) as T
  }

  async patch<T> (path: string, ask?: Ask): Promise<T> {
    return await this.#json('PATCH', path, ask) as T
  }

  async delete<T = void> (path: string, ask?: Ask): Promise<T> {
    return await this.#json('DELETE', path, ask) as T
  }

  /** Sends bytes, however long that takes. */
  async upload<T> (path: string, query: Ask['query'], bytes: Readable, size: number): Promise<T> {
    const response = await this.#send('POST', path, { query }, { 'content-type': 'application/octet-stream', 'content-length': size }, bytes)
    return await this.#read(response) as T
  }

  /** An answer that has no end, after its headers. */
  async open (path: string, { query, signal }: Ask, headers: Record<string, string>): Promise<IncomingMessage> {
    const response = await this.#send('GET', path, { query, signal }, headers)
    if (response.statusCode !== 200) await this.#read(response, signal)
    return response
  }

  async #json (method: string, path: string, { query, body, signal, timeoutMs = TIMEOUT_MS }: Ask = {}): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const limit = timeoutSignal(systemClock, timeoutMs, signal)
    try {
      const headers: Record<string, string | number> = text == null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      return await this.#read(await this.#send(method, path, { query, signal: limit.signal }, headers, text), limit.signal)
    } finally {
      limit.clear()
    }
  }

  async #send (method: string, path: string, { query = {}, signal }: Pick<Ask, 'query' | 'signal'>, headers: Record<string, string | number>, body?: string | Readable): Promise<IncomingMessage> {
    const endpoint = await this.endpoint()
    const url = new URL(`${endpoint.url}${path}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
    const options: RequestOptions = { method, signal, headers: { ...headers, accept: 'application/json, text/event-stream', authorization: `Bearer ${endpoint.token}` } }
    // an import would load all that these modules can give, a WebSocket client among it
    const { request } = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, { ...options, ...trustOf(endpoint) })
      sent.once('response', resolve)
      sent.once('error', (err) => { reject(this.#failure(endpoint, err, signal)) })
      if (typeof body === 'object') {
        body.once('error', (err) => { sent.destroy(err) })
        body.pipe(sent)
      } else {
        sent.end(body)
      }
    })
  }

  async #read (response: IncomingMessage, signal?: AbortSignal): Promise<unknown> {
    const endpoint = await this.endpoint()
    const parts: Buffer[] = []
    let bytes = 0
    try {
      for await (const part of response as AsyncIterable<Buffer>) {
        parts.push(part)
        bytes += part.length
        if (bytes > MAX_ANSWER_BYTES) throw strange(endpoint, `more than ${MAX_ANSWER_BYTES} bytes`)
      }
    } catch (err) {
      throw err instanceof AppError ? err : this.#failure(endpoint, err, signal)
    }
    const { statusCode = 0 } = response
    const json = parse(Buffer.concat(parts).toString())
    if (statusCode >= 200 && statusCode < 300) {
      if (json === undefined && statusCode !== 204) throw strange(endpoint, 'no JSON')
      return json
    }
    if (!isProblem(json)) throw strange(endpoint, `status ${statusCode}`)
    throw new NodeRefusal(json.code, json.detail, { details: { status: json.status, ...(json.fix == null || OF_ROUTES.test(json.fix) ? {} : { fix: json.fix }) } })
  }

  #failure ({ url, dataDir }: Endpoint, cause: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted === true) {
      const reason: unknown = signal.reason
      return reason instanceof DOMException && reason.name === 'TimeoutError' ? new ApiClientError('API_TIMEOUT', `${url} did not answer in time`, { cause, details: { fix: 'try again; --timeout allows more where a command has it' } }) : reason
    }
    const { code } = cause as NodeJS.ErrnoException
    if (dataDir != null && code === 'ECONNREFUSED') return notRunning(dataDir, cause)
    return new ApiClientError('API_UNREACHABLE', `the admin API at ${url} cannot be asked: ${describeError(cause)}`, { cause, details: { fix: 'is the node running, and is --api-url right?' } })
  }
}

/** Of the node on this data directory its certificate is known; of another, what this machine trusts must vouch for it. */
function trustOf ({ certificate }: Endpoint): object {
  if (certificate == null) return {}
  // of what the file holds the first one is the node's; the others are of those who signed it, and sign for anybody
  const { raw } = new X509Certificate(certificate)
  const checkServerIdentity = (_: string, shown: PeerCertificate): Error | undefined => shown.raw.equals(raw) ? undefined : new Error('it shows another certificate than that of the node')
  return { ca: certificate, allowPartialTrustChain: true, checkServerIdentity }
}

function strange ({ url }: Endpoint, what: string): ApiClientError {
  return new ApiClientError('API_ANSWER_INVALID', `what answers at ${url} is no admin API of Peerkeep, or another version: ${what}`, { details: { fix: 'check --api-url' } })
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isProblem (json: unknown): json is Problem {
  const { code, detail } = (json ?? {}) as Partial<Problem>
  return typeof code === 'string' && typeof detail === 'string'
}
