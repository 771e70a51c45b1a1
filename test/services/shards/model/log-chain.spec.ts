import { expect } from 'chai'
import * as fc from 'fast-check'
import { appendEntry, EMPTY_LOG, verifyLog } from '../../../../src/services/shards/model/log-chain.ts'

const entry = (what: string): Parameters<typeof appendEntry>[1] => ({ timeMs: 1, what, signer: new Uint8Array(36), from: new Uint8Array(38), decision: 'granted', request: new Uint8Array(32) })

function logOf (what: string[]): Uint8Array[] {
  let head = EMPTY_LOG
  return what.map(each => {
    const next = appendEntry(head, entry(each))
    head = next.head
    return next.bytes
  })
}

describe('shards: logs', () => {
  const log = logOf(['open', 'audit', 'propose', 'open', 'export'])

  it('say what was decided, in order', () => {
    const { entries, head } = verifyLog(log, EMPTY_LOG)
    expect(entries.map(({ seq, what }) => `${seq} ${what}`)).to.deep.equal(['1 open', '2 audit', '3 propose', '4 open', '5 export'])
    expect(verifyLog(log.slice(3), verifyLog(log.slice(0, 3)).head).head).to.deep.equal(head)
    expect(verifyLog([], EMPTY_LOG)).to.deep.equal({ entries: [], head: EMPTY_LOG })
  })

  it('may have lost their beginning, where nobody knows better', () => {
    expect(verifyLog(log.slice(2)).entries).to.have.length(3)
    expect(() => verifyLog(log.slice(2), EMPTY_LOG)).to.throw().with.property('code', 'SHARDS_INVALID')
  })

  it('show it when an entry is left out, repeated, moved, changed or put in', () => {
    const other = logOf(['open', 'list', 'propose'])
    const bad = [[0, 2], [0, 0, 1], [1, 0], [0, 1, 1]].map(order => order.map(i => log[i]!))
    for (const entries of [...bad, [log[0]!, other[1]!, log[2]!], [log[0]!, log[1]!, other[2]!]]) expect(() => verifyLog(entries, EMPTY_LOG)).to.throw().with.property('code', 'SHARDS_INVALID')
    expect(() => verifyLog(log.slice(1), verifyLog(other.slice(0, 1).concat(other[1]!)).head)).to.throw()
    for (let at = 0; at < log[1]!.byteLength; at++) expect(() => verifyLog([log[0]!, log[1]!.with(at, log[1]![at]! ^ (1 << (at % 8))), log[2]!], EMPTY_LOG)).to.throw()
  })

  it('are refused whatever they are', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1 }), entries => { expect(() => verifyLog(entries, EMPTY_LOG)).to.throw() }))
  })
})
