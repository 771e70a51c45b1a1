import { multiaddr } from '@multiformats/multiaddr'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { AddressBookError } from '../../../src/services/address-book/address-book-error.ts'
import { SOURCES } from '../../../src/services/address-book/constants.ts'
import { decodeEntry, encodeEntry } from '../../../src/services/address-book/stored-entry.ts'
import { seededRng } from '../../../src/util/rng.ts'
import { randomPeerId } from '../../support/random-peer.ts'
import type { Entry } from '../../../src/services/address-book/entry.ts'

const peerId = randomPeerId(seededRng(1))
const time = fc.maxSafeNat()
const address = fc.record({
  multiaddr: fc.integer({ min: 1, max: 65535 }).map(port => multiaddr(`/ip4/20.1.1.1/tcp/${port}`)),
  certified: fc.boolean(),
  lastSuccessMs: time
})
const signed = fc.option(fc.record({ record: fc.uint8Array({ maxLength: 300 }), seq: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }))
const entries = fc.record({
  addresses: fc.array(address, { minLength: 1, maxLength: 16 }),
  signed,
  roles: fc.subarray(['full', 'relay', 'light', 'gateway'] as const),
  source: fc.constantFrom(...SOURCES),
  newBucket: fc.nat(255),
  triedBucket: fc.integer({ min: -1, max: 63 }),
  firstSeenMs: time,
  lastSeenMs: time,
  lastAttemptMs: time,
  lastSuccessMs: time,
  lastObservedMs: time,
  failures: fc.nat()
}).map(({ signed, ...rest }): Entry => ({
  ...rest,
  id: peerId.toString(),
  peerId,
  multiaddrs: rest.addresses.map(({ multiaddr }) => multiaddr),
  record: signed?.record,
  seq: signed?.seq,
  tried: rest.triedBucket >= 0,
  savedSeenMs: rest.lastSeenMs
}))
/** Without objects that compare by what they have cached. */
const plain = (entry: Entry) => ({ ...entry, peerId: entry.id, multiaddrs: entry.multiaddrs.map(String), addresses: entry.addresses.map(one => ({ ...one, multiaddr: String(one.multiaddr) })) })

describe('address book: stored entry', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(entries, entry => {
      expect(plain(decodeEntry(entry.id, encodeEntry(entry)))).to.deep.equal(plain(entry))
    }))
  })

  it('is an entry or an AddressBookError, whatever the bytes', () => {
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(entries, fc.nat(), fc.nat(255)).map(([entry, at, value]) => {
        const bytes = encodeEntry(entry).slice()
        bytes[at % bytes.length] = value
        return bytes
      }),
      fc.tuple(entries, fc.nat()).map(([entry, at]) => encodeEntry(entry).slice(0, at % 100))
    )
    fc.assert(fc.property(damaged, bytes => {
      try {
        const entry = decodeEntry(peerId.toString(), bytes)
        expect(entry.addresses.length).to.be.within(1, 16)
        encodeEntry(entry)
      } catch (err) {
        expect(err).to.be.instanceOf(AddressBookError).with.property('code', 'ADDRESS_BOOK_ENTRY_DAMAGED')
      }
    }), { numRuns: 500 })
  })

  it('refuses a name that is no peer id', () => {
    const [entry] = fc.sample(entries, { numRuns: 1, seed: 1 })
    expect(() => decodeEntry('junk', encodeEntry(entry!))).to.throw(AddressBookError)
  })
})
