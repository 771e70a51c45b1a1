import { expect } from 'chai'
import { BucketHash } from '../../../src/services/address-book/bucket-hash.ts'
import { seededRng } from '../../../src/util/rng.ts'

const secret = seededRng(1).bytes(32)

describe('address book: bucket hash', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `item ${i}`)

  it('lets one source reach 16 buckets of new and one netgroup 4 of tried, all of them different', () => {
    const enough = many.slice(0, 1000)
    for (let i = 0; i < 50; i++) {
      const hash = new BucketHash(secret, 256, 64)
      expect(new Set(enough.map(item => hash.newBucket(`source ${i}`, item))).size).to.equal(16)
      expect(new Set(enough.map(item => hash.triedBucket(`group ${i}`, item))).size).to.equal(4)
    }
  })

  it('lets a peer\'s word about itself reach one bucket for its netgroup', () => {
    const hash = new BucketHash(secret, 256, 64)
    expect(new Set(many.map(() => hash.newBucket('20.1.0.0/16', '20.1.0.0/16'))).size).to.equal(1)
  })

  it('stays inside tables of any size and reaches all of them', () => {
    for (const [newBuckets, triedBuckets] of [[1, 1], [3, 2], [17, 5], [100, 7]] as const) {
      const hash = new BucketHash(secret, newBuckets, triedBuckets)
      const inNew = new Set(many.map((item, i) => hash.newBucket(`source ${i}`, item)))
      const inTried = new Set(many.map((item, i) => hash.triedBucket(`group ${i}`, item)))
      expect([...inNew].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: newBuckets }, (_, i) => i))
      expect([...inTried].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: triedBuckets }, (_, i) => i))
    }
  })

  it('is another one with another secret', () => {
    const [a, b] = [new BucketHash(secret, 256, 64), new BucketHash(seededRng(2).bytes(32), 256, 64)]
    const same = many.filter(item => a.newBucket(item, item) === b.newBucket(item, item)).length
    expect(same).to.be.lessThan(many.length / 256 * 3)
  })
})
