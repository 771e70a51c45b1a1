import { Key } from 'interface-datastore'
import { describeError } from '../../../errors.ts'
import { MessagingError } from '../messaging-error.ts'
import { StoredDeposit, StoredOwner } from '../pb/mailbox-store.ts'
import { readCard } from './card.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Deposit, Owner } from './box-contents.ts'

const PREFIX = '/peerkeep/messaging/box/'
const OWNERS = `${PREFIX}owner/`
const INDEX = `${PREFIX}index/`
const SEALED = `${PREFIX}sealed/`
const BATCH_SIZE = 512

/** What a mailbox has in the datastore: owners, an index that is read at the start, and the messages themselves, which are not. */
export class BoxStore {
  readonly #datastore: Datastore
  readonly #log: Logger

  constructor ({ datastore, log }: { datastore: Datastore, log: Logger }) {
    this.#datastore = datastore
    this.#log = log
  }

  /** All owners with what is kept for them. Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<Map<string, Owner>> {
    try {
      const owners = new Map<string, Owner>()
      const orphans: Array<[owner: string, token: string]> = []
      for await (const { key, value } of this.#datastore.query({ prefix: OWNERS })) {
        const id = key.toString().slice(OWNERS.length)
        const owner = await this.#readOwner(id, value)
        if (owner != null) owners.set(id, owner)
      }
      const found: Array<[owner: Owner, token: string, deposit: Deposit]> = []
      for await (const { key, value } of this.#datastore.query({ prefix: INDEX })) {
        const [id = '', token = ''] = key.toString().slice(INDEX.length).split('/')
        const owner = owners.get(id)
        const deposit = this.#readDeposit(id, token, value)
        if (owner == null || deposit == null) orphans.push([id, token])
        else found.push([owner, token, deposit])
      }
      found.sort(([, a], [, b]) => a < b ? -1 : 1)
      for (const [owner, token, deposit] of found) {
        owner.deposits.set(token, deposit)
        owner.bytes += deposit.bytes
      }
      await this.#deleteAll(orphans.flatMap(([id, token]) => keysOf(id, token)))
      return owners
    } catch (err) {
      throw new MessagingError('MESSAGING_LOAD_FAILED', 'what this mailbox keeps could not be read from the datastore: check its disk, or move the datastore away to start anew', { cause: err })
    }
  }

  async putOwner (id: string, { card, contactMs, host }: Pick<Owner, 'card' | 'contactMs' | 'host'>): Promise<void> {
    await this.#datastore.put(new Key(OWNERS + id, false), StoredOwner.encode({ card, contactMs, host }))
  }

  async deleteOwner (id: string, tokens: readonly string[]): Promise<void> {
    // the owner last, mostly all at once: it is gone when all is
    await this.#deleteAll([...tokens.flatMap(token => keysOf(id, token)), new Key(OWNERS + id, false)])
  }

  /** All or none. */
  async put (messages: ReadonlyArray<{ ownerId: string, token: string, deposit: Deposit, sealed: Uint8Array }>): Promise<void> {
    const batch = this.#datastore.batch()
    for (const { ownerId, token, deposit: { sender, host, untilMs, bytes, id }, sealed } of messages) {
      const [index, message] = keysOf(ownerId, token)
      batch.put(index, StoredDeposit.encode({ sender, host, untilMs, bytes, id }))
      // of its own size: a part of a larger buffer would keep all of it in a datastore in memory
      batch.put(message, sealed.slice())
    }
    await batch.commit()
  }

  /** Undefined when it is gone. */
  async get (owner: string, token: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#datastore.get(keysOf(owner, token)[1])
    } catch (err) {
      if (err instanceof Error && err.name === 'NotFoundError') return undefined
      throw err
    }
  }

  async delete (owner: string, tokens: readonly string[]): Promise<void> {
    await this.#deleteAll(tokens.flatMap(token => keysOf(owner, token)))
  }

  async #deleteAll (keys: readonly Key[]): Promise<void> {
    for (let i = 0; i < keys.length; i += BATCH_SIZE) {
      const batch = this.#datastore.batch()
      for (const key of keys.slice(i, i + BATCH_SIZE)) batch.delete(key)
      await batch.commit()
    }
  }

  async #readOwner (id: string, value: Uint8Array): Promise<Owner | undefined> {
    try {
      const { card, contactMs, host } = StoredOwner.decode(value)
      const { peerId, seq, expiresMs } = await readCard(card)
      if (peerId.toString() !== id) throw new Error(`the card is of ${peerId.toString()}`)
      return { card, cardSeq: seq, cardExpiresMs: expiresMs, contactMs, storedContactMs: contactMs, host, deposits: new Map(), bytes: 0, written: true }
    } catch (err) {
      this.#log.error('what is kept for %s is dropped, as its registration is damaged: %s', id, describeError(err))
      await this.#datastore.delete(new Key(OWNERS + id, false))
      return undefined
    }
  }

  #readDeposit (owner: string, token: string, value: Uint8Array): Deposit | undefined {
    try {
      return { ...StoredDeposit.decode(value), written: true }
    } catch (err) {
      this.#log.error('a message for %s is dropped, as its entry %s is damaged: %s', owner, token, describeError(err))
      return undefined
    }
  }
}

function keysOf (owner: string, token: string): [index: Key, message: Key] {
  return [new Key(`${INDEX}${owner}/${token}`, false), new Key(`${SEALED}${owner}/${token}`, false)]
}
