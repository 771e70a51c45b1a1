import { expect } from 'chai'
import { peerLink, peerRow } from '../../../src/http/views/known-peer.ts'
import { ADDRESS, ANNA, BORIS, STRANGERS, bookEntry, judging, linkOf, openConnection, pooledPeer } from './known-peers.ts'

const CIRCUIT = `/ip4/192.0.2.9/tcp/1/p2p/${BORIS.toString()}/p2p-circuit`

describe('http: a known peer', () => {
  it('is connected as the pool says, and as its connections say while it is too new for the pool', () => {
    const connections = [openConnection({ openMs: 3_000, rtt: 12 }), openConnection({ openMs: 2_000 })] as const
    expect(peerLink([...connections], pooledPeer(ANNA))).to.deep.equal({
      direction: 'outbound', address: ADDRESS, relayed: false, roles: ['full'], connectedMs: 5_000, rttMs: 12, explicit: true
    })
    expect(peerLink([...connections], undefined)).to.deep.equal({
      direction: 'inbound', address: ADDRESS, relayed: false, roles: [], connectedMs: 2_000, rttMs: 12, explicit: false
    })
  })

  it('is relayed only while it has no direct connection; the relay has a name', () => {
    const relayed = openConnection({ address: CIRCUIT, limited: true })
    expect(peerLink([relayed], undefined)).to.include({ relayed: true, relay: BORIS.toString(), address: CIRCUIT })
    const both = peerLink([relayed, openConnection()], undefined)
    expect(both).to.include({ relayed: false, address: ADDRESS })
    expect(both).not.to.have.property('relay')
  })

  it('is a row with all that is known, and without what is not', () => {
    const id = ANNA.toString()
    const judged = judging({ [id]: { score: -12.3456, quality: 33.333, standing: 'discouraged' } })
    expect(peerRow({ id, link: linkOf({ roles: ['relay'], rttMs: 3 }), book: bookEntry(ANNA, ['/ip4/192.0.2.8/tcp/1'], { roles: ['full'] }), stored: { agent: 'x/1' }, banned: true }, judged)).to.deep.equal({
      peerId: id, connected: true, direction: 'inbound', relayed: false, connectedMs: 1_000, address: ADDRESS, roles: ['relay'], rttMs: 3, explicit: false, agent: 'x/1', score: -12.35, quality: 33.33, standing: 'discouraged', banned: true
    })
    expect(peerRow({ id, banned: false }, STRANGERS)).to.deep.equal({ peerId: id, connected: false, roles: [], explicit: false, score: 0, quality: 50, standing: 'good', banned: false })
  })

  it('has the address and the roles of the book while it is away, else the address of the peer store', () => {
    const book = bookEntry(ANNA, ['/ip4/192.0.2.8/tcp/1', '/ip4/192.0.2.9/tcp/1'], { roles: ['relay'] })
    expect(peerRow({ id: 'a', book, stored: { address: '/ip4/192.0.2.1/tcp/1' }, banned: false }, STRANGERS)).to.deep.include({ address: '/ip4/192.0.2.8/tcp/1', roles: ['relay'] })
    expect(peerRow({ id: 'a', stored: { address: '/ip4/192.0.2.1/tcp/1' }, banned: false }, STRANGERS)).to.include({ address: '/ip4/192.0.2.1/tcp/1' })
  })
})
