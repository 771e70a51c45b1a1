/**
 * @packageDocumentation
 *
 * Peer exchange: connected peers tell each other whom they know, as records signed by those peers themselves, so that
 * one known address is enough to find everybody. The wire contract is in `protocols/pex/`.
 *
 * It does not dial and it keeps nothing: what it learns goes into the address book, what it tells comes from there.
 *
 * @example
 *
 * ```ts
 * import { createAppNode } from 'peerkeep'
 *
 * const node = await createAppNode()
 * for (const { peerId } of node.services.pool.peers()) {
 *   console.log(await node.services.pex.ask(peerId), 'new peers')
 * }
 * ```
 */
import { PexService } from './service.ts'
import type { ComponentLogger, Libp2pEvents, Metrics, PeerId, PrivateKey, TypedEventTarget } from '@libp2p/interface'
import type { AddressManager, ConnectionManager, Registrar } from '@libp2p/interface-internal'
import type { Role, ServiceInit } from '../../components.ts'
import type { AddressBook } from '../address-book/index.ts'
import type { Pool } from '../pool/index.ts'

export interface PexSnapshot {
  asked: number
  answered: number
  pushed: number
  /** Records taken into the address book, and those turned away by reason. */
  accepted: number
  refused: Record<string, number>
  gauges: Record<string, number>
}

export interface Pex {
  /**
   * Asks a connected peer whom it knows; resolves to the number of peers that were new. Rejects with a `PexError`, as when the peer was
   * asked some 15 times within seconds, this node's own questions included, or with a wire error.
   */
  ask (peerId: PeerId, options?: { signal?: AbortSignal }): Promise<number>
  /** This node's own record as it is told now: at most 4 KiB, without addresses while it has none. */
  ownRecord (): Promise<Uint8Array>
  snapshot (): PexSnapshot
}

export interface PexInit extends ServiceInit {
  /** Peers of another network are told so and disconnected. @default 'main' */
  network?: string
  /** What this node is, told to peers. @default ['full'] */
  roles?: Role[]
  /** First wait before asking a random neighbour again, in milliseconds; doubles while answers bring nothing new. @default 2_000 */
  minAskIntervalMs?: number
  /** @default 300_000 */
  maxAskIntervalMs?: number
  /** Count loopback and private addresses like public ones. @default false */
  localAsPublic?: boolean
}

export interface PexComponents {
  peerId: PeerId
  privateKey: PrivateKey
  addressBook: AddressBook
  addressManager: AddressManager
  connectionManager: ConnectionManager
  pool: Pool
  registrar: Registrar
  events: TypedEventTarget<Libp2pEvents>
  logger: ComponentLogger
  metrics?: Metrics
}

/** Uses the optional components `scoring` and `bans`. */
export function pex (init: PexInit = {}): (components: PexComponents) => Pex {
  return (components) => new PexService(components, init)
}
