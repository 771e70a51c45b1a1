import { expect } from 'chai'
import * as fc from 'fast-check'
import { RateLimiter } from '../../src/wire/rate-limiter.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('wire: RateLimiter', () => {
  it('starts full, runs empty, and fills again with time', () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ perSecond: 2, burst: 3, clock })
    expect([1, 2, 3, 4].map(() => limiter.take('a'))).to.deep.equal([true, true, true, false])
    expect(limiter.take('b', 3)).to.equal(true)
    clock.advance(499)
    expect(limiter.take('a')).to.equal(false)
    clock.advance(1)
    expect(limiter.take('a')).to.equal(true)
    clock.advance(3_600_000)
    expect(limiter.available('a')).to.equal(3)
  })

  it('takes nothing when there is not enough', () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 5, clock: new ManualClock() })
    expect(limiter.take('a', 6)).to.equal(false)
    expect(limiter.take('a', 5)).to.equal(true)
  })

  it('forgets who was away longest when there are too many', () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 1, maxKeys: 2, clock: new ManualClock() })
    for (const key of ['a', 'b', 'a', 'c']) limiter.take(key)
    expect(limiter.size).to.equal(2)
    expect([limiter.available('a'), limiter.available('b'), limiter.available('c')]).to.deep.equal([0, 1, 0])
  })

  it('never gives more than the burst and what came since, whatever is asked and when', () => {
    fc.assert(fc.property(
      fc.record({ perSecond: fc.integer({ min: 0, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) }),
      fc.array(fc.record({ waitMs: fc.nat(2_000), key: fc.constantFrom('a', 'b'), cost: fc.integer({ min: 1, max: 20 }) }), { maxLength: 60 }),
      (rate, steps) => {
        const clock = new ManualClock()
        const limiter = new RateLimiter({ ...rate, clock })
        const taken: Record<string, number> = { a: 0, b: 0 }
        for (const { waitMs, key, cost } of steps) {
          clock.advance(waitMs)
          const before = limiter.available(key)
          const given = limiter.take(key, cost)
          expect(given).to.equal(before >= cost)
          if (given) taken[key] = (taken[key] ?? 0) + cost
          const possible = rate.burst + clock.monotonic() / 1000 * rate.perSecond
          expect(taken[key]).to.be.at.most(possible + 1e-6)
          expect(limiter.available(key)).to.be.within(0, rate.burst)
        }
      }
    ), { seed: 1, numRuns: 300 })
  })
})
