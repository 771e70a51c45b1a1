import { statfs } from 'node:fs/promises'
import { Gauge, Histogram } from 'prom-client'
import { version } from '../platform/version.ts'
import { exposeCounters } from '../util/gauges.ts'
import { healthFacts, healthOf } from './views/health.ts'
import type { StatsFs } from 'node:fs'
import type { GossipSub } from '@libp2p/gossipsub'
import type { AppNode } from '../app-node/init.ts'
import type { NodeEvent } from '../app-node/events.ts'
import type { NodeMetrics } from '../platform/metrics.ts'
import type { HeldVault } from '../services/shards/index.ts'

export interface NodeFacts {
  network: string
  /** Whose disk is looked at. */
  dataDir?: string
}

const SECOND = 1_000
const SCORE_BUCKETS = [-99, -80, -60, -40, -20, -10, -5, -1, 0, 5, 10, 15]
const ROUND_TRIP_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]

// an event that is counted for the first time has to have been none before: `increase()` would not see it
const NO_EVENTS: Record<NodeEvent['event'], number> = {
  'peer:discovered': 0,
  'peer:connected': 0,
  'peer:disconnected': 0,
  'peer:evicted': 0,
  'peer:checked': 0,
  'peer:misbehaviour': 0,
  'peer:recycled': 0,
  'standing:change': 0,
  'dial:failed': 0,
  'ban:added': 0,
  'ban:expired': 0,
  'ban:lifted': 0,
  'ban:spared': 0,
  'outage:start': 0,
  'outage:end': 0,
  'pool:isolated': 0,
  'pool:recovered': 0,
  'pool:woke': 0,
  'source:failed': 0,
  'message:queued': 0,
  'message:sent': 0,
  'message:delivered': 0,
  'message:expired': 0,
  'message:refused': 0,
  'handler:failed': 0,
  'event:unknown': 0,
  'vault:changed': 0,
  'vault:failed': 0,
  'holder:lied': 0,
  'holder:lost': 0
}

type Values = Record<string, number>

