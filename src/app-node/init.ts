import type { Identify, IdentifyPush } from '@libp2p/identify'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub'
import type { Libp2p, PrivateKey, ServiceMap } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import type { Ping } from '@libp2p/ping'
import type { UPnPNAT } from '@libp2p/upnp-nat'
import type { Libp2pOptions, ServiceFactoryMap } from 'libp2p'
import type { Role, ServiceInit } from '../components.ts'
import type { AppError } from '../errors.ts'
import type { AddressBook, AddressBookInit } from '../services/address-book/index.ts'
import type { BansInit, PeerBans } from '../services/bans/index.ts'
import type { Discovery } from '../services/discovery/index.ts'
import type { GossipGuard, GossipGuardInit } from '../services/gossip-guard/index.ts'
import type { Messaging, MessagingInit } from '../services/messaging/index.ts'
import type { Pex, PexInit } from '../services/pex/index.ts'
import type { Pool, PoolInit } from '../services/pool/index.ts'
import type { Protocols, ProtocolsInit } from '../services/protocols/index.ts'
import type { PeerScoring, ScoringInit } from '../services/scoring/index.ts'
import type { Shards, ShardsInit } from '../services/shards/index.ts'

/** What every AppNode has in `services`, beside those the application adds. A type, not an interface, so that it is a `ServiceMap`. */
export type AppServices = {
  identify: Identify
  identifyPush: IdentifyPush
  ping: Ping
  pubsub: GossipSub
  scoring: PeerScoring
  bans: PeerBans
  addressBook: AddressBook
  pool: Pool
  pex: Pex
  discovery: Discovery
  gossipGuard: GossipGuard
  protocols: Protocols
  messaging: Messaging
  shards: Shards
  /** Absent when `dht.mode` is `off`. */
  dht?: KadDHT
  /** Absent when `relay.server` is off. */
  circuitRelay?: CircuitRelayService
  /** Absent when `autonat` is off. */
  autoNAT?: unknown
  /** Absent when `dcutr` is off. */
  dcutr?: unknown
  /** Absent unless `upnp` is on. */
  upnp?: UPnPNAT
}

/** A libp2p node like any other, with more services. */
export type AppNode<S extends ServiceMap = {}> = {
  start (): Promise<void>
  /** Also closes what was opened in `dataDir`. */
  stop (): Promise<void>
} & Libp2p<AppServices & S>

/** What a service factory is given: libp2p's components and every service that was made before it. */
type AppComponents<S extends ServiceMap> = Parameters<ServiceFactoryMap[string]>[0] & AppServices & S

/**
 * Peerkeep's options, beside every option of `createLibp2p()`. Those win over what Peerkeep would choose: lists replace,
 * objects merge one level deep, `services` are added.
 */
export interface AppNodeInit<S extends ServiceMap = {}> extends Omit<Libp2pOptions<S>, 'services'>, ServiceInit {
  /** The application's own services. They find Peerkeep's among their components, and one of the same name replaces it. */
  services?: { [Name in keyof S]: (components: AppComponents<S>) => S[Name] }
  /** Folder of the identity and the datastore; only one node at a time may use it. @default none: everything in memory */
  dataDir?: string
  /** Encrypts the identity file when it is made, and opens it. @default none */
  passphrase?: string
  /** Multiaddrs to listen on. @default [] */
  listen?: string[]
  /** Multiaddrs to tell others instead of those listened on. @default [] */
  announce?: string[]
  /** Multiaddrs of peers by which the network is found. @default [] */
  bootstrap?: string[]
  /** Multiaddrs of peers to stay connected to for ever. @default [] */
  peers?: string[]
  /** Nodes of different networks have nothing to do with each other. Letters, digits, `.`, `_` and `-`, at most 64. @default 'main' */
  network?: string
  /** What this node is for others. @default ['full'] */
  roles?: Role[]
  /** Find peers on the local network. `serviceTag` is `_peerkeep-<network>._udp.local` and `intervalMs` 10_000 unless given. @default false */
  mdns?: boolean | { serviceTag?: string, intervalMs?: number }
  /** Names with TXT `dnsaddr=` records, or `name:port` with A and AAAA records. @default [] */
  dnsSeeds?: string[]
  /** Ask these DNS servers (`127.0.0.1:5353`). @default the system's */
  dnsServers?: string[]
  /** TCP ports of this machine to look for nodes on: `5000-5011`. @default none */
  probePorts?: string
  /** Tell the network now and then, by gossip, that this node is there, and listen to others doing so. @default true */
  presence?: boolean
  pool?: Omit<PoolInit, 'bootstrap' | 'peers' | 'clock' | 'rng' | 'roles'>
  pex?: Omit<PexInit, 'network' | 'clock' | 'rng' | 'roles'>
  addressBook?: Omit<AddressBookInit, 'clock' | 'rng'>
  scoring?: Omit<ScoringInit, 'clock' | 'rng'>
  bans?: Omit<BansInit, 'clock' | 'rng'>
  gossipGuard?: Omit<GossipGuardInit, 'clock' | 'rng'>
  protocols?: Omit<ProtocolsInit, 'clock' | 'rng'>
  messaging?: Omit<MessagingInit, 'network' | 'clock' | 'rng'>
  /**
   * `hold` is true unless given for a node that keeps its data (`dataDir` or `datastore`). Without `ownerKey` the owner's key is
   * in the file `ownerKeyFile`, which is made when the first secret is stored.
   */
  shards?: Omit<ShardsInit, 'network' | 'clock' | 'rng' | 'ownerKey'> & {
    /** Ed25519. Whoever has it has the vaults: it is in nobody else's hands, and lost with them. */
    ownerKey?: PrivateKey
    /** @default owner-key.json in `dataDir`; none without one */
    ownerKeyFile?: string
    /** Encrypts that file. @default passphrase */
    ownerPassphrase?: string
  }
  /**
   * `auto` serves once the node is known to be reachable, `client` never answers. `lan` also serves and keeps private
   * addresses. @default { mode: 'auto', or 'client' for a light node, lan: false }
   */
  dht?: { mode?: 'auto' | 'server' | 'client' | 'off', lan?: boolean }
  gossipsub?: Partial<GossipsubOpts>
  /**
   * `client`: ask relays for a reservation, so as to be reachable through them. `server`: be such a relay.
   *
   * @default { client: false, server: whether roles include 'relay' }
   */
  relay?: { client?: boolean, server?: boolean }
  /** Ask peers whether this node's addresses can be reached. @default true */
  autonat?: boolean
  /** Turn relayed connections into direct ones where possible. @default true */
  dcutr?: boolean
  /** Ask the router to forward ports. @default false */
  upnp?: boolean
  /** Add the QUIC transport, from the optional package `@chainsafe/libp2p-quic`. @default false */
  quic?: boolean
  /** PEM texts: `/tls/ws` addresses can then be listened on. @default none */
  tls?: { cert: string, key: string }
  /** The content of a libp2p `swarm.key` file: only nodes with the same key can connect. @default none */
  preSharedKey?: Uint8Array
  /** Told of what went wrong but did not stop the node: damaged files put aside, loose permissions. @default the log, as errors */
  onWarning?: (warning: AppError) => void
}
