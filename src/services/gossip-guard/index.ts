/**
 * @packageDocumentation
 *
 * Makes gossipsub and scoring know of each other. What a peer sends over gossip counts in its score (first deliveries,
 * invalid messages, floods), its score counts in gossipsub, so that a reconnect no longer wipes it, and its messages are
 * limited before their signatures are checked. A peer that was graylisted and is forgiven gets a fresh connection. Messages
 * of one moment go to a neighbour together, as many at a time as others' gossipsub takes.
 *
 * It validates no content: that is for the validators of each topic.
 *
 * @example
 *
 * ```ts
 * import { createAppNode, topicScoreParams } from 'peerkeep'
 *
 * const node = await createAppNode({
 *   gossipsub: { scoreParams: { topics: { news: topicScoreParams({ messagesPerSecond: 2, peers: 100 }) } } }
 * })
 * node.services.pubsub.subscribe('news')
 * ```
 */
import { GossipGuardService } from './service.ts'
import type { GossipSub } from '@libp2p/gossipsub'
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, TypedEventTarget } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { FloodRate } from './flood-meter.ts'
import type { TopicTraffic } from './topic-score-params.ts'
import type { ServiceInit } from '../../components.ts'

export { gossipScoring } from './score-params.ts'
export { topicScoreParams } from './topic-score-params.ts'
export type { FloodRate } from './flood-meter.ts'
export type { GossipScoring } from './score-params.ts'
export type { TopicTraffic } from './topic-score-params.ts'

export interface GossipGuardEvents {
  /** Its gossip was ignored for a while, with its topics in it; it is forgiven now and asked to tell them again, by new streams or a new connection. */
  'peer:recycled': CustomEvent<{ peerId: PeerId }>
}

export interface GossipGuardSnapshot {
  /** Messages that came. Of these: over their sender's rate, or more than there was time for, */
  messages: number
  limited: number
  /** of a banned author or sender, */
  denied: number
  /** of a topic that this node is not subscribed to, */
  unwanted: number
  /** broken, badly signed or refused by the topic's validator. */
  invalid: number
  /** Not passed on, each time to one neighbour, since it had got as many as the rate allows. */
  withheld: number
  /** Peers that were forgiven and asked anew for their topics. */
  recycled: number
  gauges: Record<string, number>
}

export interface GossipGuard extends TypedEventTarget<GossipGuardEvents> {
  readonly rate: Readonly<FloodRate>
  /** Changes the rate of the running node, see `GossipGuardInit`. Throws `GOSSIP_RATE_INVALID`, and changes nothing. */
  setRate (rate: FloodRate): void
  /**
   * What a topic is expected to carry, for the scores of its peers, until the function that is returned is called. To be
   * said before the topic is subscribed to; what the options of gossipsub say of the topic wins. Throws `GOSSIP_TOPIC_TRAFFIC_INVALID`.
   */
  expect (topic: string, traffic: TopicTraffic): () => void
  snapshot (): GossipGuardSnapshot
}

export interface GossipGuardInit extends ServiceInit {
  /**
   * Messages from one peer, of its own or passed on; those over the rate are dropped before their signature is checked. A
   * mesh neighbour passes on nearly all that is said in the topics it shares with this node: give more than what they carry
   * together. A message counts once for each begun 16 KiB; topics and control messages may be twice as many. Whoever is
   * over it by a quarter, or for seconds, is charged for each twentieth of a second: at 1,000 messages a second it is
   * disconnected within three.
   *
   * This node passes on no more than the rate to each neighbour, either. So it is a rate of the network: a node with less than
   * its neighbours' charges them for what others had them pass on.
   *
   * @default { perSecond: 400, burst: 400 }
   */
  rate?: FloodRate
  /** Count loopback and private addresses like public ones. @default false */
  localAsPublic?: boolean
}

export interface GossipGuardComponents {
  peerId: PeerId
  connectionManager: ConnectionManager
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
  registrar: Registrar
  /** libp2p's gossipsub. With another implementation of pubsub the guard does nothing but say so in the log. */
  pubsub: GossipSub
}

/** Uses the optional components `scoring`, `bans` and `pool`. Throws `GOSSIP_RATE_INVALID`. */
export function gossipGuard (init: GossipGuardInit = {}): (components: GossipGuardComponents) => GossipGuard {
  return (components) => new GossipGuardService(components, init)
}
