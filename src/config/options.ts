import ipaddr from 'ipaddr.js'
import { ROLES } from '../components.ts'
import { parseTarget } from '../services/bans/target.ts'
import { MAX_PORTS, parsePortRange } from '../services/discovery/sources/port-range.ts'
import { parseSeed } from '../services/discovery/sources/dns-records.ts'
import { announceAddress, dialAddress, listenAddress } from './addresses.ts'
import { flagName, isFiled, list, one, optional, takesNoValue, variableName } from './option.ts'
import { PLACE_OPTIONS } from './place-options.ts'
import { boolean, checkedBy, duration, integer, matching, oneOf, passphrase, path } from './value-types.ts'
import type { ConfigOf } from './option.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const SERVER = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[\d.]+)|(?<bare>[\da-f:.]*:[\da-f:.]*:[\da-f:.]*))(?::(?<port>\d{1,5}))?$/i

const target = checkedBy('<peer|ip|prefix>', 'a peer id, an IP address like 192.0.2.7, or a prefix like 192.0.2.0/24', parseTarget)

function isServer (value: string): boolean {
  const { v6, v4, bare, port = '53' } = SERVER.exec(value)?.groups ?? {}
  const known = v4 == null ? ipaddr.IPv6.isValid(v6 ?? bare ?? '') : ipaddr.IPv4.isValidFourPartDecimal(v4)
  return known && Number(port) >= 1 && Number(port) <= 65_535
}

/** Unlike a server's, the port must be there; 0 lets the system choose. */
function isEndpoint (value: string): boolean {
  return /^(?:\[.+\]|[\d.]+):\d{1,5}$/.test(value) && isServer(value.replace(/:0$/, ''))
}

