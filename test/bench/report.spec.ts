import { expect } from 'chai'
import { met, table } from '../../bench/support/report.ts'

describe('bench: reports', () => {
  it('prints numbers to the right and text to the left', () => {
    expect(table(['name', 'ms'], [['a', 1], ['longer', 1234.5], ['c', undefined]])).to.equal([
      'name      ms',
      '------  ----',
      'a          1',
      'longer  1235',
      'c          -'
    ].join('\n'))
  })

  it('judges a target, and never one that was not measured', () => {
    expect(met({ what: '', value: 2, atMost: 2 })).to.equal(true)
    expect(met({ what: '', value: 2.1, atMost: 2 })).to.equal(false)
    expect(met({ what: '', value: 3, atLeast: 3 })).to.equal(true)
    expect(met({ what: '', value: 2, atLeast: 3 })).to.equal(false)
    expect(met({ what: '', value: Number.NaN, atMost: 2 })).to.equal(false)
    expect(met({ what: '', value: Infinity, atMost: 2 })).to.equal(false)
  })
})
