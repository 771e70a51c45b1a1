import { expect } from 'chai'
import { Hosts } from '../../../src/services/scoring/hosts.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const rng = seededRng(19)

describe('scoring: hosts', () => {
  it('tell the worst of the others in the last hour', () => {
    const hosts = new Hosts()
    hosts.charged('h', 'a', 50, 0)
    hosts.charged('h', 'b', 20, 0)
    hosts.charged('h', 'a', 30, 10 * MINUTE)
    expect(hosts.worst('h', 'b', 10 * MINUTE)).to.equal(50)
    expect(hosts.worst('h', 'a', 10 * MINUTE)).to.equal(20)
    expect(hosts.worst('other', 'a', 10 * MINUTE)).to.equal(0)
    expect(hosts.worst('h', 'c', HOUR)).to.equal(0)
    hosts.charged('h', 'a', 10, HOUR)
    expect(hosts.worst('h', 'c', HOUR)).to.equal(10)
  })

  it('remember 8,192, and 8 peers of each', () => {
    const hosts = new Hosts()
    for (let i = 0; i < 10_000; i++) {
      hosts.charged(`h${i}`, 'a', 1, 0)
      hosts.charged('last', `p${i}`, i, 0)
      hosts.seen('last', `p${i}`, 0)
    }
    expect(hosts.size).to.equal(8192)
    expect(hosts.worst('last', '', 0)).to.equal(9999)
    expect(hosts.peersAt('last', 0)).to.have.length(8)
  })

  const places: Array<{ what: string, a: string, b: string, localAsPublic?: boolean, shared: boolean }> = [
    { what: 'one IPv4 address', a: '/ip4/93.184.216.34/tcp/1', b: '/ip4/93.184.216.34/udp/2/quic-v1', shared: true },
    { what: 'two IPv4 addresses', a: '/ip4/93.184.216.34/tcp/1', b: '/ip4/93.184.216.35/tcp/1', shared: false },
    { what: 'one IPv6 /64', a: '/ip6/2606:2800:220:1::1/tcp/1', b: '/ip6/2606:2800:220:1:ffff::2/tcp/1', shared: true },
    { what: 'two IPv6 /64s', a: '/ip6/2606:2800:220:1::1/tcp/1', b: '/ip6/2606:2800:220:2::1/tcp/1', shared: false },
    { what: 'a local network', a: '/ip4/192.168.1.2/tcp/1', b: '/ip4/192.168.1.2/tcp/2', shared: false },
    { what: 'loopback', a: '/ip4/127.0.0.1/tcp/1', b: '/ip4/127.0.0.1/tcp/2', shared: false },
    { what: 'loopback that counts as public', a: '/ip4/127.0.0.1/tcp/1', b: '/ip4/127.0.0.1/tcp/2', localAsPublic: true, shared: true },
    {
      what: 'a relay',
      a: '/ip4/93.184.216.34/tcp/1/p2p/12D3KooWGC6TvWhfagpX6wvxph9UWAjE4zxsUEVYyJNGVGxkHV5e/p2p-circuit',
      b: '/ip4/93.184.216.34/tcp/1/p2p/12D3KooWGC6TvWhfagpX6wvxph9UWAjE4zxsUEVYyJNGVGxkHV5e/p2p-circuit',
      shared: false
    }
  ]
  for (const { what, a, b, localAsPublic, shared } of places) {
    it(`make peers of ${what} ${shared ? '' : 'not '}answer for each other`, async () => {
      const { scoring, connect } = await openScoring({ localAsPublic })
      const [bad, other] = [randomPeerId(rng), randomPeerId(rng)]
      connect(bad, { from: a })
      connect(other, { from: b })
      for (let i = 0; i < 5; i++) scoring.report(bad, 'moderate', 'test:flood')
      expect(scoring.score(other)).to.be.closeTo(shared ? -12 : 0, 1e-9)
      expect(scoring.get(other)?.ipDebt).to.be.closeTo(shared ? 12 : 0, 1e-9)
      expect(scoring.get(bad)?.ipDebt, 'its own is not counted twice').to.equal(0)
    })
  }

  it('hold against a newcomer what somebody did there before, at most 15, for an hour', async () => {
    const { scoring, connect, clock } = await openScoring()
    const bad = randomPeerId(rng)
    const connection = connect(bad)
    scoring.report(bad, 'fatal', 'test:forged')
    connection.fail()
    const newcomer = randomPeerId(rng)
    connect(newcomer)
    expect(scoring.score(newcomer)).to.equal(-15)
    clock.advance(HOUR)
    expect(scoring.get(newcomer)?.ipDebt).to.equal(0)
  })

  it('hold against the others what a peer brings along from elsewhere', async () => {
    const { scoring, connect } = await openScoring()
    const [bad, other] = [randomPeerId(rng), randomPeerId(rng)]
    connect(other)
    scoring.report(bad, 'severe', 'test:forged')
    expect(scoring.score(other)).to.equal(0)
    connect(bad)
    expect(scoring.score(other)).to.equal(-7.5)
  })

  it('are those of direct connections, also when there is a relayed one beside', async () => {
    const { scoring, connect } = await openScoring()
    const relay = '/ip4/93.184.216.99/tcp/1/p2p/12D3KooWGC6TvWhfagpX6wvxph9UWAjE4zxsUEVYyJNGVGxkHV5e/p2p-circuit'
    const [bad, other] = [randomPeerId(rng), randomPeerId(rng)]
    connect(bad)
    scoring.report(bad, 'severe', 'test:forged')
    connect(other, { from: relay })
    expect(scoring.score(other)).to.equal(0)
    connect(other)
    connect(other, { from: relay })
    expect(scoring.score(other)).to.equal(-7.5)
  })

  it('pardon the others when a ban is lifted by hand, or the peer is forgotten', async () => {
    for (const pardon of ['lifted', 'forget'] as const) {
      const { scoring, connect } = await openScoring()
      const [bad, other] = [randomPeerId(rng), randomPeerId(rng)]
      connect(bad)
      connect(other)
      scoring.report(bad, 'fatal', 'test:forged')
      if (pardon === 'lifted') scoring.released(bad, 'lifted')
      else scoring.forget(bad)
      expect(scoring.score(other), pardon).to.equal(0)
    }
  })

  it('know whether somebody good is there', async () => {
    const { scoring, connect, clock } = await openScoring()
    const host = '93.184.216.34'
    const [good, passerBy, bad] = [randomPeerId(rng), randomPeerId(rng), randomPeerId(rng)]
    connect(passerBy)
    expect(scoring.hasGoodPeerAt(host), 'without credit').to.equal(false)
    const connection = connect(good)
    scoring.observe(good, { what: 'delivery' })
    expect(scoring.hasGoodPeerAt(host)).to.equal(true)
    expect(scoring.hasGoodPeerAt(host, good)).to.equal(false)
    expect(scoring.hasGoodPeerAt('93.184.216.35')).to.equal(false)
    clock.advance(2 * HOUR)
    expect(scoring.hasGoodPeerAt(host), 'while it is connected').to.equal(true)
    const other = connect(bad)
    for (let i = 0; i < 200; i++) scoring.observe(bad, { what: 'delivery' })
    for (let i = 0; i < 4; i++) scoring.report(bad, 'moderate', 'test:flood')
    for (let i = 0; i < 12; i++) scoring.report(good, 'moderate', 'test:flood')
    expect(scoring.hasGoodPeerAt(host, passerBy), 'when it is bad by now').to.equal(false)
    scoring.released(good, 'lifted')
    connection.closeThere()
    other.closeThere()
    scoring.observe(good, { what: 'delivery' })
    expect(scoring.hasGoodPeerAt(host, passerBy)).to.equal(true)
    for (const peer of [passerBy, bad]) scoring.forget(peer)
    clock.advance(HOUR)
    expect(scoring.hasGoodPeerAt(host, passerBy), 'an hour after it left').to.equal(false)
  })
})
