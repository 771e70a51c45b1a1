import { expect } from 'chai'
import * as fc from 'fast-check'
import { SeenIds } from '../../../../src/services/messaging/broadcast/seen-ids.ts'

const at = (sentMs: number): { sentMs: number, expiresMs: number } => ({ sentMs, expiresMs: sentMs + 100 })

describe('messaging: ids that have been seen', () => {
  it('forgets what has expired', () => {
    const seen = new SeenIds(10)
    expect(seen.claim('a', '1', at(0))).to.equal(true)
    seen.sweep(99, 1_000)
    expect(seen.claim('a', '1', at(0))).to.equal(false)
    seen.sweep(100, 1_000)
    expect(seen.size).to.equal(0)
    expect(seen.claim('a', '1', at(200))).to.equal(true)
  })

  it('forgets the oldest when it is full, and takes nothing of that author from before; others it does', () => {
    const seen = new SeenIds(2)
    for (const [i, author] of ['a', 'b', 'a'].entries()) seen.claim(author, `${i}`, at(10 + i))
    expect([seen.size, seen.floors]).to.deep.equal([2, 1])
    expect(seen.claim('a', '0', at(10)), 'was here').to.equal(false)
    expect(seen.claim('a', 'late', at(9)), 'may have been here').to.equal(false)
    expect(seen.claim('c', 'late', at(1)), 'of somebody else').to.equal(true)
    expect(seen.claim('a', 'new', at(13))).to.equal(true)
    seen.sweep(1_012, 1_000)
    expect([seen.size, seen.floors]).to.deep.equal([0, 0])
  })

  it('never takes anything twice, and never more than it has room for', () => {
    const message = fc.record({ author: fc.constantFrom('a', 'b', 'c'), id: fc.nat(5), sentMs: fc.nat(20) })
    fc.assert(fc.property(fc.array(message, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (messages, capacity) => {
      const seen = new SeenIds(capacity)
      const taken = new Set<string>()
      for (const { author, id, sentMs } of messages) {
        const key = `${author} ${id} ${sentMs}`
        if (seen.claim(author, `${id} ${sentMs}`, at(sentMs))) {
          expect(taken.has(key)).to.equal(false)
          taken.add(key)
        }
        expect(seen.size).to.be.at.most(capacity)
      }
    }))
  })
})
