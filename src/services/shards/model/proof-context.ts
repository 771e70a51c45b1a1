import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { ShardsError } from '../errors.ts'
import { HASH_BYTES } from './manifest.ts'

/** What a proof is about: `request` is the hash of the Request that it answers. */
export interface ProofFacts {
  request: Uint8Array
  vault: Uint8Array
  /** Of the manifest. */
  transcript: Uint8Array
  index: number
}

/** What the proof of a partial decapsulation is bound to: it answers one request, and is none of another share. */
export function openContext (facts: ProofFacts): Uint8Array {
  return contextOf('open', facts)
}

/** And that of an audit. The nonce of the asker is in the request, so in its hash. */
export function auditContext (facts: ProofFacts): Uint8Array {
  return contextOf('audit', facts)
}

function contextOf (what: string, { request, vault, transcript, index }: ProofFacts): Uint8Array {
  for (const bytes of [request, vault, transcript]) {
    if (bytes.byteLength !== HASH_BYTES) throw new ShardsError('SHARDS_INVALID', `a hash of ${bytes.byteLength} bytes in the context of a proof: it has ${HASH_BYTES}`)
  }
  return concatBytes(utf8ToBytes(`peerkeep-shards:${what}\0`), request, vault, transcript, Uint8Array.of(index >> 8, index & 0xff))
}
