import { noise } from '@chainsafe/libp2p-noise'
import { gatheringMuxer } from '../platform/gathering-muxer.ts'
import { leanNoise } from '../platform/lean-noise.ts'
import { lazyLogger } from '../platform/lazy-logger.ts'
import { noiseCrypto } from '../platform/noise-crypto.ts'
import { signingKey } from '../platform/signing-key.ts'
import { strictMuxer } from '../platform/strict-muxer.ts'
import { version } from '../platform/version.ts'
import { yamuxWithWindows } from '../platform/yamux-windows.ts'
import { openToVetoes } from '../util/veto.ts'
import type { ConnectionGater, ConnectionProtector, PrivateKey, ServiceMap } from '@libp2p/interface'
import type { DNS } from '@multiformats/dns'
import type { Datastore } from 'interface-datastore'
import type { Libp2pOptions } from 'libp2p'
import type { CheckedInit } from './checked.ts'
import type { AppNodeInit } from './init.ts'

/** What was opened or loaded before libp2p can be made. */
export interface Libp2pParts {
  privateKey?: PrivateKey
  datastore?: Datastore
  dns?: DNS
  transports: Libp2pOptions['transports']
  connectionProtector?: () => ConnectionProtector
}

// The pool decides who stays: libp2p's own limit is for the case that it cannot keep up.
const MIN_MAX_CONNECTIONS = 1_000
const CONNECTIONS_PER_PEER = 4
// The gate of the pool admits handshakes, by where they come from; libp2p's 10 would be counted before it is asked.
const MAX_PENDING_HANDSHAKES = 256
// A peer that is gone is noticed after one interval and one timeout, 27 s: within the 30 s that are promised. A shorter
// timeout takes busy machines for dead ones, and redialling whom it cut off makes them busier.
const PING_INTERVAL_MS = 12_000
const PING_TIMEOUT_MS = { minTimeout: 15_000, maxTimeout: 15_000 }

const MERGED = ['addresses', 'connectionManager', 'connectionMonitor', 'nodeInfo', 'peerStore', 'transportManager'] as const

/** Pure: everything of libp2p's options but the services. What the caller gave wins. */
export function libp2pOptions<S extends ServiceMap> (init: AppNodeInit<S>, { listen }: CheckedInit, parts: Libp2pParts): Omit<Libp2pOptions<S>, 'services'> {
  const ours: Omit<Libp2pOptions<S>, 'services'> = {
    ...parts,
    addresses: { listen, ...init.announce == null ? {} : { announce: init.announce } },
    connectionEncrypters: [leanNoise(noise({ crypto: noiseCrypto }))],
    streamMuxers: [gatheringMuxer(strictMuxer(yamuxWithWindows()))],
    logger: lazyLogger(),
    connectionManager: {
      maxConnections: Math.max(MIN_MAX_CONNECTIONS, CONNECTIONS_PER_PEER * (init.pool?.limits?.maxPeers ?? 0)),
      // the pool has an accept rate of its own
      inboundConnectionThreshold: Infinity,
      maxIncomingPendingConnections: MAX_PENDING_HANDSHAKES,
      // the pool reconnects, and does not give up
      reconnectRetries: 0
    },
    connectionMonitor: { pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS },
    nodeInfo: { name: 'peerkeep', version, userAgent: `peerkeep/${version}` }
  }
  const theirs = given(init)
  const merged = MERGED.map(key => [key, { ...ours[key], ...given(theirs[key] ?? {}) }])
  const privateKey = init.privateKey ?? parts.privateKey
  return {
    ...ours,
    ...theirs,
    ...Object.fromEntries(merged),
    ...privateKey == null ? {} : { privateKey: signingKey(privateKey) },
    connectionGater: freshGater(init.connectionGater)
  }
}

/** Without what is `undefined`, which would hide a default. */
function given<T extends object> (options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

const GATER_HOOKS = [
  'denyDialPeer', 'denyDialMultiaddr', 'denyInboundConnection', 'denyOutboundConnection', 'denyInboundEncryptedConnection',
  'denyOutboundEncryptedConnection', 'denyInboundUpgradedConnection', 'denyOutboundUpgradedConnection', 'denyInboundRelayReservation',
  'denyOutboundRelayedConnection', 'denyInboundRelayedConnection', 'filterMultiaddrForPeer'
] as const satisfies Array<keyof ConnectionGater>

// libp2p, bans and the pool add to the gater they are given: the caller's may be shared by several nodes
function freshGater (gater: ConnectionGater = {}): ConnectionGater {
  const fresh: ConnectionGater = Object.fromEntries(GATER_HOOKS.flatMap(hook => {
    const method: unknown = gater[hook]
    return typeof method === 'function' ? [[hook, method.bind(gater)]] : []
  }))
  // the peer store takes it when libp2p is made, before bans can have a say
  openToVetoes(fresh, 'filterMultiaddrForPeer', 'keeps')
  return fresh
}
