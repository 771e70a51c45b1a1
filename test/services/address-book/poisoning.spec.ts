import { expect } from 'chai'
import { seededRng } from '../../../src/util/rng.ts'
import { openBook } from '../../support/open-book.ts'
import { randomGroup, randomPeerId, randomPublicAddress } from '../../support/random-peer.ts'
import type { PeerId } from '@libp2p/interface'
import type { AddressBook } from '../../../src/services/address-book/index.ts'
import type { Rng } from '../../../src/util/rng.ts'

const MINUTE = 60_000
/** The book is full of them; `test/attacks` has five times as many. */
const RECORDS = 20_000

interface Poisoned {
  book: AddressBook
  honest: Set<string>
  /** Share of the entries, of the slots of `new`, and of what a dialer is given. */
  share: { entries: number, slots: number, selected: number }
}

/** A book as a node has it after some days, then records by peers in `sources` netgroups. */
async function poison (seed: number, sources: number, sent: (rng: Rng) => object = () => ({})): Promise<Poisoned> {
  const rng = seededRng(seed)
  const { book, clock } = await openBook({ rng: seededRng(seed + 1000) })
  const honest = new Set<string>()
  const tellers = Array.from({ length: 60 }, () => randomPublicAddress(rng))
  for (let i = 0; i < 3000; i++) {
    const peer = { peerId: randomPeerId(rng), multiaddrs: [randomPublicAddress(rng)], source: 'pex' as const, toldBy: tellers[rng.int(60)] }
    if (book.add(peer) !== 'added') continue
    honest.add(peer.peerId.toString())
    if (i % 3 === 0) book.succeeded(peer.peerId, peer.multiaddrs[0]!)
    clock.advance(100)
  }

  const attackers = Array.from({ length: sources }, () => randomGroup(rng))
  for (let i = 0; i < RECORDS; i++) {
    // each record another peer, anywhere on the internet; each word over another connection out of the group
    book.add({ peerId: randomPeerId(rng), multiaddrs: [randomPublicAddress(rng)], source: 'pex', toldBy: randomPublicAddress(rng, attackers[i % sources]), ...sent(rng) })
    if (i % 1000 === 0) clock.advance(MINUTE)
  }

  const isPoisoned = ({ peerId }: { peerId: PeerId }): boolean => !honest.has(peerId.toString())
  const poisoned = [...book.entries()].filter(isPoisoned).length
  const drawn = Array.from({ length: 500 }, () => book.select(8)).flat()
  return {
    book,
    honest,
    share: { entries: poisoned / book.size, slots: poisoned / book.snapshot().capacity.new, selected: drawn.filter(isPoisoned).length / drawn.length }
  }
}

describe('address book: poisoning (T3)', function () {
  this.timeout(60_000)

  const attacks = [
    { sources: 1, maxShare: 0.15, maxSlots: 512 / 8192, maxSelected: 0.10 },
    { sources: 16, maxShare: 0.65, maxSlots: 0.65, maxSelected: 0.60 }
  ]
  for (const { sources, maxShare, maxSlots, maxSelected } of attacks) {
    for (const seed of [1, 2]) {
      it(`lets ${RECORDS} records from ${sources} source groups have ${maxShare * 100} % of the book and evict nobody (seed ${seed})`, async () => {
        const { book, honest, share } = await poison(seed, sources)
        const left = [...book.entries()].filter(({ peerId }) => honest.has(peerId.toString()))
        expect(left.length).to.equal(honest.size)
        expect(share.entries).to.be.within(0.01, maxShare)
        expect(share.slots).to.be.within(0.01, maxSlots)
        expect(share.selected).to.be.within(0.001, maxSelected)
        expect(book.snapshot().gauges.testsDue).to.be.at.most(256 + 64)
      })
    }
  }

  it('gives a crowd of names in one netgroup, each telling of itself, a single bucket', async () => {
    const { share } = await poison(3, 1, rng => ({ multiaddrs: [randomPublicAddress(rng, '20.1')], toldBy: undefined }))
    expect(share.slots).to.be.at.most(32 / 8192)
  })
})
