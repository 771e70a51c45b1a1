import { Type } from 'typebox'
import { Count, PeerIdText, TimeMs, object, words } from './common.ts'
import { STANDINGS } from './peer.ts'
import { Health } from './node.ts'
import type { Static } from 'typebox'

/** A connected peer as a point of the graph; the link to it is the one from this node, or through `relay`. */
export const GraphPeer = object({
  peerId: PeerIdText,
  roles: Type.Array(Type.String()),
  direction: words(['inbound', 'outbound']),
  rttMs: Type.Optional(Type.Number()),
  score: Type.Number(),
  standing: words(STANDINGS),
  relay: Type.Optional(PeerIdText)
})
export type GraphPeer = Static<typeof GraphPeer>

export const NetworkInfo = object({
  network: Type.String(),
  health: Health,
  state: words(['starting', 'isolated', 'connected']),
  known: Count,
  /** Peers connected now. */
  active: Count,
  wanted: Count,
  lastDiscoveryMs: Type.Optional(TimeMs),
  sources: Type.Array(object({
    name: Type.String(),
    found: Count,
    lastFoundMs: Type.Optional(TimeMs),
    failure: Type.Optional(Type.String())
  })),
  topology: object({ self: PeerIdText, peers: Type.Array(GraphPeer) }, 'as seen from here'),
  topics: Type.Array(object({ topic: Type.String(), peers: Count, subscribed: Type.Boolean() })),
  dht: Type.Optional(object({ mode: Type.String(), peers: Count })),
  outage: Type.Boolean()
})
export type NetworkInfo = Static<typeof NetworkInfo>

/** Rates over the last second; the event `stats`. */
export const Stats = object({
  timeMs: TimeMs,
  connected: Count,
  inbound: Count,
  outbound: Count,
  /** Of all connections; absent where nobody counts. */
  bytesInPerSecond: Type.Optional(Type.Number()),
  bytesOutPerSecond: Type.Optional(Type.Number()),
  messagesInPerSecond: Type.Number(),
  messagesOutPerSecond: Type.Number(),
  broadcastsInPerSecond: Type.Number(),
  rssBytes: Count,
  eventLoopP99Ms: Type.Number()
})
export type Stats = Static<typeof Stats>
