import { Type } from 'typebox'
import { AddressText, Count, PageQuery, PeerIdText, TimeMs, object, words } from './common.ts'
import type { Static } from 'typebox'

export const STANDINGS = ['good', 'discouraged', 'refused', 'banned'] as const

/** A peer that is connected or known, in a line. */
export const Peer = object({
  peerId: PeerIdText,
  connected: Type.Boolean(),
  direction: Type.Optional(words(['inbound', 'outbound'])),
  address: Type.Optional(AddressText),
  /** Through a relay. */
  relayed: Type.Optional(Type.Boolean()),
  roles: Type.Array(Type.String()),
  connectedMs: Type.Optional(TimeMs),
  rttMs: Type.Optional(Type.Number({ description: 'round trip in milliseconds' })),
  explicit: Type.Boolean({ description: 'wanted for ever, never evicted' }),
  agent: Type.Optional(Type.String({ description: 'what it calls itself; anything may stand there' })),
  score: Type.Number({ description: '-100 (worst) to 20; 0 for a stranger' }),
  quality: Type.Number({ description: '0 to 100; 50 for a stranger' }),
  standing: words(STANDINGS),
  banned: Type.Boolean()
})
export type Peer = Static<typeof Peer>

export const PEER_SORTS = ['peerId', 'score', 'quality', 'rttMs', 'connectedMs'] as const

export const PeerQuery = object({
  ...PageQuery,
  state: Type.Optional(words(['connected', 'known', 'all'], 'known: not connected')),
  standing: Type.Optional(words(STANDINGS)),
  search: Type.Optional(Type.String({ maxLength: 128, description: 'a part of the peer id, an address, a role or the agent' })),
  sort: Type.Optional(words(PEER_SORTS)),
  order: Type.Optional(words(['asc', 'desc']))
})
export type PeerQuery = Static<typeof PeerQuery>

export const PeerPage = object({
  peers: Type.Array(Peer),
  total: Count,
  offset: Count,
  connected: Count
})
export type PeerPage = Static<typeof PeerPage>

export const ScoreParts = object({
  score: Type.Number(),
  misbehaviour: Type.Number(),
  credit: Type.Number(),
  unreliability: Type.Number(),
  ipDebt: Type.Number(),
  gossip: Type.Number(),
  total: Type.Number()
})

export const Evidence = object({
  timeMs: TimeMs,
  offence: Type.String(),
  cause: Type.String(),
  sample: Type.Optional(Type.String({ description: 'the start of what it sent, hexadecimal' })),
  hash: Type.Optional(Type.String({ description: 'SHA-256 of all of it, hexadecimal' }))
})

export const Decision = object({
  timeMs: TimeMs,
  where: Type.String(),
  decision: words(['denied', 'throttled', 'banned', 'spared', 'allowed', 'released']),
  rule: Type.String()
})

/** Everything that is known of one peer. */
export const PeerDetail = object({
  ...Peer.properties,
  addresses: Type.Array(object({ address: AddressText, source: Type.Optional(Type.String()) })),
  connections: Type.Array(object({
    id: Type.String(),
    address: AddressText,
    direction: words(['inbound', 'outbound']),
    openedMs: TimeMs,
    streams: Type.Array(object({ id: Type.String(), protocol: Type.String(), direction: words(['inbound', 'outbound']) })),
    muxer: Type.Optional(Type.String()),
    encryption: Type.Optional(Type.String()),
    limited: Type.Boolean()
  })),
  protocols: Type.Array(Type.String(), { description: 'that it serves, as identify told' }),
  tags: Type.Array(object({ name: Type.String(), value: Type.Number() })),
  parts: Type.Optional(ScoreParts),
  factors: Type.Optional(object({ reliability: Type.Number(), performance: Type.Number(), behaviour: Type.Number() })),
  strikes: Count,
  history: Type.Array(object({ timeMs: TimeMs, score: Type.Number() }), { description: 'of the score, oldest first' }),
  evidence: Type.Array(Evidence, { description: 'latest first' }),
  decisions: Type.Array(Decision, { description: 'latest first' })
})
export type PeerDetail = Static<typeof PeerDetail>

/** A peer id alone is looked for in the address book, the peer store and the DHT. */
export const DialRequest = object({ target: Type.String({ minLength: 1, maxLength: 1024, description: 'a multiaddr or a peer id' }) })
export type DialRequest = Static<typeof DialRequest>
export const DialAnswer = object({ peerId: PeerIdText, address: AddressText, direction: words(['inbound', 'outbound']), tookMs: Type.Number() })
export type DialAnswer = Static<typeof DialAnswer>
export const PingAnswer = object({ peerId: PeerIdText, rttMs: Type.Number() })
export type PingAnswer = Static<typeof PingAnswer>
