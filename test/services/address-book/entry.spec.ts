import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import { isTerrible, mostDoubtful, newEntry, withWord, wordOf } from '../../../src/services/address-book/entry.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { START_MS } from '../../support/open-book.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Entry } from '../../../src/services/address-book/entry.ts'
import type { LearnedPeer } from '../../../src/services/address-book/index.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const peerId = randomPeerId(seededRng(1))
const id = peerId.toString()
const toldBy = multiaddr('/ip4/30.1.1.1/tcp/1')

function entry (over: Partial<Entry> = {}): Entry {
  const learned: LearnedPeer = { peerId, multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/1')], source: 'pex' }
  return { ...newEntry(learned, id, wordOf(learned, id), 0, START_MS), ...over }
}

function told (entry: Entry, word: Partial<LearnedPeer>, atMs = START_MS + 1): Entry {
  return withWord(entry, wordOf({ peerId, multiaddrs: [], source: 'pex', ...word }, id), atMs)
}

describe('address book: entry', () => {
  const now = START_MS
  const ago = (ms: number): number => now - ms
  const verdicts: Array<[string, Partial<Entry>, boolean]> = [
    ['fresh, never tried', {}, false],
    ['never reached in 2 dials', { failures: 2, lastAttemptMs: ago(DAY) }, false],
    ['never reached in 3 dials', { failures: 3, lastAttemptMs: ago(DAY) }, true],
    ['never reached, but being dialled', { failures: 3, lastAttemptMs: ago(MINUTE - 1) }, false],
    ['never reached, dialled in a future that a wrong clock saw', { failures: 3, lastAttemptMs: now + DAY }, true],
    ['failing 10 times for 7 days', { failures: 10, lastSuccessMs: ago(7 * DAY), lastAttemptMs: ago(DAY) }, true],
    ['failing 10 times for less', { failures: 10, lastSuccessMs: ago(7 * DAY - 1), lastAttemptMs: ago(DAY) }, false],
    ['failing 9 times for longer', { failures: 9, lastSuccessMs: ago(8 * DAY), lastAttemptMs: ago(DAY) }, false],
    ['not seen for 30 days', { lastSeenMs: ago(30 * DAY) }, false],
    ['not seen for more than 30 days', { lastSeenMs: ago(30 * DAY + 1) }, true],
    ['long not seen but observed', { lastSeenMs: ago(40 * DAY), lastObservedMs: ago(DAY) }, false],
    ['seen in the future: the clock was wrong', { lastSeenMs: now + 400 * DAY }, false]
  ]
  for (const [what, over, terrible] of verdicts) {
    it(`${terrible ? 'gives up' : 'keeps'} an entry: ${what}`, () => {
      expect(isTerrible(entry(over), now)).to.equal(terrible)
    })
  }

  it('is the same object when a word brings nothing', () => {
    const before = entry()
    expect(told(before, { multiaddrs: [...before.multiaddrs], toldBy })).to.equal(before)
  })

  it('never lets an older or the same record replace a newer one', () => {
    const before = told(entry(), { record: Uint8Array.of(1), seq: 5n, multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/5')] })
    for (const seq of [4n, 5n]) {
      const after = told(before, { record: Uint8Array.of(2), seq, multiaddrs: [multiaddr('/ip4/66.6.6.6/tcp/6')], toldBy })
      expect(after).to.equal(before)
    }
    const after = told(before, { record: Uint8Array.of(3), seq: 6n, multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/6')], toldBy })
    expect([after.record, after.seq, after.multiaddrs[0]?.toString()]).to.deep.equal([Uint8Array.of(3), 6n, '/ip4/20.1.1.1/tcp/6'])
    expect(after.multiaddrs.map(String)).to.not.include('/ip4/20.1.1.1/tcp/5')
  })

  it('takes no hearsay on the addresses of a peer that has signed', () => {
    const before = told(entry(), { record: Uint8Array.of(1), seq: 5n, multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/5')] })
    expect(told(before, { multiaddrs: [multiaddr('/ip4/66.6.6.6/tcp/6')], toldBy })).to.equal(before)
  })

  it('drops record bytes over 4 KiB and records without a number', () => {
    const big = told(entry(), { record: new Uint8Array(4097), seq: 1n })
    const unordered = told(entry(), { record: new Uint8Array(10) })
    expect([big.record, unordered.record]).to.deep.equal([undefined, undefined])
    expect(told(entry(), { record: new Uint8Array(4096), seq: 1n }).record).to.have.length(4096)
  })

  it('is not kept fresh by hearsay', () => {
    const later = START_MS + DAY
    expect(told(entry(), { multiaddrs: [multiaddr('/ip4/20.1.1.1/tcp/7')], toldBy }, later).lastSeenMs).to.equal(START_MS)
    expect(told(entry(), {}, later).lastSeenMs).to.equal(later)
  })

  it('keeps only known roles, each once', () => {
    const roles = ['relay', 'emperor', 'relay', 'full'] as LearnedPeer['roles']
    expect(told(entry(), { roles }).roles).to.have.members(['relay', 'full'])
  })

  it('doubts the longest untested, in tried the longest without a sign of life', () => {
    const fresh = [entry({ id: 'a', lastAttemptMs: 9 }), entry({ id: 'b', firstSeenMs: 5 }), entry({ id: 'c', firstSeenMs: 4 })]
    expect(mostDoubtful(fresh)?.id).to.equal('c')
    const tried = [entry({ id: 'a', tried: true, lastSeenMs: 5 }), entry({ id: 'b', tried: true, lastSuccessMs: 1, lastSeenMs: 4 })]
    expect(mostDoubtful(tried)?.id).to.equal('b')
    expect(mostDoubtful([])).to.equal(undefined)
  })
})
