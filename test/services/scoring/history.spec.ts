import { expect } from 'chai'
import { withSample } from '../../../src/services/scoring/history.ts'
import type { ScoreSample } from '../../../src/services/scoring/index.ts'

const MINUTE = 60_000

describe('scoring: history', () => {
  const one: ScoreSample[] = [{ timeMs: MINUTE, score: 0 }]
  const table: Array<[what: string, sample: ScoreSample, kept: boolean]> = [
    ['too soon', { timeMs: MINUTE + 1, score: -4.9 }, false],
    ['a minute later', { timeMs: 2 * MINUTE, score: 0 }, true],
    ['moved by 5', { timeMs: MINUTE + 1, score: -5 }, true],
    ['before the last, as the clock was set back', { timeMs: 1, score: 0 }, true]
  ]
  for (const [what, sample, kept] of table) {
    it(`${kept ? 'keeps' : 'leaves out'} a sample ${what}`, () => {
      expect(withSample(one, sample.timeMs, sample.score)).to.deep.equal(kept ? [...one, sample] : one)
    })
  }

  it('keeps the last 32', () => {
    let history: readonly ScoreSample[] = []
    for (let i = 0; i < 100; i++) history = withSample(history, i * MINUTE, i)
    expect(history.map(({ score }) => score)).to.deep.equal(Array.from({ length: 32 }, (_, i) => 68 + i))
  })
})
