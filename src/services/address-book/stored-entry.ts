import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { ROLES } from '../../components.ts'
import { AddressBookError } from './address-book-error.ts'
import { MAX_RECORD_BYTES, SOURCES } from './constants.ts'
import { StoredEntry } from './pb/entry.ts'
import type { BookAddress } from './addresses.ts'
import type { Entry } from './entry.ts'

export function encodeEntry (entry: Entry): Uint8Array {
  return StoredEntry.encode({
    ...entry,
    addresses: entry.addresses.map(address => ({ ...address, multiaddr: address.multiaddr.bytes })),
    roles: [...entry.roles],
    triedBucket: entry.tried ? entry.triedBucket : undefined
  })
}

/** Throws `AddressBookError` (`ADDRESS_BOOK_ENTRY_DAMAGED`) for anything that `encodeEntry` did not make. */
export function decodeEntry (id: string, bytes: Uint8Array): Entry {
  try {
    const { record, seq, ...stored } = StoredEntry.decode(bytes)
    const source = SOURCES.find(name => name === stored.source)
    if (source == null) throw new Error(`its source "${stored.source}" is none of ${SOURCES.join(', ')}`)
    if (stored.addresses.length === 0) throw new Error('it has no address')
    if ((record == null) !== (seq == null) || (record?.byteLength ?? 0) > MAX_RECORD_BYTES) throw new Error('its signed record is incomplete or too long')
    const addresses = stored.addresses.map((address): BookAddress => ({ ...address, multiaddr: multiaddr(address.multiaddr) }))
    return {
      ...stored,
      id,
      peerId: peerIdFromString(id),
      addresses,
      multiaddrs: addresses.map(({ multiaddr }) => multiaddr),
      record,
      seq,
      roles: ROLES.filter(role => stored.roles.includes(role)),
      source,
      triedBucket: stored.triedBucket ?? -1,
      tried: stored.triedBucket != null,
      savedSeenMs: stored.lastSeenMs
    }
  } catch (err) {
    throw new AddressBookError('ADDRESS_BOOK_ENTRY_DAMAGED', `the stored entry of the peer ${id} is damaged`, { cause: err, details: { id } })
  }
}
