import { autoNAT } from '@libp2p/autonat'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { dcutr } from '@libp2p/dcutr'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper, removePrivateAddressesMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { addressBook } from '../services/address-book/index.ts'
import { discovery } from '../services/discovery/index.ts'
import { pex } from '../services/pex/index.ts'
import { pool } from '../services/pool/index.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { KadDHTInit } from '@libp2p/kad-dht'
import type { UPnPNAT, UPnPNATComponents } from '@libp2p/upnp-nat'
import type { ServiceFactoryMap } from 'libp2p'
import type { DiscoveryInit } from '../services/discovery/index.ts'
import type { CheckedInit } from './checked.ts'
import type { AppNodeInit, AppServices } from './init.ts'

const IDENTIFY_TIMEOUT_MS = 10_000

/** What was made or loaded for the services that need more than options. */
export interface ServiceParts {
  sources: DiscoveryInit['sources']
  /** Absent when off. */
  upnp?: (components: UPnPNATComponents) => UPnPNAT
}

/** Pure: the factories that the options ask for. The keys are those that libp2p's modules look for. */
export function servicesOf (init: AppNodeInit, checked: CheckedInit, { sources, upnp }: ServiceParts): Partial<ServiceFactoryMap<AppServices & Record<string, unknown>>> {
  const { clock, rng } = init
  const { network, roles, dhtMode } = checked
  return {
    // a node that many others dial at once is slow to answer, and without it a connection is of no use
    identify: identify({ timeout: IDENTIFY_TIMEOUT_MS }),
    identifyPush: identifyPush(),
    ping: ping(),
    pubsub: gossipsub(gossipsubInit(init.gossipsub)),
    ...dhtMode === 'off' ? {} : { dht: kadDHT(dhtInit(network, dhtMode, init.dht?.lan === true)) },
    ...init.autonat === false ? {} : { autoNAT: autoNAT() },
    ...init.dcutr === false ? {} : { dcutr: dcutr() },
    ...checked.relayServer ? { circuitRelay: circuitRelayServer() } : {},
    ...upnp == null ? {} : { upnp },
    addressBook: addressBook({ ...init.addressBook, clock, rng }),
    pool: pool({ ...init.pool, clock, rng, roles, bootstrap: checked.bootstrap, peers: checked.peers }),
    pex: pex({ ...init.pex, clock, rng, network, roles }),
    discovery: discovery({ clock, rng, sources })
  }
}

const MAX_GOSSIP_BUFFER_BYTES = 16 * 1024 * 1024

/** Pure. */
export function gossipsubInit (init: Partial<GossipsubOpts> = {}): Partial<GossipsubOpts> {
  return {
    // for one peer that does not read; libp2p has no limit
    maxOutboundBufferSize: MAX_GOSSIP_BUFFER_BYTES,
    ...init,
    // Ignores every message of honest peers behind one address (one machine, one NAT) from the eleventh on; the pool's
    // limits per IP and subnet do what this is for.
    scoreParams: { IPColocationFactorWeight: 0, ...init.scoreParams }
  }
}

/** Pure. */
export function dhtInit (network: string, mode: 'auto' | 'server' | 'client', lan: boolean): KadDHTInit {
  return {
    protocol: `/peerkeep/${network}/kad/1.0.0`,
    // undefined lets libp2p choose, and change, by the addresses this node turns out to have
    clientMode: mode === 'auto' ? undefined : mode === 'client',
    peerInfoMapper: lan ? passthroughMapper : removePrivateAddressesMapper
  }
}
