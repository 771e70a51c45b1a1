import { decisionRow, evidenceRow } from './evidence.ts'
import { addressText, peerRow } from './known-peer.ts'
import { agentOf } from './stored-peers.ts'
import { bounded, rounded } from './text.ts'
import type { Connection, Peer as StorePeer } from '@libp2p/interface'
import type { Decision, Evidence } from '../../services/bans/index.ts'
import type { PeerScore } from '../../services/scoring/index.ts'
import type { PeerDetail } from '../schemas/peer.ts'
import type { Judgement, KnownPeer } from './known-peer.ts'

/** Of what a peer can have as many as it likes. */
const MAX_SHOWN = 256

/** Everything that is known of one peer. */
export interface PeerFacts {
  known: KnownPeer
  connections: readonly Connection[]
  /** From libp2p's peer store. */
  store?: StorePeer
  score?: PeerScore
  evidence: readonly Evidence[]
  decisions: readonly Decision[]
}

/** Pure. */
export function peerDetail ({ known, connections, store, score, evidence, decisions }: PeerFacts, scoring: Judgement): PeerDetail {
  const agent = store == null ? undefined : agentOf(store)
  return {
    ...peerRow(known, scoring),
    ...agent == null ? {} : { agent },
    addresses: addressesOf(known, store),
    connections: connections.map(connectionView),
    protocols: (store?.protocols ?? []).slice(0, MAX_SHOWN).map(protocol => bounded(protocol)),
    tags: [...store?.tags ?? []].slice(0, MAX_SHOWN).map(([name, { value }]) => ({ name: bounded(name), value })),
    ...score == null ? {} : { parts: partsOf(score), factors: factorsOf(score) },
    strikes: score?.strikes ?? 0,
    history: (score?.history ?? []).map(({ timeMs, score }) => ({ timeMs, score: rounded(score) })),
    evidence: evidence.map(evidenceRow),
    decisions: decisions.map(decisionRow)
  }
}

/** Those of the book first, best first; each once, with or without the peer's id. */
function addressesOf ({ id, book }: KnownPeer, store: StorePeer | undefined): PeerDetail['addresses'] {
  const found = new Map<string, PeerDetail['addresses'][number]>()
  const add = (text: string, source?: string): void => {
    const address = text.endsWith(`/p2p/${id}`) ? text.slice(0, -`/p2p/${id}`.length) : text
    if (address !== '' && !found.has(address)) found.set(address, { address, ...source == null ? {} : { source } })
  }
  for (const multiaddr of book?.multiaddrs ?? []) add(addressText(multiaddr), book?.source)
  for (const { multiaddr, isCertified } of store?.addresses ?? []) add(addressText(multiaddr), isCertified ? 'signed' : undefined)
  return [...found.values()].slice(0, MAX_SHOWN)
}

function connectionView ({ id, remoteAddr, direction, timeline, streams, multiplexer, encryption, limits }: Connection): PeerDetail['connections'][number] {
  return {
    id,
    address: addressText(remoteAddr),
    direction,
    openedMs: timeline.open,
    streams: streams.slice(0, MAX_SHOWN).map(({ id, protocol, direction }) => ({ id, protocol: bounded(protocol), direction })),
    ...multiplexer == null ? {} : { muxer: multiplexer },
    ...encryption == null ? {} : { encryption },
    limited: limits != null
  }
}

function partsOf ({ score, misbehaviour, credit, unreliability, ipDebt, gossip, total }: PeerScore): NonNullable<PeerDetail['parts']> {
  return {
    score: rounded(score),
    misbehaviour: rounded(misbehaviour),
    credit: rounded(credit),
    unreliability: rounded(unreliability),
    ipDebt: rounded(ipDebt),
    gossip: rounded(gossip),
    total: rounded(total)
  }
}

function factorsOf ({ factors: { reliability, performance, behaviour } }: PeerScore): NonNullable<PeerDetail['factors']> {
  return { reliability: rounded(reliability), performance: rounded(performance), behaviour: rounded(behaviour) }
}
