import { addressFacts } from '../../util/netgroup.ts'
import { bounded, rounded } from './text.ts'
import type { Connection } from '@libp2p/interface'
import type { Scoring } from '../../components.ts'
import type { BookEntry } from '../../services/address-book/index.ts'
import type { PoolPeer } from '../../services/pool/index.ts'
import type { Peer } from '../schemas/peer.ts'
import type { StoredPeer } from './stored-peers.ts'

const MAX_ADDRESS_CHARS = 1_024

/** A peer that is connected, in the address book, in the peer store, scored or banned, and who says so. */
export interface KnownPeer {
  id: string
  link?: PeerLink
  book?: BookEntry
  stored?: StoredPeer
  banned: boolean
}

/** How a peer is connected. */
export interface PeerLink {
  direction: 'inbound' | 'outbound'
  address: string
  relayed: boolean
  /** Peer id of the relay, where the address tells it. */
  relay?: string
  roles: readonly string[]
  connectedMs: number
  rttMs?: number
  explicit: boolean
}

export type Judgement = Pick<Scoring, 'score' | 'quality' | 'standing'>

/** Pure. The connections of one peer; what the pool knows of it is absent while the peer is new. */
export function peerLink (connections: readonly [Connection, ...Connection[]], pooled: PoolPeer | undefined): PeerLink {
  const best = connections.find(({ limits }) => limits == null) ?? connections[0]
  const { relayed, relay } = addressFacts(best.remoteAddr)
  return {
    direction: pooled?.direction ?? best.direction,
    address: addressText(best.remoteAddr),
    relayed,
    ...relay == null ? {} : { relay },
    roles: pooled?.roles ?? [],
    connectedMs: pooled?.connectedMs ?? Math.min(...connections.map(({ timeline }) => timeline.open)),
    ...best.rtt == null ? {} : { rttMs: best.rtt },
    explicit: pooled?.explicit === true
  }
}

/** Pure. */
export function peerRow ({ id, link, book, stored, banned }: KnownPeer, scoring: Judgement): Peer {
  const booked = book?.multiaddrs[0]
  const address = link?.address ?? (booked == null ? stored?.address : addressText(booked))
  return {
    peerId: id,
    connected: link != null,
    ...link == null ? {} : { direction: link.direction, relayed: link.relayed, connectedMs: link.connectedMs },
    ...address == null ? {} : { address },
    roles: [...rolesOf({ link, book })],
    ...link?.rttMs == null ? {} : { rttMs: link.rttMs },
    explicit: link?.explicit === true,
    ...stored?.agent == null ? {} : { agent: stored.agent },
    score: rounded(scoring.score(id)),
    quality: rounded(scoring.quality(id)),
    standing: scoring.standing(id),
    banned
  }
}

/** What it told on this connection, else what is known of it. */
export function rolesOf ({ link, book }: Pick<KnownPeer, 'link' | 'book'>): readonly string[] {
  return link != null && link.roles.length > 0 ? link.roles : book?.roles ?? []
}

export function addressText (address: { toString (): string }): string {
  return bounded(address.toString(), MAX_ADDRESS_CHARS)
}
