import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { createLibp2p } from 'libp2p'
import { eventually } from './eventually.ts'
import { keyOf } from './signed-records.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { RPC } from '@libp2p/gossipsub/message'
import type { Libp2p } from '@libp2p/interface'
import type { OpenGossipSub } from '../../src/services/gossip-guard/open-gossipsub.ts'

export type GossipNode = Libp2p<{ pubsub: OpenGossipSub }>

export interface GossipNodeInit {
  seed: number
  gossip?: Partial<GossipsubOpts>
  /** More of them. */
  services?: Record<string, (components: any) => unknown>
}

/** A libp2p node with gossipsub, on the memory transport. */
export async function gossipNode ({ seed, gossip, services }: GossipNodeInit): Promise<GossipNode> {
  return await createLibp2p({
    privateKey: await keyOf(seed),
    addresses: { listen: [`/memory/gossip-${seed}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), pubsub: gossipsub(gossip), ...services }
  }) as unknown as GossipNode
}

/** Dials, and waits until each has a gossip stream to the other. */
export async function acquainted (from: GossipNode, to: GossipNode): Promise<void> {
  await from.dial(to.getMultiaddrs())
  await eventually('both have gossip streams', () => hasStreams(from, to) && hasStreams(to, from))
}

function hasStreams (node: GossipNode, other: GossipNode): boolean {
  const { streamsOutbound, streamsInbound } = node.services.pubsub as unknown as Record<'streamsOutbound' | 'streamsInbound', Map<string, unknown>>
  const id = other.peerId.toString()
  return streamsOutbound.has(id) && streamsInbound.has(id)
}

/** Whether `node` knows that the other is subscribed. */
export function hears (node: GossipNode, other: GossipNode, topic: string): boolean {
  return node.services.pubsub.getSubscribers(topic).some(peerId => peerId.equals(other.peerId))
}

/** Whether `node` has the other in its mesh. */
export function meshes (node: GossipNode, other: GossipNode, topic: string): boolean {
  return node.services.pubsub.mesh.get(topic)?.has(other.peerId.toString()) === true
}

/** Sends what `from` would never send. */
export function sendRpc (from: GossipNode, to: GossipNode, messages: RPC.Message[], rest: Partial<RPC> = {}): void {
  const { pubsub } = from.services as unknown as { pubsub: { sendRpc: (peer: string, rpc: RPC) => boolean } }
  pubsub.sendRpc(to.peerId.toString(), { subscriptions: [], messages, ...rest })
}
