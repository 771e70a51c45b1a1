import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { Sightings } from '../../../src/services/bans/sightings.ts'
import { targetOfKey } from '../../../src/services/bans/target.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Connection, PeerId } from '@libp2p/interface'

describe('bans: sightings', () => {
  const rng = seededRng(6)

  function sees (sightings: Sightings, address: string, nowMs = 0): PeerId {
    const remotePeer = randomPeerId(rng)
    sightings.opened({ remotePeer, remoteAddr: multiaddr(address) } as Connection, nowMs)
    return remotePeer
  }

  it('asks about 256 hosts of a network at most, half of them those of the connected, half the latest', () => {
    const sightings = new Sightings({})
    sees(sightings, '/ip6/2a00:1:1:ff00::1/tcp/1')
    const gone: PeerId[] = []
    for (let i = 0; i < 16_000; i++) gone.push(sees(sightings, `/ip6/2a00:1:1:${i.toString(16)}::1/tcp/1`))
    for (const peer of gone) sightings.closed(peer)
    const startMs = performance.now()
    const hosts = sightings.hostsIn(targetOfKey('2a00:1:1::/48'))
    const tookMs = performance.now() - startMs
    expect(hosts.size).to.equal(129)
    expect([...hosts][0], 'connected').to.equal('2a00:1:1:ff00::/64')
    for (let i = 0; i < 300; i++) sees(sightings, `/ip6/2a00:1:1:${(0xfc00 + i).toString(16)}::1/tcp/1`)
    expect(sightings.hostsIn(targetOfKey('2a00:1:1::/48')).size, 'with many connected').to.equal(256)
    expect([...hosts]).to.include('2a00:1:1:3e7f::/64')
    // only what a shared machine cannot make false
    expect(tookMs).to.be.below(100)
    expect(sightings.hostsIn(targetOfKey('2a00:1:1:ff00::/56'))).to.deep.equal(new Set(['2a00:1:1:ff00::/64']))
    expect(sightings.hostsIn(targetOfKey('2a00:1:2::/48')).size).to.equal(0)
  })

  it('keeps where a peer was seen itself when it comes back through a relay, and since when it is known', () => {
    const sightings = new Sightings({})
    const peer = sees(sightings, '/ip4/9.9.9.9/tcp/1', 1_000)
    const id = peer.toString()
    sightings.closed(peer)
    sightings.opened({ remotePeer: peer, remoteAddr: multiaddr(`/ip4/9.9.9.8/tcp/1/p2p/${randomPeerId(rng).toString()}/p2p-circuit`) } as Connection, 5_000)
    expect(sightings.get(id, 6_000)).to.include({ ip: '9.9.9.9', timeMs: 1_000 })
    expect([sightings.connectedFor(id, 6_000), sightings.knownFor(id, 6_000), sightings.knownFor('nobody', 6_000)]).to.deep.equal([1_000, 5_000, 0])
  })
})
