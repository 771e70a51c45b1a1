import { Type } from 'typebox'
import type { Routes } from '../context.ts'

/** For Prometheus; not there on a node that counts nothing. */
export const metricsRoutes: Routes = (app, { metrics }) => {
  if (metrics == null) return
  app.get('/metrics', {
    schema: {
      summary: 'figures of libp2p, of Peerkeep and of the process, for Prometheus',
      operationId: 'getMetrics',
      tags: ['node'],
      produces: ['text/plain'],
      response: { 200: Type.String({ description: 'the text format of Prometheus' }) }
    }
  }, async (_request, reply) => {
    const text = await metrics.render()
    return await reply.header('content-type', metrics.contentType).serializer(String).send(text)
  })
}
