import { topicScoreParams } from './topic-score-params.ts'
import type { OpenGossipSub } from './open-gossipsub.ts'
import type { TopicTraffic } from './topic-score-params.ts'

/**
 * Gives gossipsub the score parameters of a topic while it runs; those that it was made with win. Returns how to take them
 * back. Throws `GOSSIP_TOPIC_TRAFFIC_INVALID`.
 */
export function expectTopic ({ score }: OpenGossipSub, topic: string, traffic: TopicTraffic): () => void {
  const params = topicScoreParams(traffic)
  const { topics } = score.params
  if (Object.hasOwn(topics, topic)) return () => {}
  topics[topic] = params
  return () => {
    if (topics[topic] !== params) return
    delete topics[topic]
    // gossipsub takes it for granted that there are parameters for whatever it has notes on
    for (const stats of score.peerStats.values()) delete stats.topics[topic]
  }
}
