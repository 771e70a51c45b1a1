/** What the API allows, so that nobody can use it up. */
export interface ApiLimits {
  /** Bytes of a body, on routes that do not take more. @default 65_536 */
  bodyBytes: number
  /** Bytes of the URL and the headers together. @default 16_384 */
  headerBytes: number
  /** Milliseconds until the headers of a request are there. @default 10_000 */
  headersMs: number
  /** Milliseconds until a body is there; where it is streamed, the longest pause in it. @default 20_000 */
  bodyMs: number
  /** Milliseconds that a connection without a request stays open. @default 30_000 */
  keepAliveMs: number
  /** Milliseconds in which nothing of an answer is taken, until it is given up. @default 30_000 */
  takeMs: number
  /** Requests on one connection that may wait for their answers; one more ends it. @default 16 */
  pipelined: number
  /** Connections; above that those without a valid token go first, and then new ones. @default 512 */
  connections: number
  /** Requests without a valid token that an address gets told 401 for, in a minute; then 429. @default 10 */
  failuresPerMinute: number
  /** Requests of an address that change something, in a second. @default 100 */
  writesPerSecond: number
  /** All other requests of an address, in a second. @default 20_000 */
  readsPerSecond: number
  /** Milliseconds that requests have to end when the API closes. @default 1_000 */
  closeMs: number
}

export const API_LIMITS: Readonly<ApiLimits> = {
  bodyBytes: 65_536,
  headerBytes: 16_384,
  headersMs: 10_000,
  bodyMs: 20_000,
  keepAliveMs: 30_000,
  takeMs: 30_000,
  pipelined: 16,
  connections: 512,
  failuresPerMinute: 10,
  writesPerSecond: 100,
  readsPerSecond: 20_000,
  closeMs: 1_000
}
