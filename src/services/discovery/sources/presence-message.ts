import { MAX_RECORD_BYTES, readRecord, RecordError, verifyRecord } from '../../../wire/signed-record.ts'
import type { PeerId } from '@libp2p/interface'
import type { SignedRecord } from '../../../wire/signed-record.ts'

/** `reject` is for what no honest peer of any version sends, `ignore` for what this one cannot use. */
export type PresenceVerdict =
  | { verdict: 'accept', record: SignedRecord }
  | { verdict: 'ignore', why: string }
  /** `forwarded`: what becomes of it when it is not the author who brings it. */
  | { verdict: 'reject', why: string, forwarded: 'ignore' | 'reject' }

export function presenceTopic (network: string): string {
  return `/peerkeep/${network}/presence/1.0.0`
}

/** Opens what `author` published: it must be the author's own record, signed by it. */
export async function decodePresence (data: Uint8Array, author: PeerId): Promise<PresenceVerdict> {
  if (data.byteLength > MAX_RECORD_BYTES) return { verdict: 'reject', why: 'oversize', forwarded: 'reject' }
  try {
    const record = readRecord(data)
    if (!record.peerId.equals(author)) return { verdict: 'reject', why: 'signed by somebody else', forwarded: 'reject' }
    await verifyRecord(record)
    return record.multiaddrs.length === 0 ? { verdict: 'ignore', why: 'no addresses' } : { verdict: 'accept', record }
  } catch (err) {
    if (!(err instanceof RecordError)) throw err
    if (err.code === 'RECORD_UNSUPPORTED') return { verdict: 'ignore', why: err.message }
    // libraries differ in which signatures fit: it may have for whoever passed it on
    return { verdict: 'reject', why: err.message, forwarded: err.forgery === 'signature' ? 'ignore' : 'reject' }
  }
}
