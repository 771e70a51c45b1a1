import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { createAdminApi } from '../../src/http/index.ts'
import { createAppNode } from '../../src/index.ts'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { AdminApi, AdminApiInit } from '../../src/http/index.ts'
import type { AppNode, AppNodeInit } from '../../src/index.ts'

export const TOKEN = 'a-token-that-is-long-enough-for-the-tests'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** Parsed where it is JSON, text otherwise. */
  body: any
  text: string
}

export interface RequestExtra extends Omit<RequestOptions, 'headers'> {
  headers?: Record<string, string>
  /** Another token, or none. @default TOKEN */
  token?: string | null
}

/** A socket on which a test writes what it likes. */
export interface RawSocket {
  readonly socket: Socket
  write (text: string | Uint8Array): void
  /** All that came in, as text, so far. */
  readonly received: string
  /** Once what came in matches. */
  until (pattern: RegExp): Promise<string>
  /** All that came in, once the other side closed. */
  closed (): Promise<string>
  destroy (): void
}

/** An admin API on loopback, on any port, over a real node; both end with the block that has it by `await using`. */
export interface TestApi extends AsyncDisposable {
  readonly api: AdminApi
  readonly node: AppNode
  readonly url: string
  readonly port: number
  request (method: string, path: string, body?: unknown, extra?: RequestExtra): Promise<Answer>
  /** The answer as it comes in, for streams. Destroy it, or let the block end. */
  stream (method: string, path: string, body?: string | Uint8Array, extra?: RequestExtra): Promise<IncomingMessage>
  raw (): Promise<RawSocket>
}

export interface TestApiInit extends Partial<Omit<AdminApiInit, 'node'>> {
  /** A node of the test's own, which it stops itself; or options of the one that is made. */
  node?: AppNode | AppNodeInit
  listen?: Partial<Parameters<AdminApi['listen']>[0]>
}

export async function startAdminApi ({ node: given, listen, ...init }: TestApiInit = {}): Promise<TestApi> {
  const own = !isNode(given)
  const node = isNode(given) ? given : await createAppNode(given)
  const api = await createAdminApi({ node, token: TOKEN, ...init })
  const url = await api.listen({ host: '127.0.0.1', port: 0, ...listen })
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()

  const stream: TestApi['stream'] = async (method, path, body, { token = init.token ?? TOKEN, headers, ...extra } = {}) => {
    const request = (listen?.tls == null ? httpRequest : httpsRequest)({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(token == null ? {} : { authorization: `Bearer ${token}` }),
        // not chunked, which some methods would be otherwise
        ...(body == null ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...headers
      },
      ...extra
    })
    request.on('socket', socket => { keep(socket) })
    // it may be answered before all of it is sent, and cut then
    request.on('error', () => {})
    request.end(body)
    const [answer] = await once(request, 'response') as [IncomingMessage]
    return answer
  }
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    // the server may cut a connection whenever it likes
    socket.on('error', () => {}).once('close', () => { sockets.delete(socket) })
  }
  return {
    api,
    node,
    url,
    port: Number(port),
    stream,
    request: async (method, path, body, extra = {}) => {
      const raw = typeof body === 'string' || body instanceof Uint8Array
      const content = body == null ? undefined : raw ? body : JSON.stringify(body)
      const type: Record<string, string> = body == null ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }
      return await read(await stream(method, path, content, { ...extra, headers: { ...type, ...extra.headers } }))
    },
    raw: async () => {
      const raw = await connectRaw(Number(port), hostname.replaceAll(/[[\]]/g, ''))
      keep(raw.socket)
      return raw
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await api.close()
      if (own) await node.stop()
    }
  }
}

function isNode (given: AppNode | AppNodeInit | undefined): given is AppNode {
  return given != null && 'peerId' in given
}

async function read (answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const isJson = /\bjson\b/.test(answer.headers['content-type'] ?? '') && text !== ''
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: isJson ? JSON.parse(text) : text, text }
}

export async function connectRaw (port: number, host = '127.0.0.1'): Promise<RawSocket> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  // the other side may cut it whenever it likes
  socket.on('error', () => {})
  let received = ''
  let ended = false
  const waiting = new Set<() => void>()
  const wake = (): void => { for (const check of waiting) check() }
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk
    wake()
  }).once('close', () => {
    ended = true
    wake()
  })
  const when = async (done: () => boolean): Promise<string> => await new Promise((resolve, reject) => {
    const check = (): void => {
      if (!done() && !ended) return
      waiting.delete(check)
      if (done()) resolve(received)
      else reject(new Error(`the connection ended after: ${JSON.stringify(received)}`))
    }
    waiting.add(check)
    check()
  })
  return {
    socket,
    get received () { return received },
    write: text => { socket.write(text) },
    until: async pattern => await when(() => pattern.test(received)),
    closed: async () => await when(() => ended),
    destroy: () => { socket.destroy() }
  }
}
