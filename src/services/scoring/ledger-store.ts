import { describeError } from '../../errors.ts'
import { WriteBehind } from '../../util/write-behind.ts'
import { STORE_PREFIX } from './constants.ts'
import { isMemorable } from './peer-record.ts'
import { ScoringError } from './scoring-error.ts'
import { decodeRecord, encodeRecord } from './stored-record.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../util/clock.ts'
import type { ScoringOptions } from './options.ts'
import type { PeerRecord } from './peer-record.ts'
import type { Moment } from './stored-record.ts'

export interface LedgerStoreInit extends ScoringOptions {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** Who is remembered under this id now. */
  find (id: string): PeerRecord | undefined
}

/** What is remembered of peers, in the datastore. Only what a restart should not wipe is written. */
export class LedgerStore {
  readonly #init: LedgerStoreInit
  readonly #store: WriteBehind
  /** Changed by what happens all the time, to be written with the next `save`. */
  readonly #changed = new Set<PeerRecord>()
  #damaged = 0
  #flushing = false
  #flushed: Promise<void> = Promise.resolve()

  constructor (init: LedgerStoreInit) {
    const { datastore, clock, flushIntervalMs } = init
    this.#init = init
    this.#store = new WriteBehind({
      datastore,
      clock,
      flushIntervalMs,
      prefix: STORE_PREFIX,
      what: 'scores',
      error: (kind, message, cause) => new ScoringError(`SCORING_${kind}`, message, { cause }),
      onFailed: error => { init.log.error('%s', describeError(error)) },
      encode: id => this.#encode(id),
      holds: id => init.find(id) != null
    })
  }

  /** Records that were dropped because nobody could read them. */
  get damaged (): number {
    return this.#damaged
  }

  get gauges (): Record<string, number> {
    return { changed: this.#changed.size, unwritten: this.#store.dirty }
  }

  /** Everything stored. Rejects with `SCORING_LOAD_FAILED`. */
  async * load (): AsyncGenerator<PeerRecord> {
    for await (const { name, value } of this.#store.load()) {
      try {
        yield decodeRecord(name, value, this.#moment())
      } catch (err) {
        this.#damaged++
        this.#store.mark(name)
        this.#init.log.error('dropped the damaged record %s from the datastore: %s', name, describeError(err))
      }
    }
  }

  start (): void {
    this.#store.start()
  }

  async stop (): Promise<void> {
    this.save()
    await this.#store.stop()
  }

  /** Writes it some time. */
  changed (record: PeerRecord): void {
    this.#changed.add(record)
  }

  /** Writes it with the next batch, or deletes it when nobody remembers it any longer. */
  write (record: PeerRecord): void {
    const isKept = this.#init.find(record.id) === record
    if (this.#store.dirty >= 2 * this.#init.maxPeers) {
      // the disk fails: what is still known waits its turn, what lies there of others can stay there
      if (isKept) this.#changed.add(record)
      else this.#changed.delete(record)
      return
    }
    this.#changed.delete(record)
    if (isKept || record.stored) this.#store.mark(record.id)
  }

  /** Deletes what was loaded and is not wanted. */
  discard ({ id }: PeerRecord): void {
    this.#store.mark(id)
  }

  /** Writes all that has changed with the next batch. */
  save (): void {
    for (const record of this.#changed) {
      if (record.stored || isMemorable(record, this.#init.clock.monotonic())) this.write(record)
      else this.#changed.delete(record)
    }
  }

  /** Resolves when all is written. Rejects with `SCORING_WRITE_FAILED`. */
  async flush (): Promise<void> {
    this.save()
    await this.#store.flush()
  }

  /** Writes the next batch at once: one for all that comes until the last one is written. */
  flushSoon (): void {
    if (this.#flushing) return
    this.#flushing = true
    this.#flushed = this.#flushed.then(async () => {
      this.#flushing = false
      await this.#store.flush()
    }).catch((err: unknown) => { this.#init.log.trace('not written yet, which has been logged - %e', err) })
  }

  #encode (id: string): Uint8Array | undefined {
    const record = this.#init.find(id)
    if (record == null) return undefined
    const moment = this.#moment()
    record.stored = isMemorable(record, moment.nowMs)
    return record.stored ? encodeRecord(record, moment, this.#init.factors) : undefined
  }

  #moment (): Moment {
    return { nowMs: this.#init.clock.monotonic(), wallMs: this.#init.clock.now() }
  }
}
