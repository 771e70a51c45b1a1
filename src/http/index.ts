/**
 * @packageDocumentation
 *
 * The admin API of a node: HTTP with JSON, server-sent events, metrics for Prometheus and the dashboard. Everything but the
 * dashboard's files and the health of the node needs the token. What there is stands in `/openapi.json`.
 *
 * It answers for one node in this process and changes only what the node itself lets others change. It is for whoever runs
 * the node, not for its users: there is one token, and it may do everything.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 * import { createAdminApi } from 'peerkeep/admin'
 *
 * const node = await createAppNode()
 * const api = await createAdminApi({ node, token: crypto.randomUUID() })
 * console.log(await api.listen({ host: '127.0.0.1', port: 4780 }))
 * await api.close()
 * await node.stop()
 * ```
 */
import { version as libp2p } from 'libp2p/version'
import { watch } from '../app-node/events.ts'
import { version as own } from '../platform/version.ts'
import { systemClock } from '../util/clock.ts'
import { buildApp } from './app.ts'
import { EventHub } from './events/event-hub.ts'
import { Inbox } from './inbox/inbox.ts'
import { listen } from './listen.ts'
import { ApiError } from './problem.ts'
import { Connections } from './security/connections.ts'
import { API_LIMITS } from './security/limits.ts'
import { checkToken } from './security/token.ts'
import { DASHBOARD } from './static.ts'
import { PeerDirectory } from './views/peer-directory.ts'
import type { AppNode } from '../app-node/init.ts'
import type { Clock } from '../util/clock.ts'
import type { ApiApp, MetricsSource, RunningSettings } from './context.ts'
import type { ListenAt, Listening } from './listen.ts'
import type { ApiLimits } from './security/limits.ts'

export { EventHub } from './events/event-hub.ts'
export { Inbox } from './inbox/inbox.ts'
export { ApiListenError } from './listen.ts'
export { ApiError } from './problem.ts'
export { API_LIMITS } from './security/limits.ts'
export { TokenError } from './security/token.ts'
export type { ApiApp, MetricsSource, RunningSettings } from './context.ts'
export type { ListenAt } from './listen.ts'
export type { ApiLimits } from './security/limits.ts'

export interface AdminApiInit {
  node: AppNode
  /** Whoever has it may do everything: 32 to 512 letters, digits and `._~+/=-`. */
  token: string
  /** @default Peerkeep's */
  version?: string
  clock?: Clock
  /** Milliseconds since 1970. @default now */
  startedMs?: number
  /** Where the node keeps its data, for people to know. */
  dataDir?: string
  /** @default 'main' */
  network?: string
  /** @default ['full'] */
  roles?: readonly string[]
  /** What happens. @default one that is told of the node's events from now on */
  events?: EventHub
  /** What others send. @default one that takes messages from now on, and no files */
  inbox?: Inbox
  /** What may be changed while the node runs. @default nothing */
  settings?: RunningSettings
  /** @default none: `/metrics` is not there */
  metrics?: MetricsSource
  /** Names by which it is asked for, beside the addresses it listens on: `node.example.org`, with a port unless it is 80, 443 or its own. @default [] */
  hosts?: readonly string[]
  /** Folder of the dashboard's built files. @default the one of this package */
  dashboard?: string
  limits?: Partial<ApiLimits>
}

export interface AdminApi {
  /** For requests without a network: `app.inject()`. */
  readonly app: ApiApp
  /** Where it listens. */
  readonly url: string | undefined
  /** Resolves to the URL. Rejects with `ApiListenError`. */
  listen (at: ListenAt): Promise<string>
  /** Within two seconds, also when there are requests and streams of events open. May be called more than once. */
  close (): Promise<void>
}

/**
 * The admin API of a node that has started; it does not listen yet. Rejects with `TokenError`, and without an `inbox` with
 * `MESSAGING_EVENT_TAKEN` when the application, or another admin API, takes the texts that peers send.
 */
export async function createAdminApi (init: AdminApiInit): Promise<AdminApi> {
  const { node, token, clock = systemClock } = init
  checkToken(token)
  const limits = { ...API_LIMITS, ...init.limits }
  const connections = new Connections({ max: limits.connections, maxWaiting: limits.pipelined })
  const events = init.events ?? new EventHub({ clock })
  const inbox = init.inbox ?? inboxOf(node, events, clock)
  const app = await buildApp({
    context: {
      node,
      clock,
      versions: { peerkeep: init.version ?? own, libp2p, node: process.versions.node },
      startedMs: init.startedMs ?? clock.now(),
      dataDir: init.dataDir,
      network: init.network ?? 'main',
      roles: init.roles ?? ['full'],
      events,
      inbox,
      peers: new PeerDirectory({ node, clock }),
      settings: init.settings,
      metrics: init.metrics
    },
    token,
    hosts: init.hosts ?? [],
    limits,
    connections,
    log: node.logger.forComponent('peerkeep:admin'),
    dashboard: init.dashboard ?? DASHBOARD
  })
  const unwatch = init.events == null ? watch(node, event => { events.publish(event) }) : undefined

  let listening: Promise<Listening> | undefined
  let url: string | undefined
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const [opened] = await Promise.allSettled([listening])
    const server = opened.status === 'fulfilled' ? opened.value : undefined
    // the routes end their streams while the server waits for them
    await Promise.all([server?.close(clock, limits.closeMs), app.close()])
    if (init.inbox == null) inbox.stop()
    unwatch?.()
    url = undefined
  }
  return {
    app,
    get url () { return url },
    listen: async at => {
      if (listening != null || closing != null) throw new ApiError('API_CONFLICT', 'this admin API listens already, or was closed', { details: { fix: 'make another one' } })
      listening = listen(at, (request, response) => { app.routing(request, response) }, limits, connections)
      try {
        url = (await listening).url
        return url
      } catch (err) {
        // another address may do
        listening = undefined
        throw err
      }
    },
    close: async () => { await (closing ??= close()) }
  }
}

function inboxOf ({ services: { messaging } }: AppNode, events: EventHub, clock: Clock): Inbox {
  const inbox = new Inbox({ messaging, publish: event => { events.publish(event) }, tell: event => { events.tell(event) }, clock })
  inbox.start()
  return inbox
}
