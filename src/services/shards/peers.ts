import { describeError } from '../../errors.ts'
import { addressFacts } from '../../util/netgroup.ts'
import { placeCid } from './place-key.ts'
import type { ContentRouting, Logger, PeerId, PeerStore } from '@libp2p/interface'
import type { ConnectionManager } from '@libp2p/interface-internal'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Bans, Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { AddressBook } from '../address-book/index.ts'
import type { Pool } from '../pool/index.ts'
import type { Candidate, Peers } from './parts.ts'

/** Addresses of one peer that are looked at: those that it has beyond it only limit it less. */
const MAX_ADDRESSES = 16
/** When fewer are known to serve shards, peers that nobody has asked yet are candidates, too: a node that is new has met few. */
const ENOUGH = 64
/** What libp2p's identify notes of a peer that has told its protocols; before, only those are listed that were used with it. */
const IDENTIFIED = 'AgentVersion'

export interface KnownPeersInit {
  self: PeerId
  /** The protocol id that holders serve. */
  id: string
  peerStore: PeerStore
  connectionManager: ConnectionManager
  contentRouting: ContentRouting
  addressBook: () => AddressBook
  pool: () => Pool
  scoring: () => Scoring
  bans: () => Bans
  clock: Clock
  log: Logger
  localAsPublic: boolean
}

/** Peers that said that they serve shards, and what choosing among them needs to know. */
export class KnownPeers implements Peers {
  readonly #init: KnownPeersInit

  constructor (init: KnownPeersInit) {
    this.#init = init
  }

  async candidates (): Promise<Candidate[]> {
    const { peerStore, pool, self } = this.#init
    const rtts = new Map(pool().peers().map(({ peerId, rttMs }) => [peerId.toString(), rttMs]))
    const stored = (await peerStore.all()).filter(({ id }) => !id.equals(self))
    const serving = stored.filter(({ id, protocols }) => protocols.includes(this.#init.id) && this.#isWelcome(id))
    const known = serving.map(({ id, addresses }) => this.#candidate(id, addresses.map(({ multiaddr }) => multiaddr), rtts))
    const met = stored.filter(({ protocols, metadata }) => protocols.includes(this.#init.id) || metadata.has(IDENTIFIED))
    const unmet = this.#unmet(new Set(met.map(({ id }) => id.toString())), ENOUGH - known.length)
    // those that may not serve at all are not to be drawn before those that do
    const guessed = unmet.map(peerId => this.#candidate(peerId, [], rtts)).map(candidate => ({ ...candidate, quality: candidate.quality / 2 }))
    return [...known.sort((a, b) => Number(b.connected) - Number(a.connected)), ...guessed]
  }

  async * providers (hash: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerId> {
    const { contentRouting, self, bans, log } = this.#init
    const { promise: aborted, resolve: abort } = Promise.withResolvers<void>()
    const onAbort = (): void => { abort() }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) abort()
    const found = contentRouting.findProviders(placeCid(hash), { signal })[Symbol.asyncIterator]()
    try {
      for (;;) {
        // routers may take their time to notice
        const next = await Promise.race([found.next(), aborted])
        if (next == null || next.done === true) return
        const { id } = next.value
        if (!id.equals(self) && !bans().isDenied({ peerId: id }, 'dht')) yield id
      }
    } catch (err) {
      // a network without a DHT, or nobody else in it
      log('no more holders from the DHT: %s', describeError(err))
    } finally {
      signal.removeEventListener('abort', onAbort)
      found.return?.().catch((err: unknown) => { log('the search in the DHT did not end well: %s', describeError(err)) })
    }
  }

  /** Connected ones that speak this protocol. */
  async connectedServing (id: string): Promise<PeerId[]> {
    const { peerStore, connectionManager } = this.#init
    const connected = new Map(connectionManager.getConnections().filter(({ status }) => status === 'open').map(({ remotePeer }) => [remotePeer.toString(), remotePeer]))
    const peers = await Promise.all([...connected.values()].map(async peerId => await peerStore.get(peerId).catch(notThere)))
    return peers.flatMap(peer => peer?.protocols.includes(id) === true ? [peer.id] : [])
  }

  /** Where the address book says that it is, else wherever it can be found. */
  async dial (peerId: PeerId, signal: AbortSignal): Promise<void> {
    const { connectionManager, addressBook, pool } = this.#init
    if (connectionManager.getConnections(peerId).some(({ status }) => status === 'open')) return
    const addresses = addressBook().get(peerId)?.multiaddrs ?? []
    await pool().dial(addresses.length === 0 ? peerId : addresses.map(address => named(address, peerId)), { signal })
  }

  /** Whether this node has ever had to do with it. */
  knows (peerId: PeerId): boolean {
    const { addressBook, connectionManager } = this.#init
    return addressBook().get(peerId) != null || connectionManager.getConnections(peerId).length > 0
  }

  #candidate (peerId: PeerId, addresses: readonly Multiaddr[], rtts: ReadonlyMap<string, number | undefined>): Candidate {
    const { clock, scoring, connectionManager, addressBook } = this.#init
    const connections = connectionManager.getConnections(peerId).filter(({ status }) => status === 'open')
    const entry = addressBook().get(peerId)
    return {
      peerId,
      quality: scoring().quality(peerId),
      latencyMs: rtts.get(peerId.toString()),
      knownMs: entry == null || entry.firstSeenMs === 0 ? 0 : Math.max(0, clock.now() - entry.firstSeenMs),
      // where it is beats what is said of it
      domains: this.#domains(connections.length > 0 ? connections.map(({ remoteAddr }) => remoteAddr) : entry?.multiaddrs ?? addresses),
      connected: connections.length > 0
    }
  }

  /** Connected ones that have not said yet what they serve, then others of the address book, in random order. */
  #unmet (met: ReadonlySet<string>, count: number): PeerId[] {
    if (count <= 0) return []
    const { addressBook, connectionManager, self } = this.#init
    const isUnmet = (peerId: PeerId): boolean => !met.has(peerId.toString()) && !peerId.equals(self) && this.#isWelcome(peerId)
    const connected = connectionManager.getConnections().map(({ remotePeer }) => remotePeer).filter(isUnmet)
    const heardOf = addressBook().select(count, { filter: ({ peerId }) => isUnmet(peerId) }).map(({ peerId }) => peerId)
    return [...new Map([...connected, ...heardOf].map(peerId => [peerId.toString(), peerId])).values()].slice(0, count)
  }

  #isWelcome (peerId: PeerId): boolean {
    const { scoring, bans } = this.#init
    return scoring().standing(peerId) === 'good' && !bans().isDenied({ peerId }, 'dial')
  }

  #domains (addresses: readonly Multiaddr[]): string[] {
    const { localAsPublic } = this.#init
    return [...new Set(addresses.slice(0, MAX_ADDRESSES).flatMap(address => {
      const { relayed, relay, scope, subnet } = addressFacts(address, { localAsPublic })
      // the address before the relay says nothing of the peer
      if (relayed) return relay == null ? [] : [`relay:${relay}`]
      return scope === 'public' ? [`ip:${subnet}`] : []
    }))]
  }
}

function named (address: Multiaddr, peerId: PeerId): Multiaddr {
  return address.getComponents().at(-1)?.name === 'p2p' ? address : address.encapsulate(`/p2p/${peerId.toString()}`)
}

function notThere (err: unknown): undefined {
  if (!(err instanceof Error) || err.name !== 'NotFoundError') throw err
}
