import { expect } from 'chai'
import * as fc from 'fast-check'
import { BoundedMap } from '../../src/util/bounded-map.ts'

describe('BoundedMap', () => {
  it('forgets the oldest entry when it is full; one that is set again is the newest', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('a', 3)
    map.set('c', 4)
    expect([map.size, map.get('a'), map.get('b'), map.get('c')]).to.deep.equal([2, 3, undefined, 4])
    expect([...map]).to.deep.equal([['a', 3], ['c', 4]])
  })

  it('keeps nothing when there is no room', () => {
    const map = new BoundedMap<string, number>(0)
    map.set('a', 1)
    expect([map.size, map.get('a')]).to.deep.equal([0, undefined])
  })

  it('deletes and clears, also while it is read', () => {
    const map = new BoundedMap<string, number>(5)
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, i)
    for (const [key, value] of map) if (value % 2 === 0) map.delete(key)
    expect([...map]).to.deep.equal([['b', 1], ['d', 3]])
    map.clear()
    expect([...map]).to.deep.equal([])
  })

  it('has what was set last, in that order, whatever happens', () => {
    const step = fc.oneof(fc.record({ set: fc.nat(8), value: fc.nat() }), fc.record({ delete: fc.nat(8) }))
    fc.assert(fc.property(fc.nat(5), fc.array(step), (capacity, steps) => {
      const map = new BoundedMap<number, number>(capacity)
      let model: Array<[number, number]> = []
      for (const step of steps) {
        if ('set' in step) {
          map.set(step.set, step.value)
          model = [...model.filter(([key]) => key !== step.set), [step.set, step.value] as [number, number]].slice(-capacity || Infinity)
        } else {
          map.delete(step.delete)
          model = model.filter(([key]) => key !== step.delete)
        }
        if (capacity === 0) model = []
        expect([...map]).to.deep.equal(model)
        expect(map.size).to.equal(model.length)
      }
    }), { seed: 1 })
  })
})
