import { expect } from 'chai'
import { RecentKeys } from '../../../src/services/discovery/recent-keys.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('recent keys', () => {
  it('lets a key through once per window', () => {
    const clock = new ManualClock()
    const keys = new RecentKeys({ clock, windowMs: 100, maxKeys: 10 })
    expect(keys.claim('a')).to.equal(true)
    clock.advance(99)
    expect(keys.claim('a')).to.equal(false)
    expect(keys.claim('b')).to.equal(true)
    clock.advance(1)
    expect(keys.claim('a')).to.equal(true)
    expect(keys.claim('b')).to.equal(false)
  })

  it('knows a key that is claimed again as new', () => {
    const clock = new ManualClock()
    const keys = new RecentKeys({ clock, windowMs: 100, maxKeys: 2 })
    keys.claim('a')
    clock.advance(50)
    keys.claim('b')
    clock.advance(50)
    keys.claim('a')
    keys.claim('c')
    expect(['a', 'b', 'c'].map(key => keys.has(key))).to.deep.equal([true, false, true])
  })

  it('forgets the oldest claim first when it is full', () => {
    const keys = new RecentKeys({ clock: new ManualClock(), windowMs: 100, maxKeys: 3 })
    for (const key of ['a', 'b', 'c', 'd']) keys.claim(key)
    expect(keys.size).to.equal(3)
    expect(['a', 'b', 'c', 'd'].map(key => keys.has(key))).to.deep.equal([false, true, true, true])
  })
})
