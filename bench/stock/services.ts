import { autoNAT } from '@libp2p/autonat'
import { dcutr } from '@libp2p/dcutr'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'

/** The modules that Peerkeep uses, without the limits that would slow down a local network. */
export const stockServices = () => ({
  identify: identify(),
  identifyPush: identifyPush(),
  ping: ping(),
  dht: kadDHT({ protocol: '/ipfs/lan/kad/1.0.0', clientMode: false, peerInfoMapper: passthroughMapper }),
  pubsub: gossipsub({ scoreParams: { IPColocationFactorWeight: 0 } }),
  autoNAT: autoNAT(),
  dcutr: dcutr()
})
