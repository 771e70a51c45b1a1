import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { Compile } from 'typebox/compile'
import { BanList } from '../../../src/http/schemas/ban.ts'
import { Inbox, Outbox, Topics } from '../../../src/http/schemas/message.ts'
import { NetworkInfo, Stats } from '../../../src/http/schemas/network.ts'
import { NodeInfo } from '../../../src/http/schemas/node.ts'
import { PeerDetail, PeerPage } from '../../../src/http/schemas/peer.ts'
import { Settings } from '../../../src/http/schemas/settings.ts'
import { VaultList } from '../../../src/http/schemas/shards.ts'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Static, TSchema } from 'typebox'
import type { FakeNetwork } from './fake-network.ts'

const DASHBOARD = join(import.meta.dirname, '../../../dist/dashboard')
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const SECOND_MS = 1_000

type Answer = (url: URL) => unknown

/** Throws where the answer is not what the schema of the real route says: the fake cannot drift away. */
function route<S extends TSchema> (schema: S, answer: (url: URL) => Static<S> | undefined): Answer {
  const validator = Compile(schema)
  return url => {
    const value = answer(url)
    if (value !== undefined && !validator.Check(value)) throw new Error(`${url.pathname}: ${JSON.stringify(validator.Errors(value)[0])}`)
    return value
  }
}

/** The built dashboard, with answers about a made-up network and so many events a second; `await using` ends it. */
export class FakeApi implements AsyncDisposable {
  readonly token = 'fake'
  readonly #server: Server
  readonly #timers: NodeJS.Timeout[] = []
  readonly #listeners = new Set<ServerResponse>()
  readonly #routes: Array<[RegExp, Answer]>
  /** Told to somebody. */
  told = 0

  private constructor (network: FakeNetwork) {
    this.#routes = [
      [/^\/v1\/node$/, route(NodeInfo, () => network.node())],
      [/^\/v1\/network$/, route(NetworkInfo, () => network.network())],
      [/^\/v1\/peers$/, route(PeerPage, ({ searchParams }) => network.page(searchParams))],
      [/^\/v1\/peers\/[^/]+$/, route(PeerDetail, ({ pathname }) => network.detail(pathname.split('/').at(-1)!))],
      [/^\/v1\/bans$/, route(BanList, () => ({ bans: network.bans(), allow: [], total: network.bans().length }))],
      [/^\/v1\/messages$/, route(Inbox, () => ({ messages: [], total: 0 }))],
      [/^\/v1\/outbox$/, route(Outbox, () => ({ entries: [], total: 0 }))],
      [/^\/v1\/topics$/, route(Topics, () => ({ topics: ['news'] }))],
      [/^\/v1\/shards$/, route(VaultList, () => ({ own: [], held: [], holding: true }))],
      [/^\/v1\/settings$/, route(Settings, () => ({ settings: [] }))]
    ]
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((err: Error) => response.writeHead(500, { 'content-type': 'application/problem+json' }).end(JSON.stringify({
        type: '/problems/fake', title: 'the fake failed', status: 500, code: 'FAKE', detail: err.stack
      })))
    })
  }

  static async start (network: FakeNetwork, eventsPerSecond: number): Promise<FakeApi> {
    const api = new FakeApi(network)
    api.#server.listen(0, '127.0.0.1')
    await once(api.#server, 'listening')
    const checked = Compile(Stats)
    api.#timers.push(
      setInterval(() => { api.#tell(network.step()) }, SECOND_MS / eventsPerSecond),
      setInterval(() => {
        const stats = network.stats()
        if (!checked.Check(stats)) throw new Error('stats that are none')
        api.#tell({ event: 'stats', ...stats })
      }, SECOND_MS)
    )
    return api
  }

  get url (): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    if (!url.pathname.startsWith('/v1/')) {
      const path = url.pathname === '/' ? '/index.html' : url.pathname
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(await readFile(join(DASHBOARD, path)))
      return
    }
    if (url.pathname === '/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
      this.#listeners.add(response)
      response.on('close', () => this.#listeners.delete(response))
      return
    }
    const value = this.#routes.find(([path]) => path.test(url.pathname))?.[1](url)
    if (value === undefined) {
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ type: '/problems/not_found', title: 'not found', status: 404, code: 'NOT_FOUND', detail: url.pathname }))
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }

  #tell (event: { event: string }): void {
    if (this.#listeners.size > 0) this.told++
    const data = JSON.stringify({ time: new Date().toISOString(), ...event })
    for (const listener of this.#listeners) listener.write(`id: ${this.told}\nevent: ${event.event}\ndata: ${data}\n\n`)
  }
}
