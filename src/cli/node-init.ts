import type { AppNodeInit } from '../app-node.ts'
import type { Config } from '../config/index.ts'
import type { TransportsInit } from '../platform/transports.ts'
import type { ConfiguredFiles } from './files.ts'

const MIB = 1024 * 1024

/** Pure: what every option means for the node, but for those of its transports. `listen` may differ from the configured one, see `listen.ts`. */
export function nodeInit (config: Config, { tls: _, ...files }: ConfiguredFiles, listen: readonly string[] = config.listen): AppNodeInit {
  return {
    dataDir: config.dataDir,
    network: config.network,
    bootstrap: [...config.bootstrap],
    peers: [...config.peer],
    listen: [...listen],
    announce: [...config.announce],
    roles: [...new Set(config.role)],
    mdns: config.mdns,
    dnsSeeds: [...config.dnsSeed],
    ...(config.dnsServer.length === 0 ? {} : { dnsServers: [...config.dnsServer] }),
    ...(config.probePorts == null ? {} : { probePorts: config.probePorts }),
    presence: config.presence,
    pool: {
      limits: {
        minPeers: config.minPeers,
        maxPeers: config.maxPeers,
        maxInbound: config.maxInbound,
        maxOutbound: config.maxOutbound,
        minOutbound: config.minOutbound,
        maxPerIp: config.maxPerIp,
        maxPerSubnet: config.maxPerSubnet
      },
      localAsPublic: config.localAsPublic,
      feelerIntervalMs: config.feelerInterval,
      dialTimeoutMs: config.dialTimeout,
      minRetryMs: config.minRetry,
      maxRetryMs: config.maxRetry
    },
    pex: { localAsPublic: config.localAsPublic },
    addressBook: { localAsPublic: config.localAsPublic },
    scoring: { localAsPublic: config.localAsPublic },
    bans: { allow: [...config.allow], ban: [...config.ban], automatic: config.autoBan, localAsPublic: config.localAsPublic },
    gossipGuard: { rate: { perSecond: config.gossipRate, burst: config.gossipRate }, localAsPublic: config.localAsPublic },
    protocols: { localAsPublic: config.localAsPublic },
    messaging: { mailbox: config.mailbox },
    shards: { hold: config.shardsMib > 0, capacityBytes: config.shardsMib * MIB, domains: [...config.failureDomain], localAsPublic: config.localAsPublic },
    // on a local network and for a light node `auto` is known beforehand: the node itself decides
    dht: { lan: config.dhtLan, ...(config.dht === 'auto' ? {} : { mode: config.dht }) },
    relay: { client: config.relayClient, ...(config.relayServer == null ? {} : { server: config.relayServer }) },
    autonat: config.autonat,
    dcutr: config.dcutr,
    upnp: config.upnp,
    ...files
  }
}

/** Pure: they are made by themselves, so the node is not told of these a second time. */
export function transportsInit ({ quic }: Config, { tls }: ConfiguredFiles): TransportsInit {
  return { quic, ...(tls == null ? {} : { tls }) }
}
