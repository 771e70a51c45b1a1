import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import type { Identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { neutralScoring } from '../../src/components.ts'
import { addressBook } from '../../src/services/address-book/index.ts'
import { pool } from '../../src/services/pool/index.ts'
import { systemClock } from '../../src/util/clock.ts'
import { addVeto } from '../../src/util/veto.ts'
import type { ConnectionGater, Libp2p, Metrics, PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Bans, Scoring } from '../../src/components.ts'
import type { AddressBook } from '../../src/services/address-book/index.ts'
import type { Pool, PoolEvents, PoolInit } from '../../src/services/pool/index.ts'

export type PoolNode = Libp2p<{ identify: Identify, addressBook: AddressBook, pool: Pool }>

export interface PoolNodeInit extends PoolInit {
  name: string
  privateKey?: PrivateKey
  connectionGater?: ConnectionGater
  scoring?: Partial<Scoring>
  bans?: Bans
  metrics?: Metrics
  start?: boolean
}

/** A real libp2p node on the memory transport with an address book and a pool, nothing that finds peers by itself. */
export async function poolNode ({ name, privateKey, connectionGater, scoring, bans, metrics, start, ...init }: PoolNodeInit): Promise<PoolNode> {
  const clock = init.clock ?? systemClock
  const services = {
    identify: identify(),
    addressBook: addressBook({ clock }),
    pool: pool({ feelerIntervalMs: 0, minRetryMs: 100, ...init, clock }),
    ...(scoring == null ? {} : { scoring: () => Object.assign(scoring, { ...neutralScoring, ...scoring }) }),
    ...(bans == null ? {} : { bans: ({ connectionGater }: { connectionGater: ConnectionGater }) => gating(bans, connectionGater) })
  }
  return createLibp2p({
    start,
    privateKey,
    connectionGater,
    ...metrics == null ? {} : { metrics: () => metrics },
    addresses: { listen: [`/memory/${name}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Infinity, maxIncomingPendingConnections: 1_000 },
    connectionMonitor: { enabled: false },
    services
  })
}

/** Like the real service it asks at every door of the gater, while the node runs. */
function gating (bans: Bans, gater: ConnectionGater): Bans {
  let leave: Array<() => void> = []
  const beforeStart = (): void => {
    leave = [
      addVeto(gater, 'denyDialPeer', peerId => bans.isDenied({ peerId }, 'dial')),
      addVeto(gater, 'denyInboundEncryptedConnection', (peerId, { remoteAddr }) => bans.isDenied({ peerId, multiaddr: remoteAddr }, 'inbound'))
    ]
  }
  const stop = (): void => { for (const end of leave) end() }
  return Object.assign(bans, { beforeStart, start: () => {}, stop })
}

export function addressOf (node: Libp2p): Multiaddr {
  return node.getMultiaddrs()[0] as Multiaddr
}

/** An address that nobody listens on. */
export function nowhere (name: string): Multiaddr {
  return multiaddr(`/memory/nowhere-${name}`)
}

/** Resolves with the next event that `matches`; rejects after 10 s of real time with what came instead. */
export async function nextEvent<K extends keyof PoolEvents> (node: PoolNode, type: K, matches: (detail: PoolEvents[K]['detail']) => boolean = () => true): Promise<PoolEvents[K]['detail']> {
  return new Promise((resolve, reject) => {
    const listener = ({ detail }: PoolEvents[K]): void => {
      if (!matches(detail)) return
      deadline.cancel()
      node.services.pool.removeEventListener(type, listener as never)
      resolve(detail)
    }
    const deadline = systemClock.after(10_000, () => reject(new Error(`no event '${type}' in 10 s`)))
    node.services.pool.addEventListener(type, listener)
  })
}
