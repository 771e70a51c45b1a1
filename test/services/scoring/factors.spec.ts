import { expect } from 'chai'
import * as fc from 'fast-check'
import { factorsAt, markOfRoundTrip, marksOfAnswer, NOTHING_SEEN, qualityOf, seen } from '../../../src/services/scoring/factors.ts'
import { DEFAULT_FACTORS } from '../../../src/services/scoring/options.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { openScoring } from '../../support/open-scoring.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Observations, Sighting } from '../../../src/services/scoring/factors.ts'

const HOUR = 3_600_000
const rng = seededRng(13)

describe('scoring: factors', () => {
  const marks: Array<[what: string, mark: number, expected: number]> = [
    ['a round trip of 0 ms', markOfRoundTrip(0), 1],
    ['a round trip of 20 ms', markOfRoundTrip(20), 1],
    ['a round trip of 200 ms', markOfRoundTrip(200), 0.5],
    ['a round trip of 2 s', markOfRoundTrip(2_000), 0],
    ['a round trip of a minute', markOfRoundTrip(60_000), 0],
    ['an answer in no time', marksOfAnswer(0).marks, 1],
    ['an answer in 5 s', marksOfAnswer(5_000).marks, 0],
    ['100 kB/s, however long it took', marksOfAnswer(10_000, 1_000_000).marks, 1 / 3],
    ['10 MB in 1 s', marksOfAnswer(1_000, 10_000_000).marks - marksOfAnswer(1_000).marks, 1],
    ['a few bytes, whose throughput says nothing', marksOfAnswer(20, 100).marked, 1]
  ]
  for (const [what, mark, expected] of marks) {
    it(`mark ${what} with ${expected.toFixed(2)}`, () => { expect(mark).to.be.closeTo(expected, 1e-9) })
  }

  const judged = (sightings: Sighting[], afterMs = 0): Record<string, number> => {
    const observations = sightings.reduce<Observations>((before, sighting) => seen(before, sighting, 0, DEFAULT_FACTORS), NOTHING_SEEN)
    const factors = factorsAt(observations, afterMs, DEFAULT_FACTORS)
    return Object.fromEntries(Object.entries(factors).map(([name, value]) => [name, Math.round(value)]))
  }

  const table: Array<[what: string, sightings: Sighting[], factors: Record<string, number>, afterMs?: number]> = [
    ['nothing', [], { reliability: 50, performance: 50, behaviour: 50 }],
    ['one good request', [{ kept: 1, valid: 1 }], { reliability: 67, performance: 50, behaviour: 67 }],
    ['a hundred', Array.from({ length: 100 }, () => ({ kept: 1, valid: 1, marks: 1, marked: 1 })), { reliability: 99, performance: 99, behaviour: 99 }],
    ['only failures', Array.from({ length: 100 }, () => ({ failed: 1 })), { reliability: 1, performance: 50, behaviour: 50 }],
    ['only slowness', Array.from({ length: 100 }, () => ({ marked: 1 })), { reliability: 50, performance: 1, behaviour: 50 }],
    ['one fatal offence', [{ invalid: 100 }], { reliability: 50, performance: 50, behaviour: 1 }],
    ['a hundred failures a day ago', Array.from({ length: 100 }, () => ({ failed: 1 })), { reliability: 50, performance: 50, behaviour: 50 }, 24 * HOUR]
  ]
  for (const [what, sightings, factors, afterMs] of table) {
    it(`of a peer of whom was seen: ${what}`, () => { expect(judged(sightings, afterMs)).to.deep.equal(factors) })
  }

  it('weigh as configured in the quality', () => {
    const factors = { reliability: 100, performance: 50, behaviour: 0 }
    expect(qualityOf(factors, DEFAULT_FACTORS)).to.be.closeTo(55, 1e-9)
    expect(qualityOf(factors, { ...DEFAULT_FACTORS, reliability: { weight: 0, halfLifeMs: 1 }, performance: { weight: 2, halfLifeMs: 1 }, behaviour: { weight: 6, halfLifeMs: 1 } })).to.be.closeTo(12.5, 1e-9)
  })

  it('decay as configured', async () => {
    const { scoring, clock } = await openScoring({ factors: { behaviour: { halfLifeMs: 1_000 } } })
    const peer = randomPeerId(rng)
    for (let i = 0; i < 1000; i++) scoring.observe(peer, { what: 'delivery' })
    expect(scoring.get(peer)?.factors.behaviour).to.be.greaterThan(99)
    clock.advance(20_000)
    expect(scoring.get(peer)?.factors.behaviour).to.be.closeTo(50, 0.1)
  })

  it('are 0 to 100, and so is the quality, whatever is seen', () => {
    const sighting = fc.record({ kept: fc.nat(9), failed: fc.nat(9), marks: fc.double({ min: 0, max: 1, noNaN: true }), marked: fc.constant(1), valid: fc.nat(9), invalid: fc.nat(200) })
    fc.assert(fc.property(fc.array(fc.tuple(sighting, fc.nat(HOUR)), { maxLength: 40 }), sightings => {
      let nowMs = 0
      let observations = NOTHING_SEEN
      for (const [one, afterMs] of sightings) observations = seen(observations, one, nowMs += afterMs, DEFAULT_FACTORS)
      const factors = factorsAt(observations, nowMs, DEFAULT_FACTORS)
      for (const value of [...Object.values(factors), qualityOf(factors, DEFAULT_FACTORS)]) expect(value).to.be.within(0, 100)
    }))
  })

  it('forget what was valid with a severe offence', async () => {
    const { scoring } = await openScoring()
    const [rude, liar] = [randomPeerId(rng), randomPeerId(rng)]
    for (const peer of [rude, liar]) for (let i = 0; i < 1000; i++) scoring.observe(peer, { what: 'delivery' })
    scoring.report(rude, 'moderate', 'test:flood')
    scoring.report(liar, 'severe', 'test:forged')
    expect(scoring.get(rude)!.factors.behaviour).to.be.greaterThan(95)
    expect(scoring.get(liar)!.factors.behaviour).to.be.lessThan(5)
  })

  it('come from what peers do', async () => {
    const { scoring } = await openScoring()
    const [fast, slow, gone, rude, stranger] = Array.from({ length: 5 }, () => randomPeerId(rng))
    for (let i = 0; i < 20; i++) {
      scoring.observe(fast!, { what: 'answer', tookMs: 15, bytes: 1_000_000 })
      scoring.observe(slow!, { what: 'answer', tookMs: 4_000 })
      scoring.observe(gone!, { what: 'request-timeout' })
      scoring.report(rude!, 'minor', 'test:junk')
    }
    const qualities = [fast, slow, stranger].map(peer => scoring.quality(peer!))
    expect(qualities).to.deep.equal([...qualities].sort((a, b) => b - a))
    expect(qualities[2]).to.equal(50)
    expect(scoring.quality(fast!.toString())).to.be.greaterThan(90)
    expect(scoring.get(slow!)!.factors.performance).to.be.lessThan(20)
    expect(scoring.get(gone!)!.factors.reliability).to.be.lessThan(10)
    expect(scoring.get(rude!)!.factors.behaviour).to.be.lessThan(10)
  })
})