/** Adds what operators ask of a node and its services do not show by themselves. Returns what is to be told of every event of the node. */
export function exposeNode (nodeMetrics: NodeMetrics, node: AppNode, facts: NodeFacts): (event: NodeEvent) => void {
  const { registry } = nodeMetrics
  const metrics = nodeMetrics.metrics()
  const { bans, discovery, messaging, pex, pool, pubsub, scoring, shards } = node.services
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => { metrics.registerMetric(name, { help, calculate: async () => await read() }) }
  const gauges = (name: string, label: string, help: string, read: () => Values): void => { metrics.registerMetricGroup(name, { label, help, calculate: read }) }

  const info = { version, node: process.versions.node, network: facts.network }
  new Gauge({ name: 'peerkeep_build_info', help: 'Always 1: what runs here', labelNames: Object.keys(info), registers: [registry] }).set(info, 1)
  gauges('peerkeep_node_health', 'state', 'Whether the node is in this state, 0 or 1', () => {
    const { state } = healthOf(healthFacts(node, pool.peers().length))
    return { healthy: 0, degraded: 0, isolated: 0, [state]: 1 }
  })
  if (facts.dataDir != null) {
    const { dataDir } = facts
    gauge('peerkeep_node_disk_free_bytes', 'Free for this user on the disk of the data directory; NaN when it cannot be asked', async () => await onDisk(dataDir, ({ bsize, bavail }) => bsize * bavail))
    gauge('peerkeep_node_disk_size_bytes', 'Size of that disk; NaN when it cannot be asked', async () => await onDisk(dataDir, ({ bsize, blocks }) => bsize * blocks))
  }

  gauges('peerkeep_pool_peers', 'direction', 'Connected peers by who dialled', () => {
    const { inbound, outbound } = pool.snapshot()
    return { inbound, outbound }
  })
  gauges('peerkeep_pool_limit', 'limit', 'The limits of the pool', () => {
    const { acceptRate: _, ...limits } = pool.limits
    return limits
  })
  gauge('peerkeep_pool_wanted_peers', 'Peers that are looked for beyond those connected and dialled', () => pool.wanted())
  distribution(nodeMetrics, 'peerkeep_pool_round_trip_seconds', 'Round trips to the peers connected now', ROUND_TRIP_BUCKETS, () =>
    pool.peers().flatMap(({ rttMs }) => rttMs == null ? [] : [rttMs / SECOND]))

  distribution(nodeMetrics, 'peerkeep_scoring_score', 'Scores of the peers connected now, -100 (worst) to 20', SCORE_BUCKETS, () => pool.peers().map(({ peerId }) => scoring.score(peerId)))
  gauges('peerkeep_scoring_peers', 'standing', 'Connected peers by standing', () =>
    ({ good: 0, discouraged: 0, refused: 0, banned: 0, ...countBy(pool.peers(), ({ peerId }) => scoring.standing(peerId)) }))
  gauge('peerkeep_scoring_outage', 'Whether this node takes its own link for cut, 0 or 1: peers are not charged then', () => Number(scoring.isOutage()))
  gauges('peerkeep_bans_in_force', 'kind', 'Bans of peers, IPs and prefixes', () => ({ peer: 0, ip: 0, prefix: 0, ...countBy(bans.list(), ({ kind }) => kind) }))

  exposeCounters(metrics, 'discovery', 'sightings', 'source', () => sumBy(discovery.snapshot().sources, ({ name }) => name, ({ sightings }) => sightings))
  exposeCounters(metrics, 'discovery', 'failures', 'source', () => sumBy(discovery.snapshot().sources, ({ name }) => name, ({ failures }) => failures))
  exposeCounters(metrics, 'pex', 'exchanges', 'what', () => {
    const { asked, answered, pushed } = pex.snapshot()
    return { asked, answered, pushed }
  })
  exposeCounters(metrics, 'pex', 'records', 'outcome', () => {
    const { accepted, refused } = pex.snapshot()
    return { accepted, ...refused }
  })

  gauges('peerkeep_gossip_peers', 'topic', 'Peers known to subscribe to a topic of this node', () => Object.fromEntries(pubsub.getTopics().map(topic => [topic, pubsub.getSubscribers(topic).length])))
  if (hasMeshes(pubsub)) {
    gauges('peerkeep_gossip_mesh_peers', 'topic', 'Peers that messages of a topic are passed on to at once', () => Object.fromEntries(pubsub.getTopics().map(topic => [topic, pubsub.getMeshPeers(topic).length])))
  }

  gauges('peerkeep_messaging_outbox_messages', 'state', 'Direct messages not yet delivered', () => {
    const { queued, sent } = messaging.snapshot().outbox
    return { queued, sent }
  })
  gauge('peerkeep_messaging_outbox_bytes', 'Bytes of direct messages not yet delivered', () => messaging.snapshot().outbox.bytes)
  gauge('peerkeep_messaging_mailbox_messages', 'Sealed messages kept for others', () => messaging.snapshot().mailbox.messages)
  gauge('peerkeep_messaging_mailbox_bytes', 'Bytes of sealed messages kept for others', () => messaging.snapshot().mailbox.bytes)
  exposeCounters(metrics, 'messaging', 'mailbox_lost', 'reason', () => messaging.snapshot().mailbox.lost)
  exposeCounters(metrics, 'messaging', 'broadcasts', 'what', () => messaging.snapshot().broadcast)
  exposeCounters(metrics, 'messaging', 'file_bytes', 'direction', () => {
    const { sentBytes, receivedBytes } = messaging.snapshot().files
    return { sent: sentBytes, received: receivedBytes }
  })

  gauge('peerkeep_shards_own_vaults', 'Vaults of this node\'s owner that it knows of', () => shards.snapshot().own.length)
  gauges('peerkeep_shards_held_vaults', 'state', 'Vaults held here by how many of their holders are well', () =>
    ({ whole: 0, short: 0, endangered: 0, unopenable: 0, ...countBy(shards.snapshot().held, stateOf) }))
  gauge('peerkeep_shards_held_bytes', 'Bytes of encrypted secrets held for others', () => shards.snapshot().held.reduce((sum, { bytes }) => sum + bytes, 0))

  const counts = { ...NO_EVENTS }
  exposeCounters(metrics, 'node', 'events', 'event', () => counts)
  return ({ event }) => { counts[event]++ }
}

/** A disk that fails must not hide what else there is to tell. */
async function onDisk (dir: string, read: (stats: StatsFs) => number): Promise<number> {
  try {
    return read(await statfs(dir))
  } catch {
    return NaN
  }
}

/** The interface of gossipsub leaves it out; what an application has in its place may not have it. */
function hasMeshes (pubsub: GossipSub): pubsub is GossipSub & { getMeshPeers (topic: string): string[] } {
  return 'getMeshPeers' in pubsub
}

/** How far a vault is from being lost, as this holder sees it. */
function stateOf ({ healthy, holders, threshold }: HeldVault): string {
  if (healthy >= holders) return 'whole'
  if (healthy > threshold) return 'short'
  return healthy === threshold ? 'endangered' : 'unopenable'
}

/** How the values are spread now: unlike other histograms it forgets those of before. */
function distribution ({ registry }: NodeMetrics, name: string, help: string, buckets: number[], read: () => number[]): void {
  registry.registerMetric(new Histogram({
    name,
    help,
    buckets,
    registers: [],
    collect () {
      this.reset()
      this.zero({})
      for (const value of read()) this.observe(value)
    }
  }))
}

function countBy<T> (items: readonly T[], keyOf: (item: T) => string): Values {
  return sumBy(items, keyOf, () => 1)
}

function sumBy<T> (items: readonly T[], keyOf: (item: T) => string, valueOf: (item: T) => number): Values {
  const sums: Values = {}
  for (const item of items) sums[keyOf(item)] = (sums[keyOf(item)] ?? 0) + valueOf(item)
  return sums
}
