import { hash } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { RPC } from '@libp2p/gossipsub/message'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createAppNode } from 'peerkeep'
import { networkTopic } from './speaker-contract.ts'
import { pause } from './wait.ts'
import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub'
import type { Libp2p, ServiceMap } from '@libp2p/interface'
import type { AppNode } from 'peerkeep'
import type { ArmName } from './speaker-contract.ts'

const TOPIC = 'bench'
const DIALS = 10
const DIAL_TIMEOUT_MS = 30_000
const RETRY_MS = 500
const LISTEN = '/ip4/127.0.0.1/tcp/0'

/** A node that says things to all, and hears what others say. */
export interface Speaker {
  address (): string
  dial (address: string): Promise<void>
  /** Mesh neighbours in the topic. */
  neighbours (): number
  say (bytes: Uint8Array): Promise<void>
}

/** `degree` mesh neighbours: all that there are, so that all arms have the same mesh. */
export async function speaker (arm: ArmName, degree: number, onMessage: (bytes: Uint8Array) => void): Promise<Speaker> {
  const mesh = { D: degree, Dlo: degree, Dhi: 2 * degree, Dout: 1 }
  if (arm === 'stock') return onTopic(await stockNode(mesh), onMessage)
  if (arm === 'options') return onTopic(await stockNode({ ...mesh, ...OPTIONS }), onMessage)
  const node = await peerkeepNode(mesh)
  return arm === 'gossip' ? onTopic(node, onMessage) : onEvent(node, onMessage)
}

type Mesh = Record<'D' | 'Dlo' | 'Dhi' | 'Dout', number>
type Node<S extends ServiceMap = ServiceMap> = Pick<Libp2p, 'dial' | 'getMultiaddrs'> & { services: S & { pubsub: GossipSub } }

/** What gossipsub's options can do, for whoever knows them all. */
const OPTIONS: Partial<GossipsubOpts> = {
  fastMsgIdFn: message => hash('sha256', RPC.Message.encode(message), 'base64'),
  batchPublish: true,
  idontwantMinDataSize: 4_096
}

/** The application node, as it is but for whom it connects to. */
async function peerkeepNode (mesh: Mesh): Promise<AppNode> {
  return createAppNode({
    listen: [LISTEN],
    presence: false,
    dht: { mode: 'off' },
    autonat: false,
    dcutr: false,
    gossipsub: mesh,
    connectionManager: { addressDialTimeout: DIAL_TIMEOUT_MS },
    connectionMonitor: { enabled: false },
    pool: { feelerIntervalMs: 0, limits: { minPeers: 0, minOutbound: 0, acceptRate: { perSecond: 1e6, burst: 1e6 } } }
  })
}

/** libp2p's gossipsub and nothing else. */
async function stockNode (gossip: Partial<GossipsubOpts>): Promise<Node> {
  return createLibp2p({
    addresses: { listen: [LISTEN] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { inboundConnectionThreshold: Infinity, reconnectRetries: 0, addressDialTimeout: DIAL_TIMEOUT_MS },
    connectionMonitor: { enabled: false },
    // many nodes on one address are no attack here
    services: { identify: identify(), pubsub: gossipsub({ ...gossip, scoreParams: { IPColocationFactorWeight: 0 } }) }
  })
}

function onTopic (node: Node, onMessage: (bytes: Uint8Array) => void): Speaker {
  const { pubsub } = node.services
  pubsub.subscribe(TOPIC)
  pubsub.addEventListener('message', ({ detail }) => { if (detail.topic === TOPIC) onMessage(detail.data) })
  return { ...common(node, TOPIC), say: async bytes => { await pubsub.publish(TOPIC, bytes) } }
}

function onEvent (node: AppNode, onMessage: (bytes: Uint8Array) => void): Speaker {
  const { messaging } = node.services
  messaging.on(TOPIC, { encode: (bytes: Uint8Array) => bytes, decode: bytes => bytes }, onMessage)
  return { ...common(node, networkTopic(TOPIC)), say: async bytes => { await messaging.broadcast(TOPIC, bytes) } }
}

/** A machine that starts a hundred nodes is slow to answer. */
async function dialled (node: Pick<Libp2p, 'dial'>, address: string): Promise<void> {
  for (let left = DIALS; ; left--) {
    try {
      await node.dial(multiaddr(address), { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) })
      return
    } catch (err) {
      if (left <= 1) throw err
      await pause(RETRY_MS)
    }
  }
}

function common (node: Node, topic: string): Omit<Speaker, 'say'> {
  // the router's table, which the interface does not show
  const { mesh } = node.services.pubsub as GossipSub & { mesh: Map<string, Set<string>> }
  return {
    address: () => String(node.getMultiaddrs()[0]),
    dial: async address => { await dialled(node, address) },
    neighbours: () => mesh.get(topic)?.size ?? 0
  }
}
