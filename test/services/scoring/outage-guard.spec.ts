import { expect } from 'chai'
import { OutageGuard } from '../../../src/services/scoring/outage-guard.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { OpenScoring } from '../../support/open-scoring.ts'
import type { StubConnection } from '../../support/stub-connection.ts'

const MINUTE = 60_000
const rng = seededRng(17)

function hosts (from: number, to: number): Set<string> {
  return new Set(Array.from({ length: to - from }, (_, i) => `host ${from + i}`))
}

describe('scoring: outage guard', () => {
  // of so many connected peers, so many fail one after another within so long
  const table: Array<{ of: number, fail: number, withinMs: number, outage: boolean }> = [
    { of: 3, fail: 3, withinMs: 0, outage: false },
    { of: 4, fail: 4, withinMs: 0, outage: true },
    { of: 8, fail: 3, withinMs: 0, outage: false },
    { of: 8, fail: 4, withinMs: 0, outage: true },
    { of: 8, fail: 4, withinMs: 30_000, outage: true },
    { of: 8, fail: 4, withinMs: 33_000, outage: false },
    { of: 50, fail: 24, withinMs: 1_000, outage: false },
    { of: 50, fail: 25, withinMs: 1_000, outage: true }
  ]
  for (const { of, fail, withinMs, outage } of table) {
    it(`${outage ? 'sees' : 'sees no'} outage when ${fail} of ${of} fail within ${withinMs / 1000} s`, () => {
      const clock = new ManualClock()
      const guard = new OutageGuard(clock, 10_000)
      for (let i = 0; i < fail; i++) {
        if (i > 0) clock.advance(withinMs / (fail - 1))
        guard.failed(`host ${i}`, hosts(i + 1, of))
      }
      expect(guard.isActive).to.equal(outage)
    })
  }

  it('counts a host once, however often it comes back and fails', () => {
    const guard = new OutageGuard(new ManualClock(), 10_000)
    for (let i = 0; i < 100; i++) expect(guard.failed('flapper', hosts(0, 3))).to.equal(false)
  })

  it('does not count a host where somebody still is', () => {
    const guard = new OutageGuard(new ManualClock(), 10_000)
    for (let i = 0; i < 8; i++) expect(guard.failed(`host ${i}`, hosts(0, 8))).to.equal(false)
  })

  it('ends after two minutes, or two minutes after the last failure of a row', () => {
    const clock = new ManualClock()
    const guard = new OutageGuard(clock, 10_000)
    for (let i = 0; i < 4; i++) guard.failed(`host ${i}`, hosts(i + 1, 4))
    clock.advance(2 * MINUTE - 1)
    expect(guard.isActive).to.equal(true)
    clock.advance(1)
    expect(guard.isActive).to.equal(false)
  })

  const jumps: Array<[what: string, move: (clock: ManualClock) => void, seen: boolean]> = [
    ['a beat on time', clock => { clock.advance(10_000) }, false],
    ['a beat 29 s late', clock => { clock.advance(39_000) }, false],
    ['a beat 31 s late', clock => { clock.advance(41_000) }, true],
    ['a wall clock corrected by 20 s', clock => { clock.jump(20_000); clock.advance(10_000) }, false],
    ['a wall clock set forward by an hour', clock => { clock.jump(3_600_000); clock.advance(10_000) }, true],
    ['a wall clock set back by an hour', clock => { clock.jump(-3_600_000); clock.advance(10_000) }, true]
  ]
  for (const [what, move, seen] of jumps) {
    it(`${seen ? 'sees' : 'does not mind'} ${what}`, () => {
      const clock = new ManualClock(1e12)
      const guard = new OutageGuard(clock, 10_000)
      guard.start()
      move(clock)
      expect(guard.beat()).to.equal(seen)
      expect(guard.isActive).to.equal(seen)
      clock.advance(10_000)
      expect(guard.beat(), 'the next one').to.equal(false)
    })
  }

  it('remembers no more than 4,096 failures and charges', () => {
    const guard = new OutageGuard(new ManualClock(), 10_000)
    const many = hosts(10_000, 10_010)
    for (let i = 0; i < 10_000; i++) {
      guard.failed(`host ${i}`, many)
      guard.charged(`peer ${i}`, 1)
    }
    expect(guard.gauges).to.deep.equal({ recentFailures: 4096, recentCharges: 4096 })
  })

  describe('in the service', () => {
    let open: OpenScoring
    let heard: string[]
    let connections: StubConnection[]
    beforeEach(async () => {
      open = await openScoring()
      heard = []
      open.scoring.addEventListener('outage:start', ({ detail }) => heard.push(`start ${detail.why}`))
      open.scoring.addEventListener('outage:end', () => heard.push('end'))
      connections = Array.from({ length: 10 }, (_, i) => open.connect(randomPeerId(rng), { from: `/ip4/20.${i}.0.1/tcp/4001` }))
      open.clock.advance(MINUTE)
    })

    it('cannot be made to believe it by ids that come and go, on a few hosts or on many', () => {
      for (let round = 0; round < 30; round++) {
        for (let i = 0; i < 20; i++) open.connect(randomPeerId(rng), { from: `/ip4/${5 + i % 2}.5.5.5/tcp/1` }).fail()
        for (let i = 0; i < 20; i++) open.connect(randomPeerId(rng), { from: `/ip4/5.${round}.${i}.5/tcp/1` }).fail()
        open.clock.advance(30_000)
        expect(open.scoring.isOutage()).to.equal(false)
      }
      const dead = randomPeerId(rng)
      open.scoring.observe(dead, { what: 'dial-failed' })
      expect(open.scoring.get(dead)!.unreliability, 'an address where nobody is').to.be.closeTo(2, 0.01)
    })

    it('cannot be made to believe it by ids that stay on one host, or behind one relay', () => {
      const from = ['/ip4/5.5.5.5/tcp/1', `/ip4/6.6.6.6/tcp/1/p2p/${randomPeerId(rng).toString()}/p2p-circuit`, '/ip6/2001:4860:1:1::7/tcp/1']
      const stayed = Array.from({ length: 60 }, (_, i) => open.connect(randomPeerId(rng), { from: from[i % 3]! }))
      open.clock.advance(MINUTE)
      for (const connection of stayed) connection.fail()
      expect(heard).to.deep.equal([])
    })

    it('believes it of neighbours on a local network one by one, and after a minute', async () => {
      for (const connection of connections) await connection.close()
      const meet = (): StubConnection[] => Array.from({ length: 6 }, () => open.connect(randomPeerId(rng), { from: '/ip4/10.0.0.7/tcp/1' }))
      for (const neighbour of meet()) neighbour.fail()
      const neighbours = meet()
      open.clock.advance(MINUTE - 1)
      expect(heard).to.deep.equal([])
      open.clock.advance(1)
      for (const neighbour of neighbours) neighbour.fail()
      expect(heard).to.deep.equal(['start connections'])
    })

    it('charges nobody when half of the connections fail together, and says when that ends', () => {
      const [peer] = connections.map(({ remotePeer }) => remotePeer)
      open.scoring.observe(peer!, { what: 'ping-timeout' })
      open.clock.advance(31_000)
      const before = open.scoring.get(peer!)!.unreliability
      open.scoring.observe(peer!, { what: 'request-timeout' })
      for (const connection of connections.slice(0, 4)) connection.fail()
      expect(heard).to.deep.equal([])
      connections[4]!.fail()
      expect(heard).to.deep.equal(['start connections'])
      expect(open.scoring.isOutage()).to.equal(true)
      // what came within 30 s is taken back, what was earlier is not
      expect(open.scoring.get(peer!)!.unreliability).to.be.closeTo(before, 1e-9)
      open.scoring.observe(peer!, { what: 'dial-failed' })
      expect(open.scoring.get(peer!)!.unreliability).to.be.closeTo(before, 1e-9)
      open.clock.advance(2 * MINUTE + 10_000)
      expect(heard).to.deep.equal(['start connections', 'end'])
      open.scoring.observe(peer!, { what: 'dial-failed' })
      expect(open.scoring.get(peer!)!.unreliability).to.be.greaterThan(2)
    })

    it('takes back no more than was charged when the ledger was full', () => {
      const peer = connections[0]!.remotePeer
      for (let i = 0; i < 20; i++) open.scoring.observe(peer, { what: 'dial-failed' })
      open.clock.advance(31_000)
      const before = open.scoring.get(peer)!.unreliability
      expect(before).to.be.within(14, 15)
      for (let i = 0; i < 20; i++) open.scoring.observe(peer, { what: 'dial-failed' })
      for (const connection of connections) connection.fail()
      expect(open.scoring.get(peer)!.unreliability).to.be.closeTo(before, 1e-9)
    })

    it('does not mind connections that this node, or the others, close', async () => {
      for (const connection of connections.slice(0, 5)) await connection.close()
      for (const connection of connections.slice(5)) connection.closeThere()
      expect(heard).to.deep.equal([])
    })

    it('does not mind this node stopping', async () => {
      await open.stop()
      for (const connection of connections) connection.fail()
      expect(heard).to.deep.equal([])
    })

    it('goes on charging misbehaviour', () => {
      for (const connection of connections) connection.fail()
      const peer = connections[0]!.remotePeer
      open.scoring.report(peer, 'fatal', 'test:forged')
      expect(open.scoring.standing(peer)).to.equal('banned')
    })

    it('sees the clock jump', () => {
      const peer = connections[0]!.remotePeer
      open.scoring.observe(peer, { what: 'dial-failed' })
      open.clock.jump(45 * MINUTE)
      open.clock.advance(10_000)
      expect(heard).to.deep.equal(['start clock'])
      expect(open.scoring.get(peer)!.unreliability).to.be.closeTo(0, 1e-9)
      open.clock.advance(2 * MINUTE)
      expect(heard).to.deep.equal(['start clock', 'end'])
    })
  })
})
