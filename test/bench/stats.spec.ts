import { expect } from 'chai'
import { array, assert, integer, property } from 'fast-check'
import { median, quantile, spread } from '../../bench/support/stats.ts'

describe('bench: statistics', () => {
  it('medians and quartiles', () => {
    expect(median([3, 1, 2])).to.equal(2)
    expect(median([4, 1, 2, 3])).to.equal(2.5)
    expect(median([])).to.be.NaN
    expect(median([Infinity, 1, Infinity])).to.equal(Infinity)
    expect(quantile([0, 10], 0.25)).to.equal(2.5)
    expect(spread([5, 1, 2, 3, 4])).to.deep.equal({ median: 3, min: 1, max: 5, iqr: 2, runs: 5 })
  })

  it('half of the values lie on each side of the median', () => {
    assert(property(array(integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const middle = median(values)
      expect(values.filter(value => value < middle).length).to.be.at.most(values.length / 2)
      expect(values.filter(value => value > middle).length).to.be.at.most(values.length / 2)
    }))
  })
})
