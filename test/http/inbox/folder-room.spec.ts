import { expect } from 'chai'
import * as fc from 'fast-check'
import { FolderRoom, LEAST_BYTES } from '../../../src/http/inbox/folder-room.ts'
import type { Grant } from '../../../src/http/inbox/folder-room.ts'

const K = LEAST_BYTES

describe('http: room in a folder', () => {
  it('is what is there and what is coming, together', () => {
    const room = new FolderRoom(10 * K)
    room.measure()([3 * K, 1])
    expect(room.free).to.equal(6 * K)
    const coming = room.grant(3 * K, 0)
    expect(room.free).to.equal(3 * K)
    expect(room.grant(4 * K, 0)).to.equal(undefined)
    // of this one a part is there, of the other nothing yet
    room.measure()([3 * K, 1, 2 * K, 0])
    expect(room.grant(3 * K, 2 * K)?.total).to.equal(3 * K)
    expect(room.free).to.equal(0)
    coming?.end()
    expect(room.free).to.equal(2 * K)
  })

  it('grows with a file whose size nobody told, as far as there is some', () => {
    const room = new FolderRoom(4 * K)
    const grant = room.grant(undefined, 0)
    expect([grant?.reach(K), grant?.reach(3 * K), grant?.reach(4 * K + 1), grant?.reach(4 * K)]).to.deep.equal([true, true, false, true])
    expect(room.grant(1, 0)).to.equal(undefined)
    grant?.end()
    grant?.end()
    expect(room.free).to.equal(0)
  })

  it('counts what came while it was looked for, also of what has ended by then', () => {
    for (const ends of [true, false]) {
      const room = new FolderRoom(6 * K)
      const grant = room.grant(4 * K, 0)
      const measured = room.measure()
      grant?.reach(4 * K)
      if (ends) grant?.end()
      measured([K])
      expect(room.free, String(ends)).to.equal(2 * K)
    }
  })

  it('is never given twice, however things go on while the folder is looked at', () => {
    const MAX = 6
    const step = fc.oneof(
      fc.record({ what: fc.constant('offer' as const), size: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }) }),
      fc.record({ what: fc.constant('write' as const), who: fc.nat(2), more: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ what: fc.constant('end' as const), who: fc.nat(2) }),
      fc.record({ what: fc.constantFrom('look' as const, 'saw' as const) })
    )
    fc.assert(fc.property(fc.array(step, { maxLength: 50 }), steps => {
      const room = new FolderRoom(MAX * K)
      const files: Array<{ size: number, grant?: Grant }> = []
      let seen: { done: (sizes: number[]) => void, sizes: number[] } | undefined
      for (const step of steps) {
        const file = 'who' in step ? files[step.who] : undefined
        // who looks decides about one offer, and then about the next
        if (step.what === 'offer' && seen == null) {
          const grant = room.grant(step.size == null ? undefined : step.size * K, 0)
          if (grant != null) files.push({ size: K, grant })
        } else if (step.what === 'write' && file?.grant != null) {
          const size = file.size + step.more * K
          if (file.grant.reach(size)) file.size = size
        } else if (step.what === 'end') {
          file?.grant?.end()
          if (file != null) file.grant = undefined
        } else if (step.what === 'look') {
          seen = { done: room.measure(), sizes: files.map(({ size }) => size) }
        } else if (step.what === 'saw') {
          seen?.done(seen.sizes)
          seen = undefined
        }
        expect(files.reduce((sum, { size }) => sum + size, 0), 'bytes in the folder').to.be.at.most(MAX * K)
      }
    }), { numRuns: 500 })
  })
})
