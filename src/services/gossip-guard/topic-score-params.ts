import { GossipGuardError } from './gossip-guard-error.ts'
import type { TopicScoreParams } from '@libp2p/gossipsub/score'

/** What is expected of a topic when all is well. */
export interface TopicTraffic {
  /** Messages a second in the whole topic, of all authors together, 0.000001 (one in 12 days) to 10,000. */
  messagesPerSecond: number
  /** Subscribers of the topic in the network, 2 or more. */
  peers: number
  /** Mesh neighbours a subscriber has, gossipsub's `D`, 1 to 100. @default 6 */
  meshSize?: number
  /** How much good conduct in this topic counts beside other topics, 0.01 to 1; bad conduct counts the same in all. @default 1 */
  weight?: number
}

/** The most that all topics together add to a peer's score in gossipsub. */
export const MAX_TOPICS_SCORE = 5
/** How often gossipsub lets its counters decay. */
export const SCORE_INTERVAL_MS = 1_000

const MIN_MESSAGES_PER_SECOND = 1e-6
const MAX_MESSAGES_PER_SECOND = 10_000
const MAX_PEERS = 1e9
const MAX_MESH_SIZE = 100
const MIN_WEIGHT = 0.01

const MESH_TIME_SCORE = 1
const DELIVERY_SCORE = 4
const MESH_TIME_QUANTUM_MS = 60_000
const MESH_TIME_CAP = 60
/** Half-life of what a peer delivered. */
const DELIVERY_HALF_LIFE_S = 300
const INVALID_HALF_LIFE_S = 600
/** Times the square of how many were invalid: 5 are below the graylist threshold of -35; 6 if its own score is the best, 20. */
const INVALID_WEIGHT = -2

// A mesh neighbour that is always slower than the others brings a part of what they share evenly; to bring a sixth of such
// a slow one's part is a shortage. Where a slow one brings 80 messages it is not by chance: the odds are below 1e-9.
const SLOW_SHARE = 0.5
const SHORTAGE = 1 / 6
const TELLING_MESSAGES = 80
/** Of somebody who brings nothing at all: it leaves the mesh for others, no more. */
const SHORTAGE_SCORE = -5
/** How fast it is forgotten that somebody left the mesh for a shortage. */
const SHORTAGE_HALF_LIFE_S = 60
/** Echoes of what this node has just sent come later than this. */
const NEAR_FIRST_MS = 500

/** The factor for a counter that halves in so many seconds. */
export function perInterval (halfLifeS: number): number {
  return 0.5 ** (SCORE_INTERVAL_MS / 1_000 / halfLifeS)
}

/**
 * Gossipsub's parameters of one topic, from the traffic expected there. An honest peer gains; one that sends only invalid
 * messages is graylisted at the fifth, or the sixth if it has earned the best score before; one that keeps messages back leaves the mesh, in topics that are busy
 * enough to tell that from chance.
 *
 * Throws `GOSSIP_TOPIC_TRAFFIC_INVALID`.
 */
export function topicScoreParams ({ messagesPerSecond, peers, meshSize = 6, weight = 1 }: TopicTraffic): TopicScoreParams {
  within('messagesPerSecond', messagesPerSecond, MIN_MESSAGES_PER_SECOND, MAX_MESSAGES_PER_SECOND)
  within('peers', peers, 2, MAX_PEERS)
  within('meshSize', meshSize, 1, MAX_MESH_SIZE)
  within('weight', weight, MIN_WEIGHT, 1)
  const neighbours = Math.min(meshSize, peers - 1)
  // what the others send, brought by each neighbour in turn
  const firstsPerSecond = messagesPerSecond * (peers - 1) / peers / neighbours
  const decay = perInterval(DELIVERY_HALF_LIFE_S)
  /** Where a counter settles that gains this much a second. */
  const settled = (perSecond: number): number => perSecond * SCORE_INTERVAL_MS / 1_000 / (1 - decay)
  const firstsCap = Math.max(1, settled(2 * firstsPerSecond))
  const slow = settled(firstsPerSecond * SLOW_SHARE)
  const threshold = slow * SHORTAGE
  const shortageWeight = slow < TELLING_MESSAGES ? 0 : SHORTAGE_SCORE / threshold ** 2 / weight
  return {
    topicWeight: weight,
    timeInMeshWeight: MESH_TIME_SCORE / MESH_TIME_CAP,
    timeInMeshQuantum: MESH_TIME_QUANTUM_MS,
    timeInMeshCap: MESH_TIME_CAP,
    firstMessageDeliveriesWeight: DELIVERY_SCORE / firstsCap,
    firstMessageDeliveriesDecay: decay,
    firstMessageDeliveriesCap: firstsCap,
    meshMessageDeliveriesWeight: shortageWeight,
    meshMessageDeliveriesDecay: decay,
    meshMessageDeliveriesCap: Math.max(1, settled(messagesPerSecond)),
    meshMessageDeliveriesThreshold: Math.max(1, threshold),
    meshMessageDeliveriesWindow: NEAR_FIRST_MS,
    // by then a slow one's counter has three quarters of where it settles
    meshMessageDeliveriesActivation: 2 * DELIVERY_HALF_LIFE_S * 1_000,
    meshFailurePenaltyWeight: shortageWeight,
    meshFailurePenaltyDecay: perInterval(SHORTAGE_HALF_LIFE_S),
    invalidMessageDeliveriesWeight: INVALID_WEIGHT / weight,
    invalidMessageDeliveriesDecay: perInterval(INVALID_HALF_LIFE_S)
  }
}

function within (name: keyof TopicTraffic, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  throw new GossipGuardError('GOSSIP_TOPIC_TRAFFIC_INVALID', `${name} is ${value}, but must be a number from ${least} to ${most}: give what the topic is expected to carry`, { details: { [name]: value } })
}
