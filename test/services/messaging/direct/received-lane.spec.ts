import { expect } from 'chai'
import * as fc from 'fast-check'
import { GAP_LIFETIME_MS, MAX_GAPS, MAX_REFUSED } from '../../../../src/services/messaging/direct/constants.ts'
import { ReceivedLane } from '../../../../src/services/messaging/direct/received-lane.ts'

/** Offers each place as `seq` or `seq after`, delivers all that may be, and gives what was delivered. */
function deliveries (lane: ReceivedLane<number>, ...offers: Array<[seq: number, after: number]>): number[] {
  const delivered: number[] = []
  for (const [seq, after] of offers) {
    lane.offer(seq, after, seq)
    drain(lane, delivered)
  }
  return delivered
}

function drain (lane: ReceivedLane<number>, delivered: number[]): void {
  for (let item = lane.next(); item != null; item = lane.next()) {
    delivered.push(item)
    lane.done(true)
  }
}

describe('messaging: order of a lane', () => {
  const cases: Record<string, { offers: Array<[number, number]>, delivered: number[] }> = {
    'in order': { offers: [[1, 0], [2, 1], [3, 2]], delivered: [1, 2, 3] },
    'backwards': { offers: [[3, 2], [2, 1], [1, 0]], delivered: [1, 2, 3] },
    'twice': { offers: [[1, 0], [1, 0], [2, 1], [1, 0], [2, 1]], delivered: [1, 2] },
    'a message expired at the sender': { offers: [[1, 0], [3, 1]], delivered: [1, 3] },
    'one expired after what follows was sent': { offers: [[1, 0], [3, 2], [3, 1]], delivered: [1, 3] },
    'nothing known of a lane that began long ago': { offers: [[900, 0], [901, 900]], delivered: [900, 901] },
    'one that the sender has given up comes late': { offers: [[2, 0], [1, 0]], delivered: [2] },
    'a gap': { offers: [[3, 2], [4, 3]], delivered: [] },
    'an older copy that knows less': { offers: [[1, 0], [3, 1], [3, 2]], delivered: [1, 3] },
    'held, but given up by the sender meanwhile': { offers: [[3, 2], [4, 0]], delivered: [4] }
  }
  for (const [name, { offers, delivered }] of Object.entries(cases)) {
    it(name, () => { expect(deliveries(new ReceivedLane(), ...offers)).to.deep.equal(delivered) })
  }

  it('delivers one at a time, and again what is not done for good', () => {
    const lane = new ReceivedLane<string>()
    lane.offer(1, 0, 'a')
    lane.offer(2, 1, 'b')
    expect([lane.next(), lane.next(), lane.running]).to.deep.equal(['a', undefined, 'a'])
    expect(lane.offer(1, 0, 'again')).to.deep.equal({ what: 'known', item: 'a' })
    lane.done(false)
    expect(lane.next(), 'its turn comes first').to.equal(undefined)
    expect(lane.offer(1, 0, 'a once more')).to.deep.equal({ what: 'new' })
    expect(lane.next()).to.equal('a once more')
    lane.done(true)
    expect(lane.next()).to.equal('b')
  })

  it('tells whoever waited in vain', () => {
    const lane = new ReceivedLane<string>()
    lane.offer(3, 2, 'c')
    lane.offer(4, 0, 'd')
    expect(lane.next()).to.equal('d')
    expect(lane.done(true)).to.deep.equal(['c'])
    expect([lane.idle, lane.place.last]).to.deep.equal([true, 4])
  })

  it('goes on without what never comes, and takes it when it does after all', () => {
    const lane = new ReceivedLane<number>()
    deliveries(lane, [1, 0])
    expect(deliveries(lane, [5, 4], [6, 5])).to.deep.equal([])
    expect(lane.giveUp(1_000)).to.equal(true)
    const late: number[] = []
    drain(lane, late)
    expect(late).to.deep.equal([5, 6])
    expect(deliveries(lane, [2, 1], [2, 1], [4, 3], [3, 2], [7, 6])).to.deep.equal([2, 4, 3, 7])
    expect(lane.place).to.deep.equal({ last: 7, gaps: [], refused: [] })
  })

  it('remembers what was refused, the last few of it, also after a restart', () => {
    const lane = new ReceivedLane<number>()
    for (let seq = 1; seq <= MAX_REFUSED + 2; seq++) {
      lane.offer(seq, seq - 1, seq)
      lane.next()
      lane.done(true, seq === 1 + MAX_REFUSED ? undefined : 'invalid')
    }
    for (const known of [lane, new ReceivedLane<number>(structuredClone(lane.place))]) {
      expect(known.offer(MAX_REFUSED + 2, 0, 0)).to.deep.equal({ what: 'duplicate', refusal: 'invalid' })
      expect(known.offer(MAX_REFUSED + 1, 0, 0), 'delivered').to.deep.equal({ what: 'duplicate' })
      expect(known.offer(1, 0, 0), 'too long ago').to.deep.equal({ what: 'duplicate' })
      expect(known.place.refused).to.have.length(MAX_REFUSED)
    }
  })

  it('expects nothing of a gap when the sender says so, or when it must have expired', () => {
    const lane = new ReceivedLane<number>({ last: 9, gaps: [{ from: 2, to: 8, sinceMs: 0 }] })
    expect(deliveries(lane, [10, 9], [5, 0])).to.deep.equal([10, 5])
    expect(lane.place.gaps, 'before 5 nothing is expected').to.deep.equal([{ from: 6, to: 8, sinceMs: 0 }])
    lane.offer(20, 19, 20)
    expect(lane.giveUp(GAP_LIFETIME_MS)).to.equal(true)
    expect(lane.place.gaps).to.deep.equal([{ from: 11, to: 19, sinceMs: GAP_LIFETIME_MS }])
  })

  it('waits on rather than forget a gap', () => {
    const gaps = Array.from({ length: MAX_GAPS }, (_, i) => ({ from: 2 * i + 1, to: 2 * i + 1, sinceMs: 0 }))
    const lane = new ReceivedLane<number>({ last: 2 * MAX_GAPS, gaps })
    lane.offer(9_000, 8_999, 9_000)
    expect(lane.giveUp(1)).to.equal(false)
    expect(lane.place.gaps).to.have.length(MAX_GAPS)
  })

  it('gives up nothing that can go on', () => {
    const lane = new ReceivedLane<number>()
    expect(lane.giveUp(0)).to.equal(false)
    lane.offer(1, 0, 1)
    expect(lane.giveUp(0)).to.equal(false)
  })

  /**
   * A sender numbers messages, expects receipts and sends again what has none; copies overtake each other, get lost and
   * come twice, the receiver forgets what it holds. What the sender gives up is not expected.
   */
  it('delivers each once and in order, whatever happens on the way', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), pick: fc.nat() }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('arrive' as const), pick: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('repeat' as const), pick: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), pick: fc.nat() }) }
    )
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 120 }), (count, steps) => {
      let lane = new ReceivedLane<number>()
      const live = Array.from({ length: count }, (_, i) => i + 1)
      const givenUp = new Set<number>()
      const wire: Array<[number, number]> = []
      const delivered: number[] = []
      const send = (seq: number): void => { wire.push([seq, live.findLast(other => other < seq) ?? 0]) }
      const settle = (seq: number): void => { if (live.includes(seq)) live.splice(live.indexOf(seq), 1) }
      const arrive = ([seq, after]: [number, number], receipted: boolean): void => {
        if (lane.offer(seq, after, seq).what === 'duplicate' && receipted) settle(seq)
        const before = delivered.length
        drain(lane, delivered)
        if (receipted) delivered.slice(before).forEach(settle)
      }
      for (const { kind, pick } of steps) {
        if (kind === 'send' && live.length > 0) send(live[pick % live.length]!)
        if (kind === 'arrive' && wire.length > 0) arrive(wire.splice(pick % wire.length, 1)[0]!, pick % 3 > 0)
        if (kind === 'repeat' && wire.length > 0) arrive(wire[pick % wire.length]!, false)
        if (kind === 'lose' && wire.length > 0) wire.splice(pick % wire.length, 1)
        if (kind === 'drop') lane.drop()
        if (kind === 'give up' && live.length > 1) {
          const seq = live[pick % live.length]!
          givenUp.add(seq)
          settle(seq)
        }
        if (kind === 'restart') lane = new ReceivedLane<number>(structuredClone(lane.place))
      }
      for (let rounds = 0; live.length > 0; rounds++) {
        if (rounds > 2 * count) throw new Error(`these never arrive: ${live.join(', ')}`)
        send(live[0]!)
        arrive(wire.pop()!, true)
      }
      expect(delivered, 'in order, and once').to.deep.equal([...new Set(delivered)].sort((a, b) => a - b))
      const missing = Array.from({ length: count }, (_, i) => i + 1).filter(seq => !delivered.includes(seq) && !givenUp.has(seq))
      expect(missing).to.deep.equal([])
    }), { numRuns: 1_000 })
  })
})
