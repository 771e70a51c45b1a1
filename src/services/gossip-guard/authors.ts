import { peerIdFromString } from '@libp2p/peer-id'
import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../util/bounded-map.ts'
import type { PeerId } from '@libp2p/interface'

/** Those of Ed25519 and secp256k1 keys have 38 and 39, hashes of others 34. */
const MAX_ID_BYTES = 64

/** Peer ids of the authors of messages, by their bytes: to make one, and its text, takes longer than all other checks. */
export class Authors {
  readonly #known: BoundedMap<string, PeerId>

  constructor (capacity: number) {
    this.#known = new BoundedMap(capacity)
  }

  get size (): number {
    return this.#known.size
  }

  /** Undefined when the bytes are no peer id. */
  of (bytes: Uint8Array): PeerId | undefined {
    if (bytes.byteLength > MAX_ID_BYTES) return undefined
    const key = toString(bytes, 'base64')
    const known = this.#known.get(key)
    if (known != null) return known
    const peerId = parse(bytes)
    if (peerId != null) this.#known.set(key, peerId)
    return peerId
  }

  clear (): void {
    this.#known.clear()
  }
}

function parse (bytes: Uint8Array): PeerId | undefined {
  try {
    return peerIdFromString(toString(bytes, 'base58btc'))
  } catch {
    // that it is none is the answer
    return undefined
  }
}
