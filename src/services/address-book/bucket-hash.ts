import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { BUCKETS_PER_GROUP, BUCKETS_PER_SOURCE, MAX_OWNERS_CACHED } from './constants.ts'

/**
 * Says which bucket an entry belongs to. Keyed with a secret, so that nobody outside can tell whose entries share a
 * bucket. The buckets that one source or netgroup reaches are one of each of 16 (4) equal strips of the table: all
 * different, where plain hashing would let some coincide and waste room.
 */
export class BucketHash {
  readonly #secret: Uint8Array
  readonly #newBuckets: number
  readonly #triedBuckets: number
  /** The digests of the latest sources and netgroups: peers are told in bursts. */
  readonly #owners = new Map<string, DataView>()

  constructor (secret: Uint8Array, newBuckets: number, triedBuckets: number) {
    this.#secret = secret
    this.#newBuckets = newBuckets
    this.#triedBuckets = triedBuckets
  }

  /** In `new`: whoever told decides about 16 buckets, the peer's own netgroup which of them. */
  newBucket (sourceGroup: string, group: string): number {
    return this.#bucket(`new\0${sourceGroup}`, group, BUCKETS_PER_SOURCE, this.#newBuckets)
  }

  /** In `tried`: the netgroup decides about 4 buckets, the peer id which of them. */
  triedBucket (group: string, peerId: string): number {
    return this.#bucket(`tried\0${group}`, peerId, BUCKETS_PER_GROUP, this.#triedBuckets)
  }

  #bucket (owner: string, item: string, reach: number, buckets: number): number {
    const strips = Math.min(reach, buckets)
    const strip = this.#digest(`${owner}\0${item}`).getUint32(0) % strips
    const from = Math.floor(strip * buckets / strips)
    const to = Math.floor((strip + 1) * buckets / strips)
    // 32 bytes: two for each of up to 16 strips
    return from + this.#ownerDigest(owner).getUint16(2 * strip) % (to - from)
  }

  #ownerDigest (owner: string): DataView {
    let digest = this.#owners.get(owner)
    if (digest == null) {
      if (this.#owners.size >= MAX_OWNERS_CACHED) this.#owners.clear()
      digest = this.#digest(owner)
      this.#owners.set(owner, digest)
    }
    return digest
  }

  #digest (text: string): DataView {
    // a prefix is a sound key here: nobody outside ever sees a digest to extend
    const digest = sha256(concatBytes(this.#secret, utf8ToBytes(text)))
    return new DataView(digest.buffer, digest.byteOffset)
  }
}
