import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { createAppNode } from '../../dist/index.js'
import { checkInit } from '../../src/app-node/checked.ts'
import { libp2pOptions } from '../../src/app-node/libp2p-options.ts'
import { cachePeers } from '../../src/app-node/peer-store-cache.ts'
import { createTransports } from '../../src/platform/transports.ts'
import { stockServices } from '../stock/services.ts'
import { hyperdhtDialler, hyperdhtListener } from './hyperdht-peer.ts'
import { plainNode } from './plain-node.ts'
import { tlsDialler, tlsListener } from './tls-ends.ts'
import { pause } from './wait.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'
import type { ArmName } from './dial-contract.ts'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']

export interface Listener {
  address: string
}

export interface Dialler {
  /** One connection, until both know each other and `holdMs` more. */
  dial (holdMs: number): Promise<void>
  /** The other side knows this node. */
  identified (): void
  peer: string
}

export async function listener (arm: ArmName, onIdentified: (peer: string) => void): Promise<Listener> {
  if (arm === 'TLS') return tlsListener(onIdentified)
  if (arm === 'hyperdht') return hyperdhtListener(onIdentified)
  const node = await NODES[arm](LISTEN)
  node.addEventListener('peer:identify', ({ detail }) => { onIdentified(detail.peerId.toString()) })
  return { address: String(node.getMultiaddrs()[0]) }
}

export async function dialler (arm: ArmName, address: string): Promise<Dialler> {
  if (arm === 'TLS') return tlsDialler(address)
  if (arm === 'hyperdht') return hyperdhtDialler(address)
  const node = await NODES[arm]([])
  const target = multiaddr(address)
  let mine = Promise.withResolvers<void>()
  let theirs = Promise.withResolvers<void>()
  node.addEventListener('peer:identify', () => { mine.resolve() })
  return {
    peer: node.peerId.toString(),
    identified: () => { theirs.resolve() },
    async dial (holdMs) {
      mine = Promise.withResolvers()
      theirs = Promise.withResolvers()
      // the DHT dials, too, when it looks for whom it knows
      const connection = await node.dial(target, { force: true })
      await Promise.all([mine.promise, theirs.promise])
      await pause(holdMs)
      const gone = disconnected(node, connection.remotePeer)
      await node.hangUp(connection.remotePeer)
      await gone
    }
  }
}

async function disconnected (node: Libp2p, peer: PeerId): Promise<void> {
  await new Promise<void>(resolve => {
    const onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
      if (!detail.equals(peer)) return
      node.removeEventListener('peer:disconnect', onDisconnect)
      resolve()
    }
    node.addEventListener('peer:disconnect', onDisconnect)
  })
}

const NODES: Record<Exclude<ArmName, 'TLS' | 'hyperdht'>, (listen: string[]) => Promise<Libp2p>> = {
  stock: plainNode,
  ours: bareNode,
  'stock, all modules': fullNode,
  AppNode: async listen => createAppNode({
    listen,
    presence: false,
    dht: { lan: true },
    connectionMonitor: { enabled: false },
    // who comes and goes all the time is refused otherwise
    bans: { allow: ['127.0.0.1'] },
    pool: { feelerIntervalMs: 0, limits: { minPeers: 0, minOutbound: 0, acceptRate: { perSecond: 1e6, burst: 1e6 } } }
  })
}

/** What an AppNode is built on, without any service but identify. */
async function bareNode (listen: string[]): Promise<Libp2p> {
  const parts = { privateKey: await generateKeyPair('Ed25519'), transports: await createTransports({}) }
  const node = await createLibp2p({
    ...libp2pOptions({ connectionMonitor: { enabled: false } }, checkInit({ listen }), parts),
    services: { identify: identify() }
  })
  cachePeers(node.peerStore, node.peerId)
  return node
}

/** libp2p with the modules that an AppNode has. */
async function fullNode (listen: string[]): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen },
    transports: [tcp(), webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000, reconnectRetries: 0 },
    connectionMonitor: { enabled: false },
    services: stockServices()
  })
}
