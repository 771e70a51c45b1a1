import { expect } from 'chai'
import * as fc from 'fast-check'
import { seededRng } from '../../../src/util/rng.ts'
import { openBook } from '../../support/open-book.ts'
import { randomPeerId, randomPublicAddress } from '../../support/random-peer.ts'
import type { AddressBook } from '../../../src/services/address-book/index.ts'
import type { Entry } from '../../../src/services/address-book/entry.ts'
import type { OpenBook } from '../../support/open-book.ts'

const rng = seededRng(11)
// few peers in two netgroups and tiny tables: buckets overflow and tests come due all the time
const peers = Array.from({ length: 160 }, (_, i) => ({ peerId: randomPeerId(rng), multiaddr: randomPublicAddress(rng, i % 2 === 0 ? '20.1' : '30.1') }))
const tellers = [undefined, ...Array.from({ length: 3 }, () => randomPublicAddress(rng))]
const DAY = 24 * 60 * 60_000

const peer = fc.nat(peers.length - 1).map(i => peers[i]!)
type Step = (opened: OpenBook) => void | Promise<OpenBook | void>
const onPeer = (act: (book: AddressBook, peer: typeof peers[number]) => void): fc.Arbitrary<Step> => peer.map(peer => ({ book }) => { act(book, peer) })
const add = fc.record({ peer, toldBy: fc.constantFrom(...tellers), seq: fc.option(fc.bigInt({ min: 0n, max: 5n }), { nil: undefined }) })
  .map(({ peer: { peerId, multiaddr }, toldBy, seq }): Step => ({ book }) => {
    const result = book.add({ peerId, multiaddrs: [multiaddr], source: 'pex', toldBy, seq, record: seq == null ? undefined : Uint8Array.of(Number(seq)) })
    expect(result === 'refused').to.equal(book.get(peerId) == null)
  })
/** Many at once, so that buckets do fill. */
const crowd = fc.tuple(fc.nat(peers.length - 1), fc.constantFrom(...tellers)).map(([from, toldBy]): Step => ({ book }) => {
  for (const { peerId, multiaddr } of peers.slice(from, from + 80)) book.add({ peerId, multiaddrs: [multiaddr], source: 'dht', toldBy })
})
const successes = fc.nat(peers.length - 1).map((from): Step => ({ book }) => {
  for (const { peerId, multiaddr } of peers.slice(from, from + 50)) if (book.get(peerId) != null) book.succeeded(peerId, multiaddr)
})
const testNext: fc.Arbitrary<Step> = fc.boolean().map(works => ({ book }) => {
  const entry = book.nextToTest()
  if (entry == null) return
  expect(book.get(entry.peerId)).to.equal(entry)
  book.attempted(entry.peerId)
  if (works) book.succeeded(entry.peerId, entry.multiaddrs[0]!)
  else book.failed(entry.peerId)
})
const step: fc.Arbitrary<Step> = fc.oneof(
  add, crowd, successes, testNext,
  onPeer((book, { peerId, multiaddr }) => { book.attempted(peerId); book.succeeded(peerId, multiaddr) }),
  onPeer((book, { peerId }) => { for (let i = 0; i < 3; i++) { book.attempted(peerId); book.failed(peerId) } }),
  onPeer((book, { peerId }) => { book.seen(peerId) }),
  onPeer((book, { peerId }) => { book.observed(peerId) }),
  onPeer((book, { peerId }) => { book.remove(peerId) }),
  onPeer((book, { peerId }) => { book.setAnchors([peerId]) }),
  fc.constantFrom(1000, 2 * 60_000, DAY, 8 * DAY, 31 * DAY).map((ms): Step => ({ clock }) => { clock.advance(ms) }),
  fc.constant<Step>(async ({ book }) => { await book.flush() }),
  fc.constant<Step>(async opened => {
    const before = contents(opened.book)
    const again = await opened.reopen()
    expect(contents(again.book)).to.deep.equal(before)
    return again
  })
)

function contents (book: AddressBook): unknown {
  return {
    anchors: book.anchors().map(String),
    entries: [...book.entries()].map(entry => ({ ...entry, peerId: entry.peerId.toString(), multiaddrs: entry.multiaddrs.map(String), addresses: undefined, savedSeenMs: undefined, record: entry.record?.join(), seq: entry.seq }))
      .sort((a, b) => a.peerId < b.peerId ? -1 : 1)
  }
}

/** Everything is in exactly one bucket: `select` walks the buckets, `entries` the index. */
function check (book: AddressBook): void {
  const all = [...book.entries()]
  const inBuckets = (table: 'new' | 'tried'): string[] => book.select(Infinity, { table }).map(({ peerId }) => peerId.toString()).sort()
  const indexed = (tried: boolean): string[] => all.filter(entry => entry.tried === tried).map(({ peerId }) => peerId.toString()).sort()
  expect(inBuckets('new')).to.deep.equal(indexed(false))
  expect(inBuckets('tried')).to.deep.equal(indexed(true))
  const snapshot = book.snapshot()
  expect(snapshot.new + snapshot.tried).to.equal(book.size)
  expect([snapshot.new, snapshot.tried]).to.deep.equal([indexed(false).length, indexed(true).length])
  expect(snapshot.gauges.testsDue).to.be.at.most(4)
  const sizes = new Map<string, number>()
  for (const { tried, newBucket, triedBucket } of all as Entry[]) {
    const bucket = tried ? `tried ${triedBucket}` : `new ${newBucket}`
    sizes.set(bucket, (sizes.get(bucket) ?? 0) + 1)
    expect(triedBucket >= 0).to.equal(tried)
  }
  expect(Math.max(0, ...sizes.values())).to.be.at.most(32)
}

describe('address book: invariants', () => {
  it('hold over any sequence of events, and a restart changes nothing', async () => {
    const reached = { refused: 0, testsDue: 0, tried: 0, full: 0 }
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), fc.nat(), async (steps, seed) => {
      let opened = await openBook({ rng: seededRng(seed), newBuckets: 2, triedBuckets: 2 })
      for (const act of steps) {
        opened = await act(opened) ?? opened
        check(opened.book)
        const { refused, gauges, tried } = opened.book.snapshot()
        reached.refused += refused
        reached.testsDue += gauges.testsDue
        reached.tried += tried
        reached.full += tried === 64 ? 1 : 0
      }
      const before = contents(opened.book)
      const again = await opened.reopen()
      check(again.book)
      expect(contents(again.book)).to.deep.equal(before)
    }), { seed: 1, numRuns: 150 })
    // the sequences did get where it hurts
    for (const [what, count] of Object.entries(reached)) expect(count, what).to.be.greaterThan(0)
  }).timeout(120_000)
})
