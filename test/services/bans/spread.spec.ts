import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { Spread } from '../../../src/services/bans/spread.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { offenders, openedBans, settled } from './open-bans.ts'
import type { PeerId } from '@libp2p/interface'
import type { Ban } from '../../../src/services/bans/index.ts'
import type { OpenBans } from './open-bans.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

describe('bans: spread', () => {
  const rng = seededRng(2)
  const open = openedBans()
  const misbehaves = offenders(rng)

  function isDenied ({ bans }: OpenBans, ip: string): boolean {
    return bans.isDenied({ multiaddr: multiaddr(`/ip${ip.includes(':') ? 6 : 4}/${ip}/tcp/1`) })
  }

  const keys = ({ bans }: OpenBans, kind: 'ip' | 'prefix'): string[] => bans.list({ kind }).map(({ key }) => key)

  it('bans an IP with its third banned id', async () => {
    const one = await open()
    for (let i = 1; i <= 2; i++) await misbehaves(one, `/ip4/9.9.9.9/tcp/${i}`)
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/3')
    expect(isDenied(one, '9.9.9.9')).to.equal(true)
    expect(one.bans.get('9.9.9.9')).to.include({ by: 'spread', kind: 'ip', severity: 60, strikes: 1, reason: '3 peers that were banned, or nearly, were seen there in 24 h' })
    expect(isDenied(one, '9.9.9.8')).to.equal(false)
  })

  it('bans an IP with its fifth banned id when somebody good is there', async () => {
    const one = await open()
    one.scoring.goodHosts.add('9.9.9.9')
    for (let i = 1; i <= 4; i++) await misbehaves(one, `/ip4/9.9.9.9/tcp/${i}`)
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/5')
    expect(isDenied(one, '9.9.9.9')).to.equal(true)
  })

  it('counts peers that are refused for what they did themselves like banned ones', async () => {
    const one = await open({ allow: ['9.9.8.8'] })
    const isRefused = (address: string, misbehaviour: number, credit = 0): void => {
      const peerId = randomPeerId(rng)
      one.connections.open(peerId, address)
      one.scoring.known.set(peerId.toString(), { peerId, misbehaviour, credit, standing: 'refused', history: [] })
      one.scoring.safeDispatchEvent('standing:change', { detail: { peerId, standing: 'refused', before: 'good' } })
    }
    for (let i = 1; i <= 5; i++) {
      isRefused('/ip4/9.9.9.1/tcp/1', 24)
      isRefused('/ip4/9.9.8.8/tcp/1', 50)
      isRefused(`/ip4/9.9.9.3/tcp/1/p2p/${randomPeerId(rng).toString()}/p2p-circuit`, 50)
      isRefused('/ip4/192.168.1.4/tcp/1', 50)
    }
    for (let i = 1; i <= 3; i++) {
      expect(isDenied(one, '9.9.9.9')).to.equal(false)
      isRefused('/ip4/9.9.9.9/tcp/1', 50)
      await settled()
    }
    expect(isDenied(one, '9.9.9.9')).to.equal(true)
    expect(one.bans.list().map(({ key }) => key)).to.deep.equal(['9.9.9.9'])
  })

  it('counts for 24 h, over a restart, and not what was lifted', async () => {
    let one = await open()
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    one.clock.advance(DAY_MS)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    const lifted = await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    await one.bans.unban(lifted)
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    one = await one.reopen()
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(isDenied(one, '9.9.9.9')).to.equal(true)
  })

  it('bans an IP for longer when it comes to it again, and forgives one that is lifted', async () => {
    const one = await open()
    for (let i = 1; i <= 3; i++) await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    one.clock.advance(HOUR_MS)
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(one.bans.get('9.9.9.9')).to.include({ strikes: 2, untilMs: one.clock.now() + 4 * HOUR_MS })
    await one.bans.unban('9.9.9.9')
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
  })

  it('bans a /24 when 4 of its IPs are banned', async () => {
    const one = await open()
    for (let ip = 1; ip <= 4; ip++) {
      expect(isDenied(one, '9.9.9.200')).to.equal(false)
      for (let i = 1; i <= 3; i++) await misbehaves(one, `/ip4/9.9.9.${ip}/tcp/${i}`)
    }
    expect(isDenied(one, '9.9.9.200')).to.equal(true)
    expect(keys(one, 'prefix')).to.deep.equal(['9.9.9.0/24'])
    expect(isDenied(one, '9.9.8.200')).to.equal(false)
  })

  it('does not ban a /24 for single bad ids at many of its IPs', async () => {
    const one = await open()
    for (let ip = 1; ip <= 100; ip++) await misbehaves(one, `/ip4/9.9.9.${ip}/tcp/1`)
    expect(keys(one, 'prefix')).to.deep.equal([])
  })

  it('T9: refuses an IPv6 /56 after 4 bans in its /64s, then the /48 after 4 such, and not the neighbouring /48', async () => {
    const one = await open()
    for (let id = 0; id < 4; id++) {
      expect(isDenied(one, '2606:4700:0:ff::1')).to.equal(false)
      await misbehaves(one, `/ip6/2606:4700:0:${id.toString(16)}::1/tcp/1`)
    }
    expect(isDenied(one, '2606:4700:0:ff::1')).to.equal(true)
    expect(isDenied(one, '2606:4700:0:100::1')).to.equal(false)
    expect(keys(one, 'prefix')).to.deep.equal(['2606:4700::/56'])
    for (const subnet of ['1', '2', '3']) {
      for (let id = 0; id < 4; id++) await misbehaves(one, `/ip6/2606:4700:0:${subnet}0${id}::1/tcp/1`)
    }
    expect(isDenied(one, '2606:4700:0:ffff::1')).to.equal(true)
    expect(keys(one, 'prefix')).to.include('2606:4700::/48')
    expect(isDenied(one, '2606:4700:1::1'), 'the neighbour').to.equal(false)
  })

  it('asks for 4 banned /64s in a /56 where somebody good is', async () => {
    const one = await open()
    one.connections.open(randomPeerId(rng), '/ip6/2606:4700:0:aa::1/tcp/1')
    one.scoring.goodHosts.add('2606:4700:0:aa::/64')
    for (let host = 0; host < 4; host++) {
      for (let id = 0; id < 3; id++) {
        expect(isDenied(one, '2606:4700:0:aa::1')).to.equal(false)
        await misbehaves(one, `/ip6/2606:4700:0:${host}::1/tcp/1`)
      }
      expect(isDenied(one, `2606:4700:0:${host}::99`), 'a banned /64').to.equal(true)
    }
    expect(isDenied(one, '2606:4700:0:aa::1')).to.equal(true)
  })

  it('never bans local addresses, unless it is configured to', async () => {
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.7/tcp/1', '/ip6/fe80::1/tcp/1', '/ip6/::1/tcp/1']) {
      const one = await open()
      for (let i = 0; i < 8; i++) await misbehaves(one, address)
      expect(one.bans.list().filter(({ kind }) => kind !== 'peer'), address).to.deep.equal([])
      expect(one.events.filter(event => event.endsWith('never-ban'))).to.not.deep.equal([])
      expect(one.bans.list()[0]).to.not.have.property('host')
      const other = await open({ localAsPublic: true })
      for (let i = 0; i < 3; i++) await misbehaves(other, address)
      expect(other.bans.list().filter(({ kind }) => kind !== 'peer'), address).to.have.length(1)
    }
  })

  it('never counts relayed peers against their relay', async () => {
    const one = await open()
    const relay = randomPeerId(rng)
    for (let i = 0; i < 10; i++) {
      const peer = randomPeerId(rng)
      await misbehaves(one, `/ip4/9.9.9.9/tcp/1/p2p/${relay.toString()}/p2p-circuit/p2p/${peer.toString()}`, peer)
    }
    expect(one.bans.list({ kind: 'ip' })).to.deep.equal([])
  })

  it('never bans where an allowed peer was seen, nor an allowed address', async () => {
    const friend = randomPeerId(rng)
    const one = await open({ allow: [friend.toString()] })
    one.connections.open(friend, '/ip4/9.9.9.9/tcp/1')
    for (let i = 0; i < 6; i++) await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(isDenied(one, '9.9.9.9')).to.equal(false)
    expect(one.events).to.include('spared 9.9.9.9 allow-list')
  })

  it('does not take what people ban by hand for more than they mean', async () => {
    const one = await open()
    for (let i = 1; i <= 10; i++) await one.bans.ban(`9.9.9.${i}`)
    for (let i = 1; i <= 10; i++) {
      const peer = randomPeerId(rng)
      one.connections.open(peer, '/ip4/9.9.8.1/tcp/1')
      await one.bans.ban(peer)
    }
    expect(isDenied(one, '9.9.9.200')).to.equal(false)
    expect(isDenied(one, '9.9.8.1')).to.equal(false)
  })

  describe('of peers that are refused, and may go on with another id', () => {
    const refused = (one: OpenBans, address: string, misbehaviour = 50, credit = 0): PeerId => {
      const peer = randomPeerId(rng)
      const connection = one.connections.open(peer, address)
      one.scoring.refuse(peer, misbehaviour, credit)
      one.connections.close(connection)
      return peer
    }

    it('counts like bans of theirs', async () => {
      const one = await open()
      for (let i = 0; i < 2; i++) refused(one, '/ip4/9.9.9.9/tcp/1')
      expect(isDenied(one, '9.9.9.9')).to.equal(false)
      await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
      expect(isDenied(one, '9.9.9.9')).to.equal(true)
      expect(one.bans.list({ kind: 'peer' })).to.have.length(1)
    })

    it('counts a peer once, however often it is refused and then banned', async () => {
      const one = await open()
      const peer = refused(one, '/ip4/9.9.9.9/tcp/1')
      one.scoring.refuse(peer, 55)
      await misbehaves(one, '/ip4/9.9.9.9/tcp/1', peer)
      await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
      expect(isDenied(one, '9.9.9.9')).to.equal(false)
    })

    it('counts them whatever their credit', async () => {
      const one = await open()
      for (let i = 0; i < 3; i++) refused(one, '/ip4/9.9.9.9/tcp/1', 50, 20)
      expect(isDenied(one, '9.9.9.9')).to.equal(true)
    })

    it('counts neither mere unreliability, nor allowed peers, nor local and allowed addresses', async () => {
      const friends = Array.from({ length: 3 }, () => randomPeerId(rng))
      const one = await open({ allow: [...friends.map(String), '9.9.5.0/24'] })
      for (let i = 0; i < 5; i++) {
        refused(one, '/ip4/9.9.9.9/tcp/1', 24)
        refused(one, '/ip4/9.9.5.9/tcp/1')
        refused(one, '/ip4/127.0.0.1/tcp/1')
      }
      for (const friend of friends) {
        one.connections.open(friend, '/ip4/9.9.7.9/tcp/1')
        one.scoring.refuse(friend, 50)
      }
      expect(one.bans.list()).to.deep.equal([])
      expect(one.events).to.deep.equal([])
    })

    it('does not count when nothing is to be banned automatically', async () => {
      const one = await open({ automatic: false })
      for (let i = 0; i < 5; i++) refused(one, '/ip4/9.9.9.9/tcp/1')
      expect(one.bans.list()).to.deep.equal([])
    })
  })

  it('works without knowing who is good', async () => {
    const spread = new Spread()
    const ban = (n: number): Ban => ({ kind: 'peer', key: randomPeerId(rng).toString(), by: 'score', reason: '', sinceMs: n, strikes: 1, severity: 60 + n })
    const facts = { isShared: () => false }
    expect([1, 2].map(n => spread.add(ban(n), '9.9.9.9', facts))).to.deep.equal([[], []])
    expect(spread.add(ban(3), '9.9.9.9', facts)).to.deep.include({ target: { kind: 'ip', key: '9.9.9.9', bits: '400001001000010010000100100001001' }, severity: 63, reason: '3 peers that were banned, or nearly, were seen there in 24 h' })
    expect(spread.add(ban(4), undefined, facts)).to.deep.equal([])
  })

  it('remembers a bounded number of hosts', () => {
    const spread = new Spread()
    for (let i = 0; i < 20_000; i++) spread.add({ kind: 'peer', key: String(i), by: 'score', reason: '', sinceMs: 0, strikes: 1, severity: 60 }, `${11 + i % 80}.${i >> 12}.${(i >> 4) & 255}.${i & 15}`, { isShared: () => false })
    expect(spread.size).to.equal(8_192)
  })
})
