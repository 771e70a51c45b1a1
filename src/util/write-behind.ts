import { Key } from 'interface-datastore'
import type { Datastore } from 'interface-datastore'
import type { Clock, Timer } from './clock.ts'

/** Values encoded and written in one batch: the event loop is free between batches. */
const BATCH_SIZE = 512
/** Longest wait before a failed write is tried again. */
const MAX_FLUSH_RETRY_MS = 60_000
const MAX_DIRTY = 32_768

export interface WriteBehindInit {
  datastore: Datastore
  clock: Clock
  flushIntervalMs: number
  /** Where in the datastore: `/peerkeep/<service>/`. */
  prefix: string
  /** For messages: `address book`. */
  what: string
  /** Makes the service's own error, code `<SERVICE>_LOAD_FAILED` or `<SERVICE>_WRITE_FAILED`. */
  error: (kind: 'LOAD_FAILED' | 'WRITE_FAILED', message: string, cause: unknown) => Error
  /** A write failed, and is tried again. */
  onFailed: (error: Error) => void
  /** The bytes to write under a name, undefined to delete it. Asked when the batch is made, so always the latest. */
  encode: (name: string) => Uint8Array | undefined
  /** Whether there is a value under this name, or its deletion matters as much; asked of many at once. @default whether `encode` gives one */
  holds?: (name: string) => boolean
  /**
   * Names that wait for a disk that fails, if there are no more values: else twice as many as there are values. Beyond it
   * deletions are given up: what is forgotten here stays on the disk, and is found there by the next `load`. @default 32_768
   */
  maxDirty?: number
}

/** Small state kept in the datastore. Writes what changed behind the caller's back: in batches, at most once an interval, again after a failure. */
export class WriteBehind {
  readonly #init: WriteBehindInit
  readonly #dirty = new Set<string>()
  #running = false
  #timer: Timer | undefined
  #writing: Promise<Error | undefined> = Promise.resolve(undefined)
  #failures = 0
  /** Callers that wait for everything to be written. */
  #awaited = 0
  #limit: number

  constructor (init: WriteBehindInit) {
    this.#init = init
    this.#limit = init.maxDirty ?? MAX_DIRTY
  }

  /** Names not written yet. */
  get dirty (): number {
    return this.#dirty.size
  }

  /** Everything stored, by name. Rejects with `LOAD_FAILED`. */
  async * load (): AsyncGenerator<{ name: string, value: Uint8Array }> {
    try {
      for await (const { key, value } of this.#init.datastore.query({ prefix: this.#init.prefix })) {
        yield { name: key.toString().slice(this.#init.prefix.length), value }
      }
    } catch (err) {
      throw this.#init.error('LOAD_FAILED', `the ${this.#init.what} could not be read from the datastore: check its disk, or move the datastore away to start anew`, err)
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
    if (this.#dirty.size > this.#limit) this.#giveUp()
    this.#schedule()
  }

  /** Resolves when everything marked so far is written. Rejects with `WRITE_FAILED`; it is tried again with the next write. */
  async flush (): Promise<void> {
    this.#awaited++
    const error = await this.#write()
    this.#awaited--
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
      this.#write().catch((err: unknown) => { this.#init.onFailed(err as Error) })
    })
  }

  /** Gives up deletions when the disk fails, but none that somebody is about to be told is done. */
  #giveUp (): void {
    if (this.#failures === 0 || this.#awaited > 0) return
    const { encode, holds = name => encode(name) != null, maxDirty = MAX_DIRTY } = this.#init
    for (const name of this.#dirty) if (!holds(name)) this.#dirty.delete(name)
    this.#limit = Math.max(maxDirty, 2 * this.#dirty.size)
  }

  /** One write at a time, in order. Never rejects: gives the error, which is logged. */
  #write (): Promise<Error | undefined> {
    this.#writing = this.#writing.then(async () => await this.#writeDirty())
    return this.#writing
  }

  async #writeDirty (): Promise<Error | undefined> {
    const names = [...this.#dirty]
    this.#dirty.clear()
    for (let i = 0; i < names.length; i += BATCH_SIZE) {
      try {
        await this.#commit(names.slice(i, i + BATCH_SIZE))
      } catch (err) {
        for (const name of names.slice(i)) this.#dirty.add(name)
        this.#failures++
        const error = this.#init.error('WRITE_FAILED', `${this.#dirty.size} changes of the ${this.#init.what} could not be written and will be tried again: check the disk of the datastore`, err)
        this.#init.onFailed(error)
        this.#schedule()
        return error
      }
    }
    this.#failures = 0
    this.#limit = this.#init.maxDirty ?? MAX_DIRTY
    return undefined
  }

  async #commit (names: string[]): Promise<void> {
    const batch = this.#init.datastore.batch()
    for (const name of names) {
      const key = new Key(this.#init.prefix + name, false)
      const value = this.#init.encode(name)
      if (value == null) batch.delete(key)
      else batch.put(key, value)
    }
    await batch.commit()
  }
}
