import { lock, unlock } from '../../../crypto/secret-box.ts'
import type { PrivateKey } from '@libp2p/interface'
import type { Rng } from '../../../util/rng.ts'

/** Encrypts what a holder must keep secret on its disk, under a key made from the private key of the node, which is not in the datastore. */
export class NodeLock {
  readonly #privateKey: PrivateKey
  readonly #rng: Rng

  constructor (privateKey: PrivateKey, rng: Rng) {
    this.#privateKey = privateKey
    this.#rng = rng
  }

  /** The caller wipes the secret. */
  async lock (name: string, secret: Uint8Array): Promise<Uint8Array> {
    return await lock(this.#privateKey.raw, name, secret, this.#rng)
  }

  /** To be wiped after use. Rejects with `SEALING_OPEN_FAILED`. */
  async unlock (name: string, locked: Uint8Array): Promise<Uint8Array> {
    return await unlock(this.#privateKey.raw, name, locked)
  }
}
