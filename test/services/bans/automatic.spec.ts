import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { Budget } from '../../../src/services/bans/budget.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { offenders, openedBans, SELF, settled, StubScoring } from './open-bans.ts'
import type { PeerId } from '@libp2p/interface'
import type { OpenBans } from './open-bans.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

describe('bans: automatic', () => {
  const rng = seededRng(2)
  const open = openedBans()
  const misbehaves = offenders(rng)

  function isDenied ({ bans }: OpenBans, ip: string): boolean {
    return bans.isDenied({ multiaddr: multiaddr(`/ip${ip.includes(':') ? 6 : 4}/${ip}/tcp/1`) })
  }

  it('bans whom scoring finds banned, for what it did and as badly, with the evidence', async () => {
    const one = await open()
    const peer = randomPeerId(rng)
    one.connections.open(peer, '/ip4/9.9.9.9/tcp/1')
    one.scoring.condemn(peer, { misbehaviour: 83, cause: 'pex:oversize' })
    await settled()
    expect(one.bans.get(peer)).to.deep.equal({
      kind: 'peer', key: peer.toString(), by: 'score', reason: 'pex:oversize', sinceMs: START_MS, untilMs: START_MS + HOUR_MS, strikes: 1, severity: 83, host: '9.9.9.9'
    })
    expect(one.events).to.deep.equal([`added ${peer.toString()}`])
    const [evidence] = one.bans.evidence(peer)
    expect(evidence).to.deep.include({ timeMs: START_MS, offence: 'severe', cause: 'pex:oversize', sample: new TextEncoder().encode('pex:oversize') })
    one.clock.advance(500)
    expect(one.connections.peers).to.deep.equal([])
  })

  it('does nothing of itself when it is told not to, but keeps the evidence', async () => {
    const one = await open({ automatic: false })
    const peer = await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    expect(one.bans.list()).to.deep.equal([])
    expect(one.bans.evidence(peer)).to.have.length(1)
  })

  it('can be told to begin, and then bans whom scoring found banned meanwhile, and to stop', async () => {
    const one = await open({ automatic: false })
    const before = await misbehaves(one, '/ip4/9.9.9.9/tcp/1')
    one.bans.automatic = true
    await settled()
    expect(one.bans.automatic).to.equal(true)
    expect(one.bans.get(before)).to.include({ by: 'score' })
    const meanwhile = await misbehaves(one, '/ip4/9.9.8.9/tcp/1')
    expect(one.bans.get(meanwhile)).to.include({ by: 'score' })
    one.bans.automatic = false
    const after = await misbehaves(one, '/ip4/9.9.7.9/tcp/1')
    expect(one.bans.get(after)).to.equal(undefined)
    expect(one.bans.get(meanwhile), 'what is in force stays').to.include({ by: 'score' })
  })

  it('never bans this node, an allowed peer, or a peer at an allowed address', async () => {
    const friend = randomPeerId(rng)
    const one = await open({ allow: [friend.toString(), '9.9.8.0/24'] })
    one.scoring.condemn(SELF)
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1', friend)
    const neighbour = await misbehaves(one, '/ip4/9.9.8.9/tcp/1')
    expect(one.bans.list()).to.deep.equal([])
    expect(one.events).to.deep.equal([`spared ${friend.toString()} allow-list`, `spared ${neighbour.toString()} allow-list`])
    expect(one.bans.explain(friend)[0]).to.include({ where: 'score', decision: 'spared', rule: 'allow-list' })
  })

  it('takes a ban by hand, longer or shorter, as it is', async () => {
    const one = await open()
    const peer = randomPeerId(rng)
    const ban = await one.bans.ban(peer, { durationMs: 5_000 })
    one.scoring.known.get(peer.toString())!.standing = 'good'
    await misbehaves(one, '/ip4/9.9.9.9/tcp/1', peer)
    expect(one.bans.get(peer)).to.deep.equal(ban)
  })

  it('keeps 16 pieces of evidence a peer, the latest, cut at 512 bytes', async () => {
    const one = await open()
    const peer = randomPeerId(rng)
    for (let i = 0; i < 20; i++) one.scoring.condemn(peer, { cause: `test:${i}${'x'.repeat(1_000)}`, timeMs: START_MS + i })
    const evidence = one.bans.evidence(peer)
    expect(evidence.map(({ timeMs }) => timeMs - START_MS)).to.deep.equal(Array.from({ length: 16 }, (_, i) => 19 - i))
    expect(evidence[0]?.sample).to.have.length(512)
  })

  describe('the budget', () => {
    it('is a share of the peers in 10 minutes, and one in any case', () => {
      const cases: Array<[share: number, connected: number, banned: number]> = [[0.2, 0, 1], [0.2, 1, 1], [0.2, 9, 1], [0.2, 10, 2], [0.2, 60, 12], [0, 60, 1], [1, 7, 7]]
      for (const [share, connected, banned] of cases) {
        const budget = new Budget(share)
        let count = 0
        for (let left = connected; count <= connected && budget.allows(0, left); left = Math.max(0, left - 1)) {
          budget.spend(0, left)
          count++
        }
        expect(count, `${share} of ${connected}`).to.equal(banned)
        expect(budget.allows(10 * MINUTE_MS - 1, connected - count)).to.equal(false)
        expect(budget.allows(10 * MINUTE_MS, connected - count)).to.equal(true)
      }
    })

    it('spares established peers beyond it, and bans strangers whatever their number', async () => {
      const one = await open()
      const old = Array.from({ length: 20 }, () => randomPeerId(rng))
      for (const [i, peer] of old.entries()) one.connections.open(peer, `/ip4/9.${i}.9.9/tcp/1`)
      one.clock.advance(10 * MINUTE_MS)
      const strangers = Array.from({ length: 30 }, () => randomPeerId(rng))
      for (const [i, peer] of strangers.entries()) one.connections.open(peer, `/ip4/8.${i}.9.9/tcp/1`)
      for (const peer of strangers) one.scoring.condemn(peer, { credit: 20 })
      one.clock.advance(1_000)
      await settled()
      expect(one.bans.list()).to.have.length(30)
      for (const peer of old) one.scoring.condemn(peer)
      await settled()
      // of the 20 that were connected
      expect(one.bans.list()).to.have.length(30 + 4)
      expect(one.events.filter(event => event.endsWith('ban-budget'))).to.have.length(16)
    })

    it('takes credit for a sign of being established an hour after a peer was first seen, here or before a restart', async () => {
      const one = await open({ budget: 0 })
      const [spends, fresh, known, idle, remembered] = Array.from({ length: 5 }, () => randomPeerId(rng)) as [PeerId, PeerId, PeerId, PeerId, PeerId]
      for (const peer of [spends, known, idle]) one.connections.close(one.connections.open(peer, '/memory/a'))
      one.clock.advance(1)
      one.connections.close(one.connections.open(fresh, '/memory/a'))
      one.clock.advance(HOUR_MS - 1)
      for (const peer of [spends, fresh, known, idle, remembered]) one.connections.open(peer, '/memory/a')
      one.scoring.condemn(spends, { credit: 1 })
      one.scoring.condemn(known, { credit: 1 })
      one.scoring.condemn(remembered, { credit: 1, knownSinceMs: one.clock.now() - HOUR_MS })
      await settled()
      expect(one.events).to.have.members([`added ${spends.toString()}`, `spared ${known.toString()} ban-budget`, `spared ${remembered.toString()} ban-budget`])
      one.scoring.condemn(fresh, { credit: 20, knownSinceMs: one.clock.now() - HOUR_MS + 1 })
      one.scoring.condemn(idle, { credit: 0.9 })
      await settled()
      expect(one.events.slice(3)).to.have.members([`added ${fresh.toString()}`, `added ${idle.toString()}`])
    })

    it('protects ids, not their host: those that it spares count for that', async () => {
      const one = await open({ budget: 0 })
      const peers = Array.from({ length: 3 }, () => randomPeerId(rng))
      for (const [i, peer] of peers.entries()) one.connections.open(peer, `/ip4/9.9.9.9/tcp/${i + 1}`)
      one.clock.advance(10 * MINUTE_MS)
      for (const [i, peer] of peers.entries()) {
        expect(isDenied(one, '9.9.9.9'), `with ${i} of them`).to.equal(false)
        one.scoring.condemn(peer)
        await settled()
      }
      expect(one.bans.list({ kind: 'peer' })).to.have.length(1)
      expect(one.events.filter(event => event.endsWith('ban-budget'))).to.have.length(2)
      expect(isDenied(one, '9.9.9.9')).to.equal(true)
    })

    it('leaves alone the host of the spared where somebody good is, up to the fifth of them', async () => {
      const one = await open({ budget: 0 })
      one.scoring.goodHosts.add('9.9.9.9')
      const peers = Array.from({ length: 5 }, () => randomPeerId(rng))
      for (const peer of peers) one.connections.open(peer, '/ip4/9.9.9.9/tcp/1')
      one.clock.advance(10 * MINUTE_MS)
      for (const peer of peers) {
        expect(isDenied(one, '9.9.9.9')).to.equal(false)
        one.scoring.condemn(peer)
      }
      expect(isDenied(one, '9.9.9.9')).to.equal(true)
    })

    it('lets whom it spared be judged again when it goes on, not for the same deed', async () => {
      const one = await open()
      const [first, second] = [randomPeerId(rng), randomPeerId(rng)]
      for (const peer of [first, second]) one.connections.open(peer, '/memory/a')
      one.clock.advance(10 * MINUTE_MS)
      for (const peer of [first, second]) one.scoring.condemn(peer)
      await settled()
      expect(one.events).to.have.members([`added ${first.toString()}`, `spared ${second.toString()} ban-budget`])
      one.clock.advance(10 * MINUTE_MS)
      one.scoring.condemn(second)
      await settled()
      expect(one.events.at(-1)).to.equal(`added ${second.toString()}`)
    })
  })

  it('is not deceived by scoring that tells of its own ban', async () => {
    const scoring = new StubScoring()
    const one = await open({ scoring })
    const peer = randomPeerId(rng)
    // as scoring does when it is told
    const banned = scoring.banned.bind(scoring)
    scoring.banned = (peerId, strikes) => {
      banned(peerId, strikes)
      scoring.safeDispatchEvent('standing:change', { detail: { peerId, standing: 'banned', before: 'good' } })
    }
    await one.bans.ban(peer)
    expect(one.bans.history(peer)).to.have.length(1)
    expect(one.bans.get(peer)).to.include({ by: 'hand' })
  })
})
