import { NetworkInfo } from '../schemas/network.ts'
import { healthFacts, healthOf } from '../views/health.ts'
import { networkInfo } from '../views/network-info.ts'
import type { SingleKadDHT } from '@libp2p/kad-dht'
import type { ApiContext, Routes } from '../context.ts'
import type { NetworkFacts } from '../views/network-info.ts'

export const networkRoutes: Routes = (app, context) => {
  app.get('/v1/network', {
    schema: { summary: 'the network as seen from here: who is known, who is connected how, what finds peers', operationId: 'getNetwork', tags: ['peers'], response: { 200: NetworkInfo } }
  }, () => networkInfo(networkFacts(context), context.node.services.scoring))
}

function networkFacts ({ node, network, peers }: ApiContext): NetworkFacts {
  const { dht, discovery, pex, pool, pubsub, scoring } = node.services
  const index = peers.index()
  return {
    self: node.peerId.toString(),
    network,
    index,
    health: healthOf(healthFacts(node, index.connected.length)),
    state: pool.state,
    wanted: pool.wanted(),
    sources: discovery.snapshot().sources,
    pex: pex.snapshot(),
    topics: pubsub.getTopics().map(topic => ({ topic, peers: pubsub.getSubscribers(topic).length })),
    ...dht == null ? {} : { dht: { mode: dht.getMode(), peers: (dht as SingleKadDHT).routingTable.size } },
    outage: scoring.isOutage()
  }
}
