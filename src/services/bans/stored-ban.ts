import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { equals } from 'uint8arrays/equals'
import { BansError } from './bans-error.ts'
import { ENDS, OFFENCES, ORIGINS } from './constants.ts'
import { StoredAllowance, StoredEvidence, StoredHistory } from './pb/ban.ts'
import { targetOfKey } from './target.ts'
import type { BanRecord, Evidence } from './index.ts'

const CHECKSUM_BYTES = 4

/** What a name in the datastore stands for. */
export type Stored =
  | { kind: 'key', key: string, records: BanRecord[] }
  | { kind: 'evidence', key: string, evidence: Evidence[] }
  | { kind: 'allow', key: string, sinceMs: number }

export function nameOf (kind: Stored['kind'], key: string): string {
  return `${kind}/${key}`
}

export function splitName (name: string): { kind: string, key: string } {
  const slash = name.indexOf('/')
  return { kind: name.slice(0, slash), key: name.slice(slash + 1) }
}

export function encodeHistory (key: string, records: readonly BanRecord[]): Uint8Array {
  return sealed(nameOf('key', key), StoredHistory.encode({ records: [...records] }))
}

export function encodeEvidence (key: string, charges: readonly Evidence[]): Uint8Array {
  return sealed(nameOf('evidence', key), StoredEvidence.encode({ charges: [...charges] }))
}

export function encodeAllowance (key: string, sinceMs: number): Uint8Array {
  return sealed(nameOf('allow', key), StoredAllowance.encode({ sinceMs }))
}

/** Throws `BansError` (`BANS_RECORD_DAMAGED`) for anything that the functions above did not make for this name. */
export function decodeStored (name: string, bytes: Uint8Array): Stored {
  try {
    const { kind, key } = splitName(name)
    const body = bytes.subarray(CHECKSUM_BYTES)
    if (!equals(bytes.subarray(0, CHECKSUM_BYTES), checksum(name, body))) throw new Error(`the checksum of its ${bytes.byteLength} bytes is wrong`)
    switch (kind) {
      case 'key': return { kind, key, records: StoredHistory.decode(body).records.map(record => Object.freeze(recordOf(record, targetOfKey(key)))) }
      case 'evidence': return { kind, key, evidence: StoredEvidence.decode(body).charges.map(charge => ({ ...charge, offence: oneOf(OFFENCES, charge.offence) })) }
      case 'allow': return { kind, key, ...StoredAllowance.decode(body) }
      default: throw new Error('nothing of this kind is stored')
    }
  } catch (err) {
    throw new BansError('BANS_RECORD_DAMAGED', `the stored record ${name} is damaged`, { cause: err, details: { name } })
  }
}

function recordOf (stored: StoredHistory['records'][number], { kind, key }: { kind: BanRecord['kind'], key: string }): BanRecord {
  const { end, by, ...record } = stored
  return { ...record, kind, key, by: oneOf(ORIGINS, by), ...(end == null ? {} : { end: oneOf(ENDS, end) }) }
}

function oneOf<T extends string> (words: readonly T[], value: string): T {
  const word = words.find(word => word === value)
  if (word == null) throw new Error(`"${value}" is none of ${words.join(', ')}`)
  return word
}

function sealed (name: string, body: Uint8Array): Uint8Array {
  // of its own size: a part of a pool would keep all of the pool in a datastore in memory
  const bytes = new Uint8Array(CHECKSUM_BYTES + body.byteLength)
  bytes.set(checksum(name, body))
  bytes.set(body, CHECKSUM_BYTES)
  return bytes
}

// with the name, so that what belongs to another key is not taken for this one's
function checksum (name: string, body: Uint8Array): Uint8Array {
  return sha256.create().update(utf8ToBytes(`${name}\0`)).update(body).digest().subarray(0, CHECKSUM_BYTES)
}
