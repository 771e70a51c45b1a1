import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { peerDetail } from '../../../src/http/views/peer-detail.ts'
import { ADDRESS, ANNA, STRANGERS, bookEntry, linkOf, openConnection } from './known-peers.ts'
import type { Peer as StorePeer } from '@libp2p/interface'
import type { PeerFacts } from '../../../src/http/views/peer-detail.ts'
import type { PeerScore } from '../../../src/services/scoring/index.ts'

const id = ANNA.toString()
const MARKUP = '<img src=x onerror=alert(1)>'

function stored (fields: Partial<StorePeer> = {}): StorePeer {
  return { id: ANNA, addresses: [], protocols: [], metadata: new Map(), tags: new Map(), ...fields }
}

function detail (facts: Partial<PeerFacts> = {}): ReturnType<typeof peerDetail> {
  return peerDetail({ known: { id, banned: false }, connections: [], evidence: [], decisions: [], ...facts }, STRANGERS)
}

describe('http: everything about one peer', () => {
  it('is little for a stranger', () => {
    expect(detail()).to.deep.equal({
      peerId: id, connected: false, roles: [], explicit: false, score: 0, quality: 50, standing: 'good', banned: false,
      addresses: [], connections: [], protocols: [], tags: [], strikes: 0, history: [], evidence: [], decisions: []
    })
  })

  it('tells its addresses once, those of the book first, and who vouches for them', () => {
    const store = stored({ addresses: [
      { multiaddr: multiaddr(`${ADDRESS}/p2p/${id}`), isCertified: true },
      { multiaddr: multiaddr('/ip4/192.0.2.8/tcp/1'), isCertified: true },
      { multiaddr: multiaddr('/ip4/192.0.2.9/tcp/1'), isCertified: false }
    ] })
    expect(detail({ known: { id, book: bookEntry(ANNA, [ADDRESS]), banned: false }, store }).addresses).to.deep.equal([
      { address: ADDRESS, source: 'pex' }, { address: '/ip4/192.0.2.8/tcp/1', source: 'signed' }, { address: '/ip4/192.0.2.9/tcp/1' }
    ])
  })

  it('tells connections with their streams', () => {
    const streams = [{ id: '1', protocol: '/x/1.0.0', direction: 'outbound', secret: 'not shown' }]
    expect(detail({ known: { id, link: linkOf(), banned: false }, connections: [openConnection({ limited: true, streams })] }).connections).to.deep.equal([{
      id: 'c1000', address: ADDRESS, direction: 'inbound', openedMs: 1_000, streams: [{ id: '1', protocol: '/x/1.0.0', direction: 'outbound' }], muxer: '/yamux/1.0.0', encryption: '/noise', limited: true
    }])
  })

  it('tells why its score is what it is', () => {
    const score = {
      score: -20.004, misbehaviour: 25, credit: 5, unreliability: 0.123, ipDebt: 0, gossip: -0.5, total: -29.5, strikes: 2, factors: { reliability: 50, performance: 66.666, behaviour: 1 },
      history: [{ timeMs: 1, score: 0 }, { timeMs: 2, score: -20.004 }], connected: true, quality: 1, standing: 'discouraged', peerId: ANNA
    } satisfies PeerScore
    const told = detail({
      score,
      evidence: [{ timeMs: 2, offence: 'severe', cause: 'test:deed', sample: Uint8Array.of(0xca, 0xfe), hash: Uint8Array.of(1, 2) }],
      decisions: [{ timeMs: 3, where: 'inbound', decision: 'denied', rule: id }]
    })
    expect(told.parts).to.deep.equal({ score: -20, misbehaviour: 25, credit: 5, unreliability: 0.12, ipDebt: 0, gossip: -0.5, total: -29.5 })
    expect(told.factors).to.deep.equal({ reliability: 50, performance: 66.67, behaviour: 1 })
    expect(told).to.deep.include({
      strikes: 2,
      history: [{ timeMs: 1, score: 0 }, { timeMs: 2, score: -20 }],
      evidence: [{ timeMs: 2, offence: 'severe', cause: 'test:deed', sample: 'cafe', hash: '0102' }],
      decisions: [{ timeMs: 3, where: 'inbound', decision: 'denied', rule: id }]
    })
  })

  it('bounds everything that a stranger can make long or many', () => {
    const long = MARKUP.repeat(1_000)
    const store = stored({
      protocols: Array.from({ length: 5_000 }, (_, i) => `${i}${long}`),
      metadata: new Map([['AgentVersion', new TextEncoder().encode(long)]]),
      tags: new Map(Array.from({ length: 5_000 }, (_, i) => [`${i}${long}`, { value: i }]))
    })
    const streams = Array.from({ length: 5_000 }, () => ({ id: '1', protocol: long, direction: 'inbound' }))
    const told = detail({ store, connections: [openConnection({ streams })] })
    expect(told.agent).to.match(/^<img/).and.have.lengthOf(256)
    for (const list of [told.protocols, told.tags, told.connections[0]?.streams]) expect(list).to.have.length(256)
    expect(JSON.stringify(told).length).to.be.below(400_000)
  })

  it('makes text of bytes that are none', () => {
    const store = stored({ metadata: new Map([['AgentVersion', Uint8Array.of(0xff, 0xfe, 0x41)]]) })
    expect(detail({ store }).agent).to.equal('\ufffd\ufffdA')
  })
})
