import { HEALTH } from '../schemas/node.ts'
import { object, words } from '../schemas/common.ts'
import { healthFacts, healthOf } from '../views/health.ts'
import type { Routes } from '../context.ts'

const Probed = object({ state: words([...HEALTH, 'stopped']) })

/** For those who watch over the process; without the token, so that they say nothing but the state. */
export const healthRoutes: Routes = (app, { node }) => {
  const state = (): typeof HEALTH[number] | 'stopped' => {
    if (node.status !== 'started') return 'stopped'
    return healthOf(healthFacts(node, node.services.pool.peers().length)).state
  }
  const route = (summary: string, operationId: string) => ({
    config: { access: 'probe' as const },
    schema: { summary, operationId, tags: ['node'], response: { 200: Probed, 503: Probed } }
  })

  app.get('/healthz', route('whether the node runs; 503 when it does not, and had better be started anew', 'isAlive'), async (_request, reply) => {
    const now = state()
    return await reply.code(now === 'stopped' ? 503 : 200).send({ state: now })
  })

  app.get('/readyz', route('whether it has peers; 503 while it has none', 'isReady'), async (_request, reply) => {
    const now = state()
    return await reply.code(now === 'stopped' || now === 'isolated' ? 503 : 200).send({ state: now })
  })
}
