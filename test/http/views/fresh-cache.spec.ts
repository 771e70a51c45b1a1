import { expect } from 'chai'
import { FreshCache } from '../../../src/http/views/fresh-cache.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('http: fresh cache', () => {
  it('makes a value once in a quarter of a second, and again when something has changed', () => {
    const clock = new ManualClock()
    let [version, made] = [0, 0]
    const cache = new FreshCache<number>({ clock, version: () => version })
    const ask = (): number => cache.get('a', () => ++made)
    expect([ask(), ask()]).to.deep.equal([1, 1])
    clock.advance(250)
    expect(ask()).to.equal(1)
    clock.advance(1)
    expect(ask()).to.equal(2)
    version++
    expect([ask(), ask()]).to.deep.equal([3, 3])
    // the wall clock says nothing
    clock.jump(10_000)
    expect(ask()).to.equal(3)
  })

  it('keeps a bounded number of values, the latest', () => {
    const cache = new FreshCache<string>({ clock: new ManualClock(), version: () => 0, capacity: 2 })
    for (const key of ['a', 'b', 'c']) cache.get(key, () => `${key} first`)
    expect(cache.size).to.equal(2)
    expect(cache.get('c', () => 'again')).to.equal('c first')
    expect(cache.get('a', () => 'again')).to.equal('again')
  })

  it('keeps nothing of what could not be made', () => {
    const cache = new FreshCache<string>({ clock: new ManualClock(), version: () => 0 })
    expect(() => cache.get('a', () => { throw new Error('not now') })).to.throw('not now')
    expect(cache.get('a', () => 'now')).to.equal('now')
  })
})
