import { autoNAT } from '@libp2p/autonat'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { dcutr } from '@libp2p/dcutr'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper, removePrivateAddressesMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { optionalComponent } from '../components.ts'
import { addressBook } from '../services/address-book/index.ts'
import { bans } from '../services/bans/index.ts'
import { discovery } from '../services/discovery/index.ts'
import { gossipGuard, gossipScoring } from '../services/gossip-guard/index.ts'
import { messaging } from '../services/messaging/index.ts'
import { pex } from '../services/pex/index.ts'
import { pool } from '../services/pool/index.ts'
import { protocols } from '../services/protocols/index.ts'
import { scoring } from '../services/scoring/index.ts'
import { shards } from '../services/shards/index.ts'
import { messageFingerprint } from './message-fingerprint.ts'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import type { KadDHTInit } from '@libp2p/kad-dht'
import type { UPnPNAT, UPnPNATComponents } from '@libp2p/upnp-nat'
import type { ServiceFactoryMap } from 'libp2p'
import type { Bans, Scoring } from '../components.ts'
import type { DiscoveryInit } from '../services/discovery/index.ts'
import type { OwnerKeySource } from '../services/shards/index.ts'
import type { CheckedInit } from './checked.ts'
import type { AppNodeInit, AppServices } from './init.ts'

const IDENTIFY_TIMEOUT_MS = 10_000
// libp2p's half a minute is long for one who asks and then says nothing
const RELAY_HOP_TIMEOUT_MS = 10_000

/** What was made or loaded for the services that need more than options. */
export interface ServiceParts {
  sources: DiscoveryInit['sources']
  /** Absent when off. */
  upnp?: (components: UPnPNATComponents) => UPnPNAT
  /** Absent where the engine cannot be asked. */
  collectYoung?: () => void
  /** Absent where none is kept. */
  ownerKey?: OwnerKeySource
}

/** Pure: the factories that the options ask for. The keys are those that libp2p's modules look for. */
export function servicesOf (init: AppNodeInit, checked: CheckedInit, { sources, upnp, collectYoung, ownerKey }: ServiceParts): Partial<ServiceFactoryMap<AppServices & Record<string, unknown>>> {
  const { clock, rng } = init
  const { network, roles, dhtMode } = checked
  return {
    // a node that many others dial at once is slow to answer, and without it a connection is of no use
    identify: identify({ timeout: IDENTIFY_TIMEOUT_MS }),
    identifyPush: identifyPush(),
    ping: ping(),
    // libp2p's own modules know nothing of scoring and bans: what they can be told to ask is asked when it is needed
    pubsub: (components) => gossipsub(gossipsubInit(init.gossipsub, () => optionalComponent<Scoring>(components, 'scoring'), init.gossipGuard))(components),
    ...dhtMode === 'off' ? {} : {
      dht: (components) => kadDHT(dhtInit(network, dhtMode, init.dht?.lan === true, () => optionalComponent<Bans>(components, 'bans')))(components)
    },
    ...init.autonat === false ? {} : { autoNAT: autoNAT() },
    ...init.dcutr === false ? {} : { dcutr: dcutr() },
    ...checked.relayServer ? { circuitRelay: circuitRelayServer({ hopTimeout: RELAY_HOP_TIMEOUT_MS }) } : {},
    ...upnp == null ? {} : { upnp },
    scoring: scoring({ ...init.scoring, clock, rng }),
    bans: bans({ ...init.bans, clock, rng }),
    addressBook: addressBook({ ...init.addressBook, clock, rng }),
    pool: pool({ ...init.pool, clock, rng, roles, bootstrap: checked.bootstrap, peers: checked.peers }),
    pex: pex({ ...init.pex, clock, rng, network, roles }),
    discovery: discovery({ clock, rng, sources }),
    gossipGuard: gossipGuard({ ...init.gossipGuard, clock, rng }),
    protocols: protocols({ ...init.protocols, clock, rng }),
    messaging: messaging({ collectYoung, ...init.messaging, clock, rng, network }),
    shards: shards({ hold: init.dataDir != null || init.datastore != null, ...init.shards, ownerKey, clock, rng, network })
  }
}

const MAX_GOSSIP_STREAMS = 2
const MAX_GOSSIP_BUFFER_BYTES = 16 * 1024 * 1024

// to say that one has a message costs as much as a message of a few packets, and of those most are on their way by then
const MIN_UNWANTED_BYTES = 4_096

// libp2p limits each of these, but not what a frame full of empty ones costs together
const RPC_LIMITS = {
  maxSubscriptions: 5_000,
  maxMessages: 5_000,
  maxIhaveMessageIDs: 1_000,
  maxIwantMessageIDs: 1_000,
  maxIdontwantMessageIDs: 512,
  maxControlMessages: 256,
  maxPeerInfos: 16
}

/** Pure: a peer's score counts for gossip, too. */
export function gossipsubInit (init: Partial<GossipsubOpts> = {}, scoring: () => Scoring | undefined = () => undefined, guard: AppNodeInit['gossipGuard'] = {}): Partial<GossipsubOpts> {
  return {
    // for one peer that does not read; libp2p has no limit
    maxOutboundBufferSize: MAX_GOSSIP_BUFFER_BYTES,
    // a peer uses one, and another while it begins anew; the others would only be read
    maxInboundStreams: MAX_GOSSIP_STREAMS,
    decodeRpcLimits: RPC_LIMITS,
    fastMsgIdFn: messageFingerprint,
    batchPublish: true,
    idontwantMinDataSize: MIN_UNWANTED_BYTES,
    ...init,
    ...gossipScoring(scoring, init, guard)
  }
}

/** Pure: of peers that are banned nobody is told an address. */
export function dhtInit (network: string, mode: 'auto' | 'server' | 'client', lan: boolean, bans: () => Bans | undefined = () => undefined): KadDHTInit {
  const reachable = lan ? passthroughMapper : removePrivateAddressesMapper
  return {
    protocol: `/peerkeep/${network}/kad/1.0.0`,
    // undefined lets libp2p choose, and change, by the addresses this node turns out to have
    clientMode: mode === 'auto' ? undefined : mode === 'client',
    peerInfoMapper: (peer) => bans()?.isDenied({ peerId: peer.id }, 'dht') === true ? { ...peer, multiaddrs: [] } : reachable(peer)
  }
}
