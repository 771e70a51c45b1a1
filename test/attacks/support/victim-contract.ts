import type { Libp2p, ServiceMap } from '@libp2p/interface'
import type { AppNodeInit, AppServices } from '../../../src/app-node.ts'
import type { commands } from './victim-commands.ts'

type Cloned = 'network' | 'dataDir' | 'bootstrap' | 'peers' | 'roles' | 'pool' | 'pex' | 'addressBook' | 'scoring' | 'bans' | 'gossipGuard' | 'gossipsub' | 'presence' | 'protocols' | 'messaging' | 'shards'

/** What can be sent to another process of an AppNode's options, and what only the victim has. */
export interface VictimOptions extends Pick<AppNodeInit, Cloned> {
  /** `stock`: js-libp2p with the same modules and its default limits, but for `maxPeers` connections. */
  kind: 'peerkeep' | 'stock'
  /** Of its identity, and of all chance in it. @default 1 */
  seed?: number
  /** @default ['/ip4/127.0.0.1/tcp/0'] */
  listen?: string[]
  /** URL of a module whose exports are commands, for `run`: `new URL('x-commands.ts', import.meta.url).href`. */
  commands?: string
  /** Treat 127.0.0.0/8 like the internet. @default true */
  localAsPublic?: boolean
}

/** A stock node has only those services that libp2p brings. */
export type VictimNode = Libp2p<Pick<AppServices, 'identify' | 'ping' | 'pubsub'> & Partial<AppServices> & ServiceMap>

export type Command = (node: VictimNode, ...args: any[]) => unknown
export type Commands = Record<string, Command>
export type VictimCommands = typeof commands

export interface VictimConnection {
  peer: string
  /** Multiaddr. */
  from: string
  direction: 'inbound' | 'outbound'
  /** Its open streams; `protocol` is `''` where none was agreed on yet, `direction` is inbound for those that the peer opened. */
  streams: Array<{ protocol: string, direction: 'inbound' | 'outbound' }>
}

export interface VictimStats {
  rssBytes: number
  /** After a garbage collection. */
  heapUsedBytes: number
  /** Buffers, outside of the heap. After a garbage collection. */
  externalBytes: number
  /** Since the stats before. */
  cpuMs: number
  /** Since the stats before. */
  elapsedMs: number
  /** Since the stats before; what the machine gave to others counts, too. */
  longestBlockMs: number
  /** Handshakes under way, now and at most since the stats before. */
  pending: number
  maxPending: number
  connections: VictimConnection[]
}

export interface Request {
  id: number
  name: string
  args: unknown[]
}

export type Reply = { id: number, result: unknown } | { id: number, error: string }
