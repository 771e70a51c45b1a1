import { Key } from 'interface-datastore'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { deriveKeyPair, KEY_BYTES } from '../../../crypto/sealing.ts'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { sign } from '../model/signed.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { StoredKemKey } from '../pb/holder-store.ts'
import { KemRecord } from '../pb/shards.ts'
import { KEM_KEYS } from '../durable-keys.ts'
import { MAX_OFFER_KEYS, OFFER_KEY_KEPT_MS, OFFER_KEY_MS, OFFER_KEY_VALID_MS, PROMISE_KEY_VALID_MS } from './constants.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Signed } from '../pb/shards.ts'
import type { NodeLock } from './node-lock.ts'


export interface KemKeysInit {
  datastore: Datastore
  privateKey: PrivateKey
  peerId: PeerId
  clock: Clock
  rng: Rng
  log: Logger
  lock: NodeLock
  /** Whether something is sealed to this key that may have to be opened yet. */
  isNeeded: (publicKey: Uint8Array) => boolean
}

/**
 * The keys that sub-shares are sealed to. With a promise goes one for that vault and seq: its private key is deleted with the change
 * that it was for, so who gets at this node later cannot open what was sealed before. Who has no promise yet, as it is to become a
 * holder, is told one that lives for a day.
 */
export class KemKeys {
  readonly #init: KemKeysInit
  /** By public key in hexadecimal, the oldest first. */
  readonly #offered = new Map<string, StoredKemKey>()
  #told?: { key: Uint8Array, expiresMs: number, record: Signed }
  #making?: Promise<StoredKemKey>

  constructor (init: KemKeysInit) {
    this.#init = init
  }

  get size (): number {
    return this.#offered.size
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    const { datastore, log } = this.#init
    const found: StoredKemKey[] = []
    try {
      for await (const { key, value } of datastore.query({ prefix: KEM_KEYS })) {
        try {
          found.push(StoredKemKey.decode(value))
        } catch (err) {
          log.error('the key %s is damaged, what was sealed to it cannot be opened: %s', key.toString(), describeError(err))
        }
      }
    } catch (err) {
      throw new ShardsError('SHARDS_LOAD_FAILED', 'the keys of this holder could not be read from the datastore: check its disk', { cause: err })
    }
    this.#offered.clear()
    for (const key of found.sort((a, b) => a.createdMs - b.createdMs)) this.#offered.set(nameOf(key.publicKey), key)
  }

  /** A key for who has asked for no promise, signed. It is on the disk. */
  async offer (): Promise<Signed> {
    const { clock } = this.#init
    let newest = [...this.#offered.values()].at(-1)
    const ageMs = newest == null ? Infinity : clock.now() - newest.createdMs
    // made in the future: the clock has been set back
    if (newest == null || ageMs >= OFFER_KEY_MS || ageMs < 0) {
      this.#making ??= this.#make().finally(() => { this.#making = undefined })
      newest = await this.#making
    }
    return await this.record(newest, newest.createdMs + OFFER_KEY_VALID_MS)
  }

  /** A key of its own for one change; whoever asked writes it down. */
  async create (): Promise<StoredKemKey> {
    const { rng, clock, lock } = this.#init
    const ikm = rng.bytes(KEY_BYTES)
    const { publicKey, privateKey } = await deriveKeyPair(ikm)
    const lockedPrivateKey = await lock.lock(lockName(publicKey), privateKey)
    for (const secret of [ikm, privateKey]) secret.fill(0)
    return { publicKey, lockedPrivateKey, createdMs: clock.now() }
  }

  /** Says that it is this node's. */
  async record ({ publicKey }: StoredKemKey, expiresMs = this.#init.clock.now() + PROMISE_KEY_VALID_MS): Promise<Signed> {
    const { peerId, privateKey } = this.#init
    if (this.#told != null && equals(this.#told.key, publicKey) && this.#told.expiresMs === expiresMs) return this.#told.record
    const record = await sign('kem', KemRecord.encode({ peer: peerBytes(peerId), key: publicKey, expiresMs }), privateKey)
    this.#told = { key: publicKey, expiresMs, record }
    return record
  }

  /** The private key, to be wiped; undefined when it is gone. `own` is that of the vault, where it has one. */
  async privateKeyOf (publicKey: Uint8Array, own: StoredKemKey | undefined): Promise<Uint8Array | undefined> {
    const key = own != null && equals(own.publicKey, publicKey) ? own : this.#offered.get(nameOf(publicKey))
    return key == null ? undefined : await this.#init.lock.unlock(lockName(publicKey), key.lockedPrivateKey)
  }

  /** Deletes what nothing can be sealed to any more, and nothing is that may have to be opened. */
  async sweep (): Promise<void> {
    const { clock, isNeeded } = this.#init
    const nowMs = clock.now()
    for (const [name, { createdMs, publicKey }] of this.#offered) {
      if (nowMs - createdMs >= OFFER_KEY_KEPT_MS && !isNeeded(publicKey)) await this.#delete(name)
    }
  }

  async #make (): Promise<StoredKemKey> {
    // of a clock that goes back and forth
    const idle = [...this.#offered].filter(([, { publicKey }]) => !this.#init.isNeeded(publicKey))
    for (const [name] of idle.slice(0, Math.max(0, idle.length + 1 - MAX_OFFER_KEYS))) await this.#delete(name)
    const key = await this.create()
    const name = nameOf(key.publicKey)
    await this.#init.datastore.put(new Key(KEM_KEYS + name, false), StoredKemKey.encode(key))
    this.#offered.set(name, key)
    return key
  }

  async #delete (name: string): Promise<void> {
    await this.#init.datastore.delete(new Key(KEM_KEYS + name, false))
    this.#offered.delete(name)
  }
}

function nameOf (publicKey: Uint8Array): string {
  return toString(publicKey, 'base16')
}

function lockName (publicKey: Uint8Array): string {
  return `peerkeep-shards-kem/${nameOf(publicKey)}`
}
