import fastify from 'fastify'
import { addNotFound } from './not-found.ts'
import { addOpenApi } from './openapi.ts'
import { problemHandler, problemOf, sendProblem } from './problem.ts'
import { banRoutes } from './routes/bans.ts'
import { eventRoutes } from './routes/events.ts'
import { fileRoutes } from './routes/files.ts'
import { healthRoutes } from './routes/health.ts'
import { messageRoutes } from './routes/messages.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { networkRoutes } from './routes/network.ts'
import { nodeRoutes } from './routes/node.ts'
import { peerRoutes } from './routes/peers.ts'
import { settingsRoutes } from './routes/settings.ts'
import { shardRoutes } from './routes/shards.ts'
import { addBodyDeadline } from './security/body-deadline.ts'
import { addGate } from './security/gate.ts'
import { SECURITY_HEADERS } from './security/headers.ts'
import { addDashboard } from './static.ts'
import { addValidation } from './validation.ts'
import type { Logger } from '@libp2p/interface'
import type { ApiApp, ApiContext, Routes } from './context.ts'
import type { Connections } from './security/connections.ts'
import type { ApiLimits } from './security/limits.ts'

export interface AppInit {
  context: ApiContext
  token: string
  hosts: readonly string[]
  limits: ApiLimits
  connections: Connections
  log: Logger
  /** Folder of the dashboard's built files. */
  dashboard: string
}

const ROUTES: readonly Routes[] = [
  healthRoutes, metricsRoutes, nodeRoutes, peerRoutes, banRoutes, networkRoutes, settingsRoutes, messageRoutes, fileRoutes, shardRoutes, eventRoutes
]

// the longest is a peer id or a prefix, each byte of which may be encoded
const MAX_PARAM_LENGTH = 512

/** The app with all its routes, ready to be given requests; it listens to nothing. */
export async function buildApp ({ context, token, hosts, limits, connections, log, dashboard }: AppInit): Promise<ApiApp> {
  const app: ApiApp = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // no hook sees these: by ending the connection, whatever else comes on it is not waited for
    frameworkErrors: (err, _request, reply) => { sendProblem(reply.headers({ ...SECURITY_HEADERS, connection: 'close' }), problemOf(err, log)) }
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(problemHandler(log))
  addValidation(app)
  addBodyDeadline(app, context.clock, limits.bodyMs)
  await addGate(app, { token, hosts, limits, connections, log })
  addNotFound(app)
  await addOpenApi(app, context.versions.peerkeep)
  for (const routes of ROUTES) routes(app, context)
  await addDashboard(app, dashboard)
  await app.ready()
  return app
}
