import { expect } from 'chai'
import * as fc from 'fast-check'
import { selectDealers } from '../../../../src/services/shards/change/blame.ts'

const complaints = (entries: Record<number, number[]>): Map<number, Set<number>> => new Map(Object.entries(entries).map(([holder, dealers]) => [Number(holder), new Set(dealers)]))

describe('shards: choosing dealers', () => {
  const cases: Array<[string, number[], Record<number, number[]>, ReturnType<typeof selectDealers>]> = [
    ['takes as many as it needs', [5, 1, 3, 2], {}, { dealers: [1, 2, 3], without: [] }],
    ['leaves out who is blamed', [1, 2, 3, 4], { 7: [2] }, { dealers: [1, 3, 4], without: [] }],
    ['keeps who is blamed least when too few are left, and those who blame it go without', [1, 2, 3, 4], { 5: [1], 6: [1, 2], 7: [2], 8: [2] }, { dealers: [1, 3, 4], without: [5, 6] }],
    ['does not hear who blames more than may lie', [1, 2, 3, 4], { 5: [1, 2, 3] }, { dealers: [1, 2, 3], without: [5] }],
    ['does without when too few dealt', [1, 2], {}, undefined]
  ]
  for (const [name, contributors, blamed, expected] of cases) {
    it(name, () => { expect(selectDealers(contributors, 3, complaints(blamed), 2)).to.deep.equal(expected) })
  }

  it('gives all that are heard a share while t dealers are blamed by none of them, and comes to an end, whatever liars deal and say', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 5 }), fc.infiniteStream(fc.boolean()), (t, spare, chance) => {
      const [n, liars] = [t + spare, Math.floor(spare / 2)]
      const all = Array.from({ length: n }, (_, i) => i + 1)
      const bad = new Set(all.slice(0, liars))
      const draw = (): boolean => chance.next().value
      const known = new Map<number, Set<number>>()
      for (let round = 0; ; round++) {
        expect(round).to.be.lessThan(n * n)
        const selection = selectDealers(all, t, known, n - t)!
        let news = false
        for (const holder of all) {
          const fair = selection.dealers.filter(dealer => bad.has(dealer) || bad.has(holder))
          const blamed = fair.find(dealer => !(known.get(holder)?.has(dealer) ?? false) && draw())
          if (blamed == null) continue
          news = true
          known.set(holder, (known.get(holder) ?? new Set()).add(blamed))
        }
        if (news) continue
        const heard = [...known].filter(([, blamed]) => blamed.size <= n - t)
        const unblamed = all.filter(dealer => !heard.some(([, blamed]) => blamed.has(dealer)))
        if (unblamed.length >= t) expect(selection.without.filter(holder => heard.some(([each]) => each === holder))).to.deep.equal([])
        else expect(selection.dealers).to.have.length(t)
        return
      }
    }))
  })
})
