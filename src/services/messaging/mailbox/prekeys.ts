import { Key } from 'interface-datastore'
import { toString } from 'uint8arrays/to-string'
import { deriveKeyPair, KEY_BYTES } from '../../../crypto/sealing.ts'
import { lock, unlock } from '../../../crypto/secret-box.ts'
import { describeError } from '../../../errors.ts'
import { MessagingError } from '../messaging-error.ts'
import { StoredPrekey } from '../pb/mailbox-store.ts'
import { keyIdOf } from './card.ts'
import { CARD_VALID_MS, CLOCK_SKEW_MS, MAX_MESSAGE_AGE_MS } from './constants.ts'
import type { Logger, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { CardPrekey } from './card.ts'

export interface PrekeysInit {
  datastore: Datastore
  privateKey: PrivateKey
  clock: Clock
  rng: Rng
  log: Logger
  rotationMs: number
}

const PREFIX = '/peerkeep/messaging/prekeys/'
// also what the encryption is bound to
const LOCK_PREFIX = 'peerkeep-messaging-prekey/'

/**
 * The keys that messages for this node are sealed to while it is away. Each is told for one rotation, good for as long as a card
 * that tells it, and deleted once no message that was sealed to it can be alive: what was sealed to it cannot be read any more
 * then, by nobody.
 */
export class Prekeys {
  readonly #init: PrekeysInit
  /** By id, the oldest first. The private keys are locked here, too. */
  readonly #keys = new Map<string, StoredPrekey>()

  constructor (init: PrekeysInit) {
    this.#init = init
  }

  get size (): number {
    return this.#keys.size
  }

  /** What is stored; a damaged one is left where it is. Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<void> {
    const { datastore, log } = this.#init
    const found: Array<[string, StoredPrekey]> = []
    try {
      for await (const { key, value } of datastore.query({ prefix: PREFIX })) {
        const name = key.toString().slice(PREFIX.length)
        try {
          found.push([name, StoredPrekey.decode(value)])
        } catch (err) {
          log.error('the stored prekey %s is damaged, messages sealed to it cannot be read: %s', name, describeError(err))
        }
      }
    } catch (err) {
      throw new MessagingError('MESSAGING_LOAD_FAILED', 'the prekeys could not be read from the datastore: check its disk, or move the datastore away to start anew', { cause: err })
    }
    this.#keys.clear()
    for (const [name, stored] of found.sort(([, a], [, b]) => a.createdMs - b.createdMs)) this.#keys.set(name, stored)
  }

  /** The one to tell, if it is not due to be replaced. */
  get current (): CardPrekey | undefined {
    const newest = this.#newest()
    return newest == null || this.#init.clock.now() >= this.#dueMs(newest) ? undefined : this.#told(newest)
  }

  /** The newest, due or not: better than none when no new one can be written. */
  get newest (): CardPrekey | undefined {
    const newest = this.#newest()
    return newest == null || this.#init.clock.now() >= newest.notAfterMs ? undefined : this.#told(newest)
  }

  /** Until the current one is due to be replaced. */
  get dueInMs (): number {
    const newest = this.#newest()
    return newest == null ? 0 : Math.max(0, this.#dueMs(newest) - this.#init.clock.now())
  }

  /** Makes a new one if one is due, and deletes what no message can need. Rejects with `MESSAGING_WRITE_FAILED`; then nothing has changed. */
  async rotate (): Promise<void> {
    const nowMs = this.#init.clock.now()
    const expired = [...this.#keys].filter(([, { notAfterMs }]) => notAfterMs + MAX_MESSAGE_AGE_MS + CLOCK_SKEW_MS <= nowMs).map(([name]) => name)
    const fresh = this.current == null ? await this.#make(nowMs) : undefined
    if (fresh == null && expired.length === 0) return
    try {
      const batch = this.#init.datastore.batch()
      for (const name of expired) batch.delete(new Key(PREFIX + name, false))
      if (fresh != null) batch.put(new Key(PREFIX + fresh.name, false), StoredPrekey.encode(fresh.stored))
      await batch.commit()
    } catch (err) {
      throw new MessagingError('MESSAGING_WRITE_FAILED', 'a new prekey could not be written, so the old one stays in use: check the disk of the datastore', { cause: err })
    }
    for (const name of expired) this.#keys.delete(name)
    if (fresh != null) this.#keys.set(fresh.name, fresh.stored)
  }

  /** The private key of this id; undefined when it is deleted, or never was this node's. */
  async find (id: Uint8Array): Promise<Uint8Array | undefined> {
    const name = toString(id, 'base16')
    const stored = this.#keys.get(name)
    if (stored == null) return undefined
    try {
      return await unlock(this.#init.privateKey.raw, LOCK_PREFIX + name, stored.lockedPrivateKey)
    } catch (err) {
      this.#init.log.error('the prekey %s cannot be used, was the identity of this node changed? %s', name, describeError(err))
      return undefined
    }
  }

  async #make (nowMs: number): Promise<{ name: string, stored: StoredPrekey }> {
    const { privateKey, rng, rotationMs } = this.#init
    const pair = await deriveKeyPair(rng.bytes(KEY_BYTES))
    const name = toString(keyIdOf(pair.publicKey), 'base16')
    const lockedPrivateKey = await lock(privateKey.raw, LOCK_PREFIX + name, pair.privateKey, rng)
    return { name, stored: { publicKey: pair.publicKey, lockedPrivateKey, createdMs: nowMs, notAfterMs: nowMs + rotationMs + CARD_VALID_MS } }
  }

  #newest (): StoredPrekey | undefined {
    return [...this.#keys.values()].at(-1)
  }

  /** One from the future, by a clock that was set back, is due as well. */
  #dueMs ({ createdMs }: StoredPrekey): number {
    const { clock, rotationMs } = this.#init
    return createdMs > clock.now() + CLOCK_SKEW_MS ? 0 : createdMs + rotationMs
  }

  #told ({ publicKey, notAfterMs }: StoredPrekey): CardPrekey {
    return { id: keyIdOf(publicKey), publicKey, notAfterMs }
  }
}
