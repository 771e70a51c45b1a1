import { expect } from 'chai'
import { layoutOf } from '../../../src/http/dashboard/views/network/network-layout.ts'
import { seededRng } from '../../../src/util/rng.ts'
import type { GraphPeer } from '../../../src/http/schemas/network.ts'
import type { Layout, Place } from '../../../src/http/dashboard/views/network/network-layout.ts'

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789'
const SIZES = [[320, 320], [360, 480], [900, 600], [1_500, 620]] as const

const rng = seededRng(11)
function peerOf (rttMs?: number, relay?: string): GraphPeer {
  const peerId = '12D3KooW' + Array.from({ length: 44 }, () => ALPHABET[Math.floor(rng.float() * ALPHABET.length)]).join('')
  return { peerId, roles: ['full'], direction: 'inbound', score: 0, standing: 'good', ...(rttMs == null ? {} : { rttMs }), ...(relay == null ? {} : { relay }) }
}

function place ({ places }: Layout, { peerId }: GraphPeer): Place {
  const found = places.find(({ peer }) => peer.peerId === peerId)
  if (found == null) throw new Error(`${peerId} has no place`)
  return found
}

describe('http: dashboard: layout of the network', () => {
  it('puts everybody within the picture, nobody on another, at any size', () => {
    const peers = Array.from({ length: 200 }, () => peerOf(Math.exp(rng.float() * 8)))
    for (const [width, height] of SIZES) {
      const { places, size } = layoutOf(peers, width, height)
      expect(places).to.have.length(200)
      for (const { x, y } of places) {
        expect(x).to.be.within(size, width - size)
        expect(y).to.be.within(size, height - size)
      }
      const nearest = Math.min(...places.flatMap((a, index) => places.slice(index + 1).map(b => Math.hypot(a.x - b.x, a.y - b.y))))
      expect(nearest, `${width} x ${height}`).to.be.above(size)
    }
  })

  it('puts those with a longer round trip farther out, and names the distances', () => {
    const peers = [300, 0.4, 30, undefined, 3_000].map(rttMs => peerOf(rttMs))
    const layout = layoutOf(peers, 800, 600)
    const [far, near, between, unknown, farther] = peers.map(peer => place(layout, peer).ring)
    expect([near, between, far, farther, unknown]).to.deep.equal([0, 1, 2, 3, 4])
    expect(layout.rings.map(({ text }) => text)).to.deep.equal(['5 ms', '50 ms', '500 ms', 'over 1 s', 'not measured'])
  })

  it('puts who is reached through a relay outside, behind it', () => {
    const relay = peerOf(20)
    const behind = peerOf(90, relay.peerId)
    const layout = layoutOf([behind, relay, ...Array.from({ length: 20 }, () => peerOf(500))], 800, 600)
    const [inner, outer] = [place(layout, relay), place(layout, behind)]
    expect(outer.from).to.include({ x: inner.x, y: inner.y })
    expect(outer.angle).to.be.closeTo(inner.angle, 0.01)
    expect(Math.max(...layout.places.map(({ ring }) => ring))).to.equal(outer.ring)
  })

  it('links who is behind an unknown relay with the middle', () => {
    const layout = layoutOf([peerOf(20, 'somebody who is not connected')], 800, 600)
    expect(layout.places[0]?.from).to.deep.equal({ x: 400, y: 300 })
  })

  it('leaves the others where they are when one comes in another distance', () => {
    const peers = Array.from({ length: 20 }, (_, index) => peerOf(index < 10 ? 3 : 80))
    const [before, after] = [layoutOf(peers, 800, 600), layoutOf([...peers, peerOf(80)], 800, 600)]
    for (const peer of peers.slice(0, 10)) expect(place(after, peer)).to.deep.equal(place(before, peer))
  })

  it('takes nobody, and a picture without any size yet', () => {
    expect(layoutOf([], 800, 600).places).to.deep.equal([])
    expect(layoutOf([peerOf(5)], 0, 0).places).to.have.length(1)
  })
})
