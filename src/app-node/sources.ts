import { bootstrap as bootstrapList } from '@libp2p/bootstrap'
import { CODE_P2P } from '@multiformats/multiaddr'
import { dhtWalk } from '../services/discovery/sources/dht-walk.ts'
import { dnsSeeds } from '../services/discovery/sources/dns-seeds.ts'
import { fromPeerDiscovery } from '../services/discovery/sources/peer-discovery.ts'
import { presence } from '../services/discovery/sources/presence.ts'
import { parsePortRange, probePorts } from '../services/discovery/sources/probe-ports.ts'
import type { MulticastDNSInit } from '@libp2p/mdns'
import type { DiscoveryInit } from '../services/discovery/index.ts'
import type { DnsResolver } from '../services/discovery/sources/dns-seeds.ts'
import type { CheckedInit } from './checked.ts'
import type { AppNodeInit } from './init.ts'

type Sources = NonNullable<DiscoveryInit['sources']>

/** What was loaded or made for the sources that need more than options. */
export interface SourceParts {
  /** Absent when off. */
  mdns?: Parameters<typeof fromPeerDiscovery>[1]
  resolver: DnsResolver
}

/** Pure: which sources the options ask for. */
export function sourcesOf (init: AppNodeInit, { network, bootstrap, dhtMode }: CheckedInit, { mdns, resolver }: SourceParts): Sources {
  const { dnsSeeds: seeds = [], probePorts: ports, presence: told = true } = init
  // the module knows only addresses that name their peer; the pool dials the others
  const named = bootstrap.filter(address => address.getComponents().at(-1)?.code === CODE_P2P).map(String)
  return [
    ...named.length === 0 ? [] : [fromPeerDiscovery('bootstrap', bootstrapList({ list: named, timeout: 0 }))],
    ...mdns == null ? [] : [fromPeerDiscovery('mdns', mdns)],
    ...seeds.length === 0 ? [] : [dnsSeeds({ seeds, resolver })],
    ...ports == null ? [] : [probePorts(parsePortRange(ports))],
    ...dhtMode === 'off' ? [] : [dhtWalk()],
    ...told ? [presence({ network })] : []
  ]
}

/** Pure: what the module for multicast DNS is told. Networks do not meet on one LAN unless they are given one tag. */
export function mdnsInit (mdns: AppNodeInit['mdns'], network: string): MulticastDNSInit | undefined {
  if (mdns == null || mdns === false) return undefined
  const { serviceTag = `_peerkeep-${network.replaceAll(/[^A-Za-z0-9-]/g, '-')}._udp.local`, intervalMs = 10_000 } = mdns === true ? {} : mdns
  return { serviceTag, interval: intervalMs }
}
