import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { bootstrap as bootstrapList } from '@libp2p/bootstrap'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import { keyOf } from '../../support/signed-records.ts'
import type { VictimNode, VictimOptions } from './victim-contract.ts'

const LISTEN = ['/ip4/127.0.0.1/tcp/0']
const DEFAULT_SLOTS = 60

/** js-libp2p with the modules that Peerkeep uses and the limits it comes with, but for as many slots. */
export async function stockNode ({ seed = 1, listen = LISTEN, bootstrap = [], pool, gossipsub: gossip }: VictimOptions): Promise<VictimNode> {
  return await createLibp2p({
    privateKey: await keyOf(seed),
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: bootstrap.length > 0 ? [bootstrapList({ list: bootstrap, timeout: 0 })] : [],
    connectionManager: { maxConnections: pool?.limits?.maxPeers ?? DEFAULT_SLOTS },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: kadDHT({ protocol: '/peerkeep/main/kad/1.0.0', clientMode: false, peerInfoMapper: passthroughMapper }),
      pubsub: gossipsub(gossip)
    }
  })
}
