import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { Silence } from '../../../src/services/protocols/silence.ts'
import { Tally } from '../../../src/services/protocols/tally.ts'
import { connectionsTo, pickConnection } from '../../../src/services/protocols/target.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import { StubConnection } from '../../support/stub-connection.ts'
import type { Connection } from '@libp2p/interface'

describe('protocols: parts', () => {
  describe('silence', () => {
    const made = (): { clock: ManualClock, silence: Silence, silent: number[] } => {
      const clock = new ManualClock()
      const silent: number[] = []
      return { clock, silent, silence: new Silence(clock, () => { silent.push(clock.monotonic()) }) }
    }

    it('is noticed once, after its time', () => {
      const { clock, silence, silent } = made()
      silence.expect(100)
      clock.advance(99)
      expect(silent).to.deep.equal([])
      clock.advance(500)
      expect(silent).to.deep.equal([100])
      expect(clock.pending).to.equal(0)
    })

    it('begins anew with everything that is heard, and costs one timer', () => {
      const { clock, silence, silent } = made()
      silence.expect(100)
      for (let i = 0; i < 10; i++) {
        clock.advance(60)
        silence.heard()
        expect(clock.pending).to.equal(1)
      }
      clock.advance(99)
      expect(silent).to.deep.equal([])
      clock.advance(1)
      expect(silent).to.deep.equal([700])
    })

    it('is nothing while nothing is expected', () => {
      const { clock, silence, silent } = made()
      silence.heard()
      silence.expect(100)
      silence.ease()
      silence.heard()
      clock.advance(1_000)
      expect(silent).to.deep.equal([])
      silence.expect(50)
      clock.advance(20)
      silence.expect(10)
      clock.advance(10)
      expect(silent).to.deep.equal([1_030])
      silence.expect(10)
      silence.clear()
      expect(clock.pending).to.equal(0)
    })

    it('is noticed when, and only when, it was as long as that', () => {
      fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }), pauses => {
        const { clock, silence, silent } = made()
        let dueMs = 100
        let now = 0
        silence.expect(100)
        for (const pause of pauses) {
          clock.advance(pause)
          now += pause
          if (now >= dueMs) break
          silence.heard()
          dueMs = now + 100
        }
        clock.advance(1_000)
        expect(silent).to.deep.equal([dueMs])
      }))
    })
  })

  it('tally: percentiles by the nearest rank, of the last 512', () => {
    const tally = new Tally()
    expect(tally.percentiles()).to.deep.equal({ p50Ms: 0, p95Ms: 0 })
    tally.took(7)
    expect(tally.percentiles()).to.deep.equal({ p50Ms: 7, p95Ms: 7 })
    for (let i = 0; i < 512; i++) tally.took(1_000)
    for (let i = 1; i <= 512; i++) tally.took(i)
    expect(tally.percentiles()).to.deep.equal({ p50Ms: 256, p95Ms: 487 })
  })

  describe('the connection that is used', () => {
    const peer = randomPeerId(seededRng(1))
    const connection = ({ from, status = 'open', limited = false, direct = true }: { from?: string, status?: 'open' | 'closed', limited?: boolean, direct?: boolean } = {}): Connection => {
      const stub = Object.assign(new StubConnection(peer, { from }), { status, direct })
      return Object.assign(stub, limited ? { limits: {} } : {}) as unknown as Connection
    }
    const [open, newer] = [connection(), connection()]
    const closed = connection({ status: 'closed' })
    const limited = connection({ limited: true, direct: false })
    const indirect = connection({ direct: false })

    const cases: Record<string, [connections: Connection[], runOnLimited: boolean, expected: Connection | undefined]> = {
      'none of none': [[], true, undefined],
      'the newest': [[open, newer], false, newer],
      'an open one': [[open, closed], false, open],
      'no limited one': [[limited], false, undefined],
      'a limited one where that will do': [[limited], true, limited],
      'a direct one before a limited one': [[open, limited], true, open],
      'one without limits before a limited one': [[indirect, limited], true, indirect],
      'a direct one before an indirect one': [[open, indirect], false, open]
    }
    for (const [name, [connections, runOnLimited, expected]] of Object.entries(cases)) {
      it(`is ${name}`, () => { expect(pickConnection(connections, runOnLimited)).to.equal(expected) })
    }

    it('is one to the address, where the peer is not told', () => {
      const here = connection({ from: '/ip4/192.0.2.1/tcp/1' })
      const there = connection({ from: `/ip4/192.0.2.1/tcp/2/p2p/${peer.toString()}` })
      expect(connectionsTo([multiaddr('/ip4/192.0.2.1/tcp/2')], [here, there])).to.deep.equal([there])
      expect(connectionsTo([multiaddr('/ip4/192.0.2.1/tcp/3')], [here, there])).to.deep.equal([])
    })
  })
})
