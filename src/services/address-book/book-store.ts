import { Key } from 'interface-datastore'
import { describeError } from '../../errors.ts'
import { AddressBookError } from './address-book-error.ts'
import { BATCH_SIZE, MAX_FLUSH_RETRY_MS, STORE_PREFIX } from './constants.ts'
import type { Datastore } from 'interface-datastore'
import type { Logger } from '@libp2p/interface'
import type { Clock, Timer } from '../../util/clock.ts'

export interface BookStoreComponents {
  datastore: Datastore
  log: Logger
}

export interface BookStoreInit {
  clock: Clock
  flushIntervalMs: number
  /** The bytes to write under a name, undefined to delete it. Asked when the batch is made, so always the latest. */
  encode: (name: string) => Uint8Array | undefined
}

/** Writes what changed behind the caller's back: in batches, at most once an interval, again after a failure. */
export class BookStore {
  readonly #components: BookStoreComponents
  readonly #init: BookStoreInit
  readonly #dirty = new Set<string>()
  #running = false
  #timer: Timer | undefined
  #writing: Promise<AddressBookError | undefined> = Promise.resolve(undefined)
  #failures = 0

  constructor (components: BookStoreComponents, init: BookStoreInit) {
    this.#components = components
    this.#init = init
  }

  /** Names not written yet. */
  get dirty (): number {
    return this.#dirty.size
  }

  /** Everything stored, by name. Rejects with `ADDRESS_BOOK_LOAD_FAILED`. */
  async * load (): AsyncGenerator<{ name: string, value: Uint8Array }> {
    try {
      for await (const { key, value } of this.#components.datastore.query({ prefix: STORE_PREFIX })) {
        yield { name: key.toString().slice(STORE_PREFIX.length), value }
      }
    } catch (err) {
      throw new AddressBookError('ADDRESS_BOOK_LOAD_FAILED', 'the address book could not be read from the datastore: check its disk, or move the datastore away to start anew', { cause: err })
    }
  }

  /** Changes are written from now on without being asked. */
  start (): void {
    this.#running = true
    this.#schedule()
  }

  /** The value under this name changed. */
  mark (name: string): void {
    this.#dirty.add(name)
    this.#schedule()
  }

  /** Resolves when everything marked so far is written. Rejects with `ADDRESS_BOOK_WRITE_FAILED`; it is tried again with the next write. */
  async flush (): Promise<void> {
    const error = await this.#write()
    if (error != null) throw error
  }

  /** Writes what is left; a failure is logged. */
  async stop (): Promise<void> {
    this.#running = false
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#write()
  }

  #schedule (): void {
    if (!this.#running || this.#timer != null || this.#dirty.size === 0) return
    const { clock, flushIntervalMs } = this.#init
    const waitMs = this.#failures === 0 ? flushIntervalMs : Math.min(MAX_FLUSH_RETRY_MS, flushIntervalMs * 2 ** this.#failures)
    this.#timer = clock.after(waitMs, () => {
      this.#timer = undefined
      this.#write().catch((err: unknown) => this.#components.log.error('%s', describeError(err)))
    })
  }

  /** One write at a time, in order. Never rejects: gives the error, which is logged. */
  #write (): Promise<AddressBookError | undefined> {
    this.#writing = this.#writing.then(async () => await this.#writeDirty())
    return this.#writing
  }

  async #writeDirty (): Promise<AddressBookError | undefined> {
    const names = [...this.#dirty]
    this.#dirty.clear()
    for (let i = 0; i < names.length; i += BATCH_SIZE) {
      try {
        await this.#commit(names.slice(i, i + BATCH_SIZE))
      } catch (err) {
        for (const name of names.slice(i)) this.#dirty.add(name)
        this.#failures++
        const error = new AddressBookError('ADDRESS_BOOK_WRITE_FAILED', `${this.#dirty.size} changes of the address book could not be written and will be tried again: check the disk of the datastore`, { cause: err })
        this.#components.log.error('%s', describeError(error))
        this.#schedule()
        return error
      }
    }
    this.#failures = 0
    return undefined
  }

  async #commit (names: string[]): Promise<void> {
    const batch = this.#components.datastore.batch()
    for (const name of names) {
      const key = new Key(STORE_PREFIX + name, false)
      const value = this.#init.encode(name)
      if (value == null) batch.delete(key)
      else batch.put(key, value)
    }
    await batch.commit()
  }
}
