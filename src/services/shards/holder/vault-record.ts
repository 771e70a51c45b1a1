import type { AcceptorState } from './acceptor.ts'
import type { Vouched } from '../parts.ts'
import type { StoredKemKey, StoredShare } from '../pb/holder-store.ts'
import type { Manifest } from '../pb/shards.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import type { PeerId } from '@libp2p/interface'
import { equals } from 'uint8arrays/equals'

/** What this node has of one vault. Never changed: replaced by the next once that is on the disk. */
export interface VaultRecord {
  /** Hexadecimal. */
  id: string
  vault: Uint8Array
  /** The newest certificate. Of one that this node is not, or not yet, named in, too. */
  vouched?: Vouched
  /** The seq of the oldest manifest kept, and the bytes of all. */
  oldest: number
  chainBytes: number
  /** Of the epoch of the certificate. */
  share?: StoredShare
  /** What follows is for the seq after the certificate's. */
  prepared?: StoredShare
  acceptor: AcceptorState
  /** What is accepted. */
  pending?: Manifest
  acceptedMs: number
  kem?: StoredKemKey
}

export function seqOf (record: Pick<VaultRecord, 'vouched'> | undefined): number {
  return record?.vouched?.manifest.seq ?? 0
}

/** The owner's key, of what is certified or accepted. */
export function ownerOf ({ vouched, pending }: Pick<VaultRecord, 'vouched' | 'pending'>): Uint8Array | undefined {
  return (vouched?.manifest ?? pending)?.owner
}

export interface Place {
  index: number
  verification: Uint8Array
  kemKey: Uint8Array
}

/** This node's place among the holders. */
export function placeOf (manifest: Manifest | undefined, peer: PeerId): Place | undefined {
  const bytes = peerBytes(peer)
  return manifest?.holders.find(holder => equals(holder.peer, bytes))
}

/** Whether this is the share that the manifest says its holder has. */
export function fits (share: StoredShare | undefined, manifest: Manifest, place: Place | undefined): boolean {
  return share != null && place != null && share.epoch === manifest.epoch && share.index === place.index && equals(share.verification, place.verification)
}
