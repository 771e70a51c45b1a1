import { NodeInfo } from '../schemas/node.ts'
import { healthFacts, healthOf } from '../views/health.ts'
import { addressText } from '../views/known-peer.ts'
import { nodeInfo } from '../views/node-info.ts'
import type { ApiContext, Routes } from '../context.ts'
import type { NodeFacts } from '../views/node-info.ts'

export const nodeRoutes: Routes = (app, context) => {
  app.get('/v1/node', {
    schema: { summary: 'this node: who it is, where it listens, how it does', operationId: 'getNode', tags: ['node'], response: { 200: NodeInfo } }
  }, () => nodeInfo(nodeFacts(context)))
}

function nodeFacts ({ node, clock, versions, startedMs, dataDir, network, roles, peers }: ApiContext): NodeFacts {
  const { bans, messaging, pool, protocols, shards } = node.services
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const { own, held } = shards.snapshot()
  const { outbox } = messaging.snapshot()
  const index = peers.index()
  return {
    about: { peerId: node.peerId.toString(), network, roles, addresses: node.getMultiaddrs().map(addressText), startedMs, versions, ...dataDir == null ? {} : { dataDir } },
    nowMs: clock.now(),
    health: healthOf(healthFacts(node, index.connected.length)),
    index,
    counts: { dialing: pool.snapshot().dialing, banned: bans.list().length, outbox: outbox.queued + outbox.sent, vaultsOwned: own.length, vaultsHeld: held.length },
    protocolIds: node.getProtocols(),
    typed: protocols.snapshot().protocols,
    process: { pid: process.pid, rssBytes: rss, heapBytes: heapUsed, cpuMicroseconds: user + system }
  }
}
