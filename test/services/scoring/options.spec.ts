import { expect } from 'chai'
import { scoringOptions } from '../../../src/services/scoring/options.ts'
import { ScoringError } from '../../../src/services/scoring/scoring-error.ts'
import type { ScoringInit } from '../../../src/services/scoring/index.ts'

describe('scoring: options', () => {
  it('have the defaults that the docs give', () => {
    expect(scoringOptions({})).to.deep.equal({
      factors: {
        reliability: { weight: 0.4, halfLifeMs: 3_600_000 },
        performance: { weight: 0.3, halfLifeMs: 600_000 },
        behaviour: { weight: 0.3, halfLifeMs: 86_400_000 }
      },
      maxPeers: 16_384,
      flushIntervalMs: 5_000,
      localAsPublic: false
    })
  })

  it('may be given in part', () => {
    const { factors } = scoringOptions({ factors: { performance: { weight: 0 } } })
    expect(factors.performance).to.deep.equal({ weight: 0, halfLifeMs: 600_000 })
    expect(factors.reliability.weight).to.equal(0.4)
  })

  const wrong: Array<[init: ScoringInit, says: RegExp]> = [
    [{ maxPeers: 0 }, /maxPeers is 0/],
    [{ maxPeers: 1.5 }, /maxPeers is 1.5/],
    [{ maxPeers: '7' as any }, /maxPeers is "7"/],
    [{ flushIntervalMs: -1 }, /flushIntervalMs is -1/],
    [{ factors: { speed: { weight: 1 } } as any }, /factors is "speed": give only reliability, performance, behaviour/],
    [{ factors: { reliability: { weight: -1 } } }, /factors.reliability.weight is -1/],
    [{ factors: { behaviour: { weight: Infinity } } }, /factors.behaviour.weight is Infinity/],
    [{ factors: { behaviour: { halfLifeMs: 0 } } }, /factors.behaviour.halfLifeMs is 0/],
    [{ factors: { behaviour: { halfLifeMs: NaN } } }, /factors.behaviour.halfLifeMs is NaN/],
    [{ factors: { reliability: { weight: 0 }, performance: { weight: 0 }, behaviour: { weight: 0 } } }, /at least one weight above 0/]
  ]
  for (const [init, says] of wrong) {
    it(`are refused: ${JSON.stringify(init)}`, () => {
      expect(() => scoringOptions(init)).to.throw(ScoringError, says).with.property('code', 'SCORING_OPTIONS_INVALID')
    })
  }
})
