import { expect } from 'chai'
import { busiest } from '../../bench/support/profile.ts'

describe('bench: a profile', () => {
  const node = (id: number, functionName: string, url = '') => ({ id, callFrame: { functionName, url, lineNumber: 9 } })

  it('says where the time went, and does not count waiting', () => {
    const profile = {
      nodes: [node(1, '(root)'), node(2, '(idle)'), node(3, 'encrypt', 'file:///x/noise.js'), node(4, '', 'file:///x/main.js'), node(5, '(garbage collector)')],
      samples: [2, 3, 4, 3, 5],
      timeDeltas: [90_000, 2_000, 1_000, 3_000, 500]
    }
    expect(busiest(profile)).to.deep.equal({
      busyMs: 6.5,
      places: [['encrypt noise.js:10', 5], ['(anonymous) main.js:10', 1], ['(garbage collector)', 0.5]]
    })
  })
})
