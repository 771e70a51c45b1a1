import { expect } from 'chai'
import { Admission } from '../../../src/services/protocols/admission.ts'
import { bytes, defineProtocol, ProtocolError } from '../../../src/services/protocols/index.ts'
import { Pace } from '../../../src/services/protocols/pace.ts'
import { Tally } from '../../../src/services/protocols/tally.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { Opinion, protocolPair } from '../../support/protocol-nodes.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { rejection } from '../../support/rejection.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import type { Connection } from '@libp2p/interface'
import type { ProtocolsContext } from '../../../src/services/protocols/context.ts'

const RATE = { perSecond: 100, burst: 200 }

describe('protocols: bursts', () => {
  it('600 calls at once, by the default rate: all are answered, and nobody is charged', async () => {
    const clock = new ManualClock()
    const pair = await protocolPair({ clock })
    try {
      const echo = defineProtocol({ id: '/shop/echo/1.0.0', request: bytes, response: bytes })
      await pair.server.services.protocols.handle(echo, message => message)
      const startMs = clock.now()
      const calls = Array.from({ length: 600 }, async (_, i) => pair.client.services.protocols.request(pair.server.peerId, echo, Uint8Array.of(i % 256)))
      const ends: string[] = []
      for (const call of calls) call.then(() => ends.push('answered'), (err: { code: string }) => ends.push(err.code))
      await eventually('all have ended', async () => {
        await clock.advanceAsync(50, 10)
        return ends.length === calls.length
      })
      expect(clock.now() - startMs, 'at the rate').to.be.above(3_500)
      expect(ends.filter(outcome => outcome !== 'answered')).to.deep.equal([])
      expect(pair.server.opinion.offences).to.deep.equal([])
      const [outcome] = pair.client.opinion.outcomes.slice(-1)
      expect(outcome!.outcome, 'the wait is not the peer\'s').to.have.property('tookMs').below(1_000)
    } finally {
      await pair.stop()
    }
  })

  describe('the pace', () => {
    it('is that of the rate, in order of priority', async () => {
      const clock = new ManualClock()
      const pace = new Pace({ perSecond: 10, burst: 10 }, clock)
      const made: string[] = []
      for (let i = 0; i < 9; i++) expect(pace.take(0)).to.equal(true)
      const turns = [pace.turn(1_000).then(() => made.push('first')), pace.turn(1_000).then(() => made.push('second')), pace.turn(1_000, undefined, 'high').then(() => made.push('high'))]
      expect([pace.take(0), pace.waiting]).to.deep.equal([false, 3])
      await clock.advanceAsync(100, 10)
      expect(made).to.deep.equal([])
      await clock.advanceAsync(10, 10)
      expect(made).to.deep.equal(['high'])
      await clock.advanceAsync(300, 10)
      await Promise.all(turns)
      expect(made).to.deep.equal(['high', 'first', 'second'])
      expect([pace.waiting, clock.pending]).to.deep.equal([0, 0])
    })

    it('refuses at once what would come too late, and more than 4096', async () => {
      const clock = new ManualClock()
      const pace = new Pace({ perSecond: 1, burst: 1 }, clock)
      pace.take(0)
      expect(await rejection(pace.turn(1_000))).to.have.property('code', 'WIRE_RATE_LIMITED')
      const turns = Array.from({ length: 4_096 }, async () => rejection(pace.turn(1e9)))
      expect(await rejection(pace.turn(1e9))).to.have.property('code', 'WIRE_BUSY')
      const reason = new ProtocolError('PROTOCOL_STOPPED', 'stopped')
      pace.stop(reason)
      expect(new Set(await Promise.all(turns))).to.deep.equal(new Set([reason]))
      expect([pace.waiting, clock.pending]).to.deep.equal([0, 0])
    })

    it('is a quarter once it was too much, and mends', async () => {
      const clock = new ManualClock()
      const pace = new Pace(RATE, clock)
      const inASecond = (): number => {
        clock.advance(1_000)
        let taken = 0
        while (pace.take(clock.monotonic())) taken++
        return taken
      }
      expect(inASecond()).to.equal(180)
      expect(inASecond()).to.equal(95)
      for (let i = 0; i < 50; i++) pace.slow()
      expect(inASecond()).to.equal(23)
      pace.slow()
      expect(inASecond()).to.be.within(11, 12)
      clock.advance(59_000)
      inASecond()
      clock.advance(60_000)
      inASecond()
      clock.advance(60_000)
      inASecond()
      expect(inASecond()).to.equal(95)
    })
  })

  describe('a caller over its rate', () => {
    /** Charges for so many calls in each second. */
    function charges (...seconds: number[]): number[] {
      const clock = new ManualClock()
      const opinion = new Opinion()
      const context = { clock, netgroups: {}, scoring: opinion.scoring, bans: { isDenied: () => false } } as unknown as ProtocolsContext
      const tally = new Tally()
      const admission = new Admission({ rate: { perSecond: 10, burst: 10 }, offences: { 'rate-limited': 'minor' } }, tally, context)
      const connection = new StubConnection(randomPeerId(seededRng(1))) as unknown as Connection
      let called = 0
      let taken = 0
      const sums = seconds.map(calls => {
        for (let i = 0; i < calls; i++) if (admission.refuse(connection) == null) taken++
        called += calls
        clock.advance(1_000)
        return opinion.offences.length
      })
      expect(tally.faults['rate-limited']).to.equal(called - taken)
      return sums
    }

    const cases: Record<string, [calls: number[], charges: number[]]> = {
      'a burst costs one': [[600, 0, 0], [1, 1, 1]],
      'a little too often, again and again, costs two': [[15, 15, 15, 15, 15], [1, 2, 2, 2, 2]],
      'after a calm it counts anew': [[15, 15, 15, ...Array.from({ length: 10 }, () => 5), 15], [1, 2, 2, ...Array.from({ length: 10 }, () => 2), 3]],
      'a flood costs one a second': [[1_000, 1_000, 1_000, 1_000, 1_000], [1, 2, 3, 4, 5]]
    }
    for (const [name, [calls, expected]] of Object.entries(cases)) {
      it(name, () => { expect(charges(...calls)).to.deep.equal(expected) })
    }
  })
})
