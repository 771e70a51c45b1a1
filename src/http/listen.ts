import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { AppError } from '../errors.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { SECURITY_HEADERS } from './security/headers.ts'
import { bracketed } from './security/own-host.ts'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../util/clock.ts'
import type { Connections } from './security/connections.ts'
import type { ApiLimits } from './security/limits.ts'

/** `LISTEN_ADDRESS_IN_USE`, `LISTEN_ADDRESS_UNAVAILABLE`, `LISTEN_NOT_ALLOWED`, `LISTEN_FAILED` or `TLS_INVALID`. */
export class ApiListenError extends AppError {}

export interface ListenAt {
  /** An IP address of this machine, or `0.0.0.0` or `::` for all of them. */
  host: string
  /** 0 for one that the system chooses. */
  port: number
  /** PEM texts. */
  tls?: { cert: string, key: string }
}

export interface Listening {
  /** As others on this machine reach it. */
  readonly url: string
  /** Takes nothing new; what is being answered has `ms` to end. */
  close (clock: Clock, ms: number): Promise<void>
}

/** @throws ApiListenError */
export async function listen (at: ListenAt, handler: RequestListener, limits: ApiLimits, connections: Connections): Promise<Listening> {
  const server = makeServer(at, limits).on('clientError', answerBroken).on('request', (request, response) => {
    if (connections.admit(request, response)) handler(request, response)
  })
  server.timeout = limits.takeMs
  connections.watch(server)
  try {
    server.listen({ host: at.host, port: at.port, exclusive: true, ipv6Only: at.host.includes(':') })
    await once(server, 'listening')
  } catch (err) {
    throw listenError(at, err)
  }
  return {
    url: urlOf(at, server),
    close: async (clock, ms) => {
      const closed = once(server, 'close')
      server.close()
      const timer = clock.after(ms, () => { connections.destroy() })
      await closed
      timer.cancel()
    }
  }
}

function makeServer ({ tls, host, port }: ListenAt, { headerBytes, headersMs, keepAliveMs }: ApiLimits): Server {
  const options = {
    maxHeaderSize: headerBytes,
    headersTimeout: headersMs,
    // bodies have a deadline of their own, as some may be long
    requestTimeout: 0,
    connectionsCheckingInterval: Math.ceil(headersMs / 4),
    keepAliveTimeout: keepAliveMs
  }
  if (tls == null) return createServer(options)
  try {
    return createTlsServer({ ...options, ...tls, handshakeTimeout: headersMs })
  } catch (cause) {
    throw new ApiListenError('TLS_INVALID', `the certificate and the key cannot be used to listen on ${host}:${port}`, { cause, details: { fix: 'both must be PEM, and the key must be the certificate\'s' } })
  }
}

/** What is not HTTP, or came too slowly: a handshake of TLS too. */
function answerBroken (err: NodeJS.ErrnoException, socket: Socket): void {
  // an answer may be on its way on it; without HTTP nobody would take one
  if (!socket.writable || socket.bytesWritten > 0 || !/^(?:HPE_|ERR_HTTP_)/.test(err.code ?? '')) {
    socket.destroy()
    return
  }
  const told = problemOf({ code: FAULTS.has(err.code ?? '') ? err.code : 'HPE_INVALID' })
  const body = JSON.stringify(told)
  const headers = { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body), connection: 'close', ...SECURITY_HEADERS }
  socket.end(`HTTP/1.1 ${told.status} ${told.title}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}

const FAULTS = new Set(['HPE_HEADER_OVERFLOW', 'ERR_HTTP_REQUEST_TIMEOUT'])

function urlOf ({ host, tls }: ListenAt, server: Server): string {
  const { port } = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${tls == null ? 'http' : 'https'}://${bracketed(reachable)}:${port}`
}

export function listenError ({ host, port }: ListenAt, cause: unknown): ApiListenError {
  const code = String((cause as NodeJS.ErrnoException).code ?? cause)
  const where = `${bracketed(host)}:${port}`
  const make = (ours: string, why: string, fix: string): ApiListenError => new ApiListenError(ours, `the admin API cannot listen on ${where}: ${why}`, { cause, details: { host, port, fix } })
  switch (code) {
    case 'EADDRINUSE': return make('LISTEN_ADDRESS_IN_USE', `port ${port} is in use by another program`, `stop that program, or choose another port: --api-listen ${bracketed(host)}:0`)
    case 'EACCES': case 'EPERM': return make('LISTEN_NOT_ALLOWED', `this user may not use port ${port}`, 'choose a port above 1023')
    case 'EADDRNOTAVAIL': case 'EAFNOSUPPORT': case 'EINVAL': case 'ENOTFOUND':
      return make('LISTEN_ADDRESS_UNAVAILABLE', `this machine has no such address (${code})`, 'listen on 127.0.0.1')
    default: return make('LISTEN_FAILED', code, 'choose another address: --api-listen 127.0.0.1:0')
  }
}
