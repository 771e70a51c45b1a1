import { ApiProblem, problemOf } from './problem.ts'
import { token, tokenRefused, tokenTaken } from './session.ts'

const TIMEOUT_MS = 15_000

export interface CallOptions {
  signal?: AbortSignal
  /** @default 15_000 */
  timeoutMs?: number
}

interface CallInit extends CallOptions {
  /** What is undefined or empty is left out. */
  query?: object
  /** Sent as JSON; a Blob as it is. */
  body?: unknown
}

/** Asks the node; throws an `ApiProblem`, or the reason that `signal` was aborted with. */
export async function call<T> (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, { query, body, signal, timeoutMs = TIMEOUT_MS }: CallInit = {}): Promise<T> {
  const raw = body instanceof Blob
  const response = await send(path + queryOf(query), {
    method,
    headers: body == null ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' },
    body: body == null ? undefined : raw ? body : JSON.stringify(body),
    signal: AbortSignal.any([...(signal == null ? [] : [signal]), AbortSignal.timeout(timeoutMs)])
  })
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** `fetch` with the token, that throws an `ApiProblem` for all but success. */
export async function send (path: string, init: RequestInit): Promise<Response> {
  const used = token.peek()
  const headers = new Headers(init.headers)
  if (used != null) headers.set('authorization', `Bearer ${used}`)
  let response: Response
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit', redirect: 'error' })
  } catch (error) {
    throw failureOf(error)
  }
  if (response.status === 401 && tokenRefused(used)) return await send(path, init)
  if (!response.ok) throw await problemOf(response)
  tokenTaken(used)
  return response
}

function failureOf (error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'TimeoutError') return new ApiProblem({ code: 'API_TIMEOUT', detail: 'The node did not answer in time', fix: 'It may be busy: try again' })
  if (error.name === 'TypeError') return new ApiProblem({ code: 'API_UNREACHABLE', detail: 'The node cannot be reached', fix: 'See whether it runs, and start it again if it does not' })
  return error
}

function queryOf (query: object = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value != null && value !== '').map(([name, value]) => [name, String(value)])
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
