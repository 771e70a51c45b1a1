import { expect } from 'chai'
import * as fc from 'fast-check'
import { randomOrder } from '../../../src/services/address-book/random-order.ts'
import { seededRng } from '../../../src/util/rng.ts'

describe('address book: random order', () => {
  it('gives everything exactly once', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 8 }), fc.nat(), (shape, seed) => {
      const buckets = shape.map((bucket, b) => bucket.map((_, i) => `${b}.${i}`))
      expect([...randomOrder(buckets, seededRng(seed))].sort()).to.deep.equal(buckets.flat().sort())
    }))
  })

  it('draws a full bucket no more often than one that holds a single entry', () => {
    const buckets = [Array.from({ length: 32 }, () => 'attacker'), ['honest']]
    const rng = seededRng(1)
    const firsts = Array.from({ length: 2000 }, () => randomOrder(buckets, rng).next().value)
    expect(firsts.filter(first => first === 'honest').length / 2000).to.be.within(0.45, 0.55)
  })
})
