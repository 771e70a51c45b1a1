import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { AppNode } from '../app-node/init.ts'
import type { Clock } from '../util/clock.ts'
import type { EventHub } from './events/event-hub.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Settings, SettingsChange } from './schemas/settings.ts'
import type { PeerDirectory } from './views/peer-directory.ts'

/** A fastify that knows the types of the route schemas. */
export type ApiApp = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>

/** The settings of the running program. */
export interface RunningSettings {
  list (): Settings['settings']
  /** All or none; throws an `AppError` that names the value. */
  change (change: SettingsChange): void
}

/** What Prometheus asks for. */
export interface MetricsSource {
  readonly contentType: string
  render (): Promise<string>
  /** Of all connections since the node was made. Absent where nobody counts. */
  traffic? (): { receivedBytes: number, sentBytes: number }
}

/** What a route may use. */
export interface ApiContext {
  readonly node: AppNode
  readonly clock: Clock
  readonly versions: { peerkeep: string, libp2p: string, node: string }
  /** Milliseconds since 1970. */
  readonly startedMs: number
  readonly dataDir?: string
  readonly network: string
  readonly roles: readonly string[]
  readonly events: EventHub
  readonly inbox: Inbox
  /** `new PeerDirectory({ node, clock })`; begins and ends with the routes of peers. */
  readonly peers: PeerDirectory
  readonly settings?: RunningSettings
  readonly metrics?: MetricsSource
}

/** Adds the routes of one part. */
export type Routes = (app: ApiApp, context: ApiContext) => void
