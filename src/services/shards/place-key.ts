import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

const SHA2_256 = 0x12

/** What holders of a vault provide in the DHT, so that it is found by its id: SHA-256 of "peerkeep-shards:vault", a zero byte and the id. */
export function vaultPlace (vault: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes('peerkeep-shards:vault\0'), vault))
}

/** And so that an owner finds its vaults by its key alone: of "peerkeep-shards:owner", a zero byte and the key. */
export function ownerPlace (owner: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes('peerkeep-shards:owner\0'), owner))
}

/** A hash as content routing takes it: CID version 1, raw bytes, sha2-256. */
export function placeCid (hash: Uint8Array): CID {
  return CID.createV1(raw.code, create(SHA2_256, hash))
}
