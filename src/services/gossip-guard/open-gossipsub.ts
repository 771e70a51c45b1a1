import type { GossipSub } from '@libp2p/gossipsub'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerScore, PeerScoreThresholds } from '@libp2p/gossipsub/score'
import type { PeerId } from '@libp2p/interface'

/**
 * What libp2p's gossipsub has in public, but not in its type. That all of it is there, and is called as it is relied on
 * here, is tested in `test/upstream/gossipsub.spec.ts`.
 */
export interface OpenGossipSub extends GossipSub {
  /** Those it exchanges with, by their ids. */
  readonly peers: ReadonlyMap<string, PeerId>
  /** How to send to those that it can send to; throws when too much waits already. */
  readonly streamsOutbound: ReadonlyMap<string, { push (bytes: Uint8Array): void }>
  readonly metrics: { onRpcSent (rpc: RPC, byteLength: number): void } | null
  /** The topics it is subscribed to, and its neighbours in each. */
  readonly mesh: ReadonlyMap<string, ReadonlySet<string>>
  readonly opts: { scoreThresholds: PeerScoreThresholds, dataTransform?: unknown }
  readonly score: PeerScore
  handleReceivedRpc: (from: PeerId, rpc: RPC) => Promise<void>
  /** False when there is no way to send it. */
  sendRpc: (peer: string, rpc: RPC) => boolean
  /** The same to several peers; those that it cannot be sent to are taken out. */
  sendRpcInBatch: (peers: Set<string>, rpc: RPC) => void
  /** Whether it listens to a peer at all. */
  acceptFrom: (peer: string) => boolean
  /** At most one second old. */
  getScore: (peer: string) => number
}

/** Gossipsub's own notes on a peer. */
export type PeerStats = PeerScore['peerStats'] extends Map<string, infer V> ? V : never

/** False for another implementation of pubsub. */
export function isOpen (pubsub: GossipSub): pubsub is OpenGossipSub {
  const { peers, streamsOutbound, mesh, score, handleReceivedRpc, sendRpc, sendRpcInBatch, acceptFrom, getScore } = pubsub as Partial<OpenGossipSub>
  return peers instanceof Map && streamsOutbound instanceof Map && mesh instanceof Map && score != null &&
    [handleReceivedRpc, sendRpc, sendRpcInBatch, acceptFrom, getScore, score.addPeer, score.removePeer, score.deliverMessage, score.rejectMessage, score.rejectInvalidMessage].every(method => typeof method === 'function')
}
