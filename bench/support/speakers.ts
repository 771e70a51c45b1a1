import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createAppNode } from '../../dist/index.js'
import { networkTopic } from './speaker-contract.ts'
import { pause } from './wait.ts'
import type { GossipSub } from '@libp2p/gossipsub'
import type { Libp2p } from '@libp2p/interface'
import type { ArmName } from './speaker-contract.ts'

const EVENT = 'bench'
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
  stop (): Promise<void>
}

// the router's table, which the interface does not show
type WithMesh = GossipSub & { mesh: Map<string, Set<string>> }

/** `degree` mesh neighbours: all that there are, so that both arms have the same mesh. */
export async function speaker (arm: ArmName, degree: number, onMessage: (bytes: Uint8Array) => void): Promise<Speaker> {
  const gossip = { D: degree, Dlo: degree, Dhi: 2 * degree, Dout: 1 }
  return arm === 'messaging' ? messagingSpeaker(gossip, onMessage) : bareSpeaker(gossip, onMessage)
}

type Gossip = { D: number, Dlo: number, Dhi: number, Dout: number }

/** The application node, as it is but for whom it connects to. */
async function messagingSpeaker (gossip: Gossip, onMessage: (bytes: Uint8Array) => void): Promise<Speaker> {
  const node = await createAppNode({
    listen: [LISTEN],
    presence: false,
    dht: { mode: 'off' },
    autonat: false,
    dcutr: false,
    gossipsub: gossip,
    connectionManager: { addressDialTimeout: DIAL_TIMEOUT_MS },
    connectionMonitor: { enabled: false },
    pool: { feelerIntervalMs: 0, limits: { minPeers: 0, minOutbound: 0, acceptRate: { perSecond: 1e6, burst: 1e6 } } }
  })
  const { messaging, pubsub } = node.services
  messaging.on(EVENT, { encode: (bytes: Uint8Array) => bytes, decode: bytes => bytes }, onMessage)
  return {
    ...common(node, pubsub as WithMesh, networkTopic(EVENT)),
    say: async bytes => { await messaging.broadcast(EVENT, bytes) }
  }
}

/** libp2p's gossipsub and nothing else. */
async function bareSpeaker (gossip: Gossip, onMessage: (bytes: Uint8Array) => void): Promise<Speaker> {
  const node = await createLibp2p({
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
  const { pubsub } = node.services
  pubsub.subscribe(EVENT)
  pubsub.addEventListener('message', ({ detail }) => { if (detail.topic === EVENT) onMessage(detail.data) })
  return {
    ...common(node, pubsub as WithMesh, EVENT),
    say: async bytes => { await pubsub.publish(EVENT, bytes) }
  }
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

function common (node: Pick<Libp2p, 'dial' | 'getMultiaddrs' | 'stop'>, pubsub: WithMesh, topic: string): Omit<Speaker, 'say'> {
  return {
    address: () => String(node.getMultiaddrs()[0]),
    dial: async address => { await dialled(node, address) },
    neighbours: () => pubsub.mesh.get(topic)?.size ?? 0,
    stop: async () => { await node.stop() }
  }
}