/** Every option there is. The key is the name in files; `--data-dir` and `PEERKEEP_DATA_DIR` follow from it. */
export const OPTIONS = {
  dataDir: PLACE_OPTIONS.dataDir,
  config: PLACE_OPTIONS.config,
  profile: PLACE_OPTIONS.profile,
  network: one(matching('<name>', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, '1 to 64 letters, digits, dots, dashes and underscores'), 'main', 'nodes of different networks refuse each other'),

  bootstrap: list(dialAddress, [], 'a node to find the network through; may lack /p2p/<id>'),
  peer: list(dialAddress, [], 'a node to stay connected to for ever'),
  listen: list(listenAddress, ['/ip4/0.0.0.0/tcp/4701', '/ip4/0.0.0.0/tcp/4702/ws', '/ip6/::/tcp/4701', '/ip6/::/tcp/4702/ws'], 'an address to listen on; --no-listen for none'),
  announce: list(announceAddress, [], 'an address to tell others instead of those it listens on'),
  role: list(oneOf('<role>', ROLES), ['full'], 'what this node is for others'),

  mdns: one(boolean, true, 'find nodes in the local network'),
  dnsSeed: list(checkedBy('<name[:port]>', 'a DNS name with an optional port, like seed.example.org:4701', parseSeed), [], 'a DNS name whose records name nodes'),
  dnsServer: list(matching('<ip[:port]>', isServer, 'an IP address with an optional port, like 127.0.0.1:53 or [::1]:53'), [], 'ask this DNS server instead of the system\'s'),
  probePorts: optional(checkedBy('<ports>', `a port or a range of at most ${MAX_PORTS} ports from 1 to 65535, like 5000-5011`, parsePortRange), 'look for nodes on these ports of this machine'),
  presence: one(boolean, true, 'tell and hear over gossip who is there'),

  minPeers: one(integer(0, 10_000), 8, 'look for peers while there are fewer'),
  maxPeers: one(integer(1, 10_000), 60, 'most peers in all'),
  maxInbound: one(integer(0, 10_000), 40, 'most peers that dialled this node'),
  maxOutbound: one(integer(0, 10_000), 20, 'most peers that this node dialled'),
  minOutbound: one(integer(0, 10_000), 8, 'peers that this node chose itself, at least'),
  maxPerIp: one(integer(1, 10_000), 4, 'most peers on one public IP address'),
  maxPerSubnet: one(integer(1, 10_000), 10, 'most peers in one IPv4 /24 or IPv6 /48'),
  localAsPublic: one(boolean, false, 'count loopback and private addresses like public ones'),

  ban: list(target, [], 'who is refused, for as long as it stands here'),
  allow: list(target, [], 'who is never banned'),
  autoBan: one(boolean, true, 'ban peers that misbehave, and addresses that many of them come from'),
  gossipRate: one(integer(1, 1_000_000), 400, 'gossip messages a second taken from one peer'),

  mailbox: one(boolean, false, 'keep sealed messages for peers that are away and ask for it'),
  shardsMib: one(integer(0, 1_000_000), 1_024, 'MiB of encrypted secrets kept for others, with shares of their keys; 0 is none'),
  failureDomain: list(matching('<name>', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, '1 to 64 letters, digits, dots, dashes and underscores'), [], 'what this node may fail together with, like its data centre: a secret has few shares there'),

  dht: one(oneOf('<mode>', ['auto', 'server', 'client', 'off']), 'auto', 'part in the distributed hash table; auto is a server once others can reach this node'),
  dhtLan: one(boolean, false, 'use the DHT of the local network too'),
  relayClient: one(boolean, true, 'be reachable through a relay, and reach others through one'),
  relayServer: optional(boolean, 'carry the connections of others (on for the role relay)'),
  autonat: one(boolean, true, 'find out whether others can reach this node'),
  dcutr: one(boolean, true, 'turn relayed connections into direct ones'),
  upnp: one(boolean, false, 'open a port on the router'),
  quic: one(boolean, false, 'the QUIC transport too (needs the package @chainsafe/libp2p-quic)'),
  tlsCert: optional(path, 'the certificate chain (PEM) for secure WebSockets, with --tls-key'),
  tlsKey: optional(path, 'its private key (PEM)'),
  pskFile: optional(path, 'a swarm key: only nodes that have it can connect (private network)'),
  passphraseFile: optional(path, 'a file with the passphrase that encrypts the identity'),
  passphrase: optional(passphrase, 'the passphrase that encrypts the identity', { secret: true }),

  feelerInterval: one(duration(0, 24 * HOUR), 2 * MINUTE, 'test an address that nobody vouched for this often; 0 is never'),
  dialTimeout: one(duration(100, 5 * MINUTE), 10 * SECOND, 'longest wait for one dial'),
  minRetry: one(duration(10, HOUR), SECOND, 'first wait before an unreachable peer is dialled again; it doubles'),
  maxRetry: one(duration(10, 24 * HOUR), 10 * MINUTE, 'longest such wait'),

  api: one(boolean, true, 'the admin API, with the dashboard and the metrics'),
  apiListen: one(matching('<ip:port>', isEndpoint, 'an IP address and a port, like 127.0.0.1:4780 or [::1]:4780'), '127.0.0.1:4780', 'where it listens; another than this machine\'s own needs --tls-cert or --api-insecure'),
  apiHost: list(matching('<name>', /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\d{1,5})?$/, 'a host name, with a port unless it is the usual one'), [], 'a name by which it is asked for, like that of a proxy before it'),
  apiInsecure: one(boolean, false, 'let others read what goes to the admin API and back: plain HTTP beyond this machine'),
  apiTokenFile: PLACE_OPTIONS.apiTokenFile,
  apiUrl: PLACE_OPTIONS.apiUrl,
  filesDir: optional(path, 'take files that peers send, into this folder (without it they are declined)'),
  filesMib: one(integer(1, 1_000_000), 1_024, 'most MiB in that folder, all files together'),

  logLevel: one(oneOf('<level>', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'warn', 'which log lines go to stderr'),
  json: PLACE_OPTIONS.json
} as const

export type Key = keyof typeof OPTIONS

/** The merged, checked configuration. */
export type Config = ConfigOf<typeof OPTIONS>

export const KEYS = Object.keys(OPTIONS) as Key[]

/** `dataDir` -> `--data-dir`; undefined for secrets, which other users of the machine could read there. */
export function flagOf (key: Key): string | undefined {
  return OPTIONS[key].secret === true ? undefined : flagName(key)
}

/** `dataDir` -> `PEERKEEP_DATA_DIR` */
export function variableOf (key: Key): string {
  return variableName(key)
}

/** Whether a config file or a profile may set it. */
export function allowedInFiles (key: Key): boolean {
  return isFiled(OPTIONS[key])
}

export function isSwitch (key: Key): boolean {
  return takesNoValue(OPTIONS[key])
}

export function isList (key: Key): boolean {
  return OPTIONS[key].repeatable === true
}
