import { equals } from 'uint8arrays/equals'
import { ShardsError } from '../errors.ts'
import { LogEntry } from '../pb/shards.ts'
import { decodeCanonical, hashOf } from './canonical.ts'

/** Where a log goes on: the seq of the last entry, and its hash. Of an empty log 0, and nothing. */
export interface LogHead {
  seq: number
  hash: Uint8Array
}

export const EMPTY_LOG: LogHead = { seq: 0, hash: new Uint8Array(0) }

/** The next entry, and where the log goes on after it. */
export function appendEntry (head: LogHead, entry: Omit<LogEntry, 'seq' | 'prev'>): { bytes: Uint8Array, head: LogHead } {
  const seq = head.seq + 1
  const bytes = LogEntry.encode({ ...entry, seq, prev: head.hash })
  return { bytes, head: { seq, hash: hashOf(bytes) } }
}

/**
 * The entries, once each is seen to name the hash of the one before. `base` is what the first has to follow: the head that was seen before,
 * or `EMPTY_LOG` for a log from its beginning; without it the first is taken as it is, as old entries are given up in time. That a holder
 * shows two logs, or a shorter one, is seen only by who remembers a head. Throws `SHARDS_INVALID`.
 */
export function verifyLog (entries: readonly Uint8Array[], base?: LogHead): { entries: LogEntry[], head: LogHead | undefined } {
  let head = base
  const read = entries.map(bytes => {
    const entry = decodeCanonical('an entry of the log', LogEntry, bytes)
    if (head == null ? entry.seq < 1 : entry.seq !== head.seq + 1 || !equals(entry.prev, head.hash)) {
      throw new ShardsError('SHARDS_INVALID', `entry ${entry.seq} of the log does not follow ${head?.seq ?? 0}: something was left out or changed`)
    }
    head = { seq: entry.seq, hash: hashOf(bytes) }
    return entry
  })
  return { entries: read, head }
}
