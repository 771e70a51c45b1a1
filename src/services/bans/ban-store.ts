import { Key } from 'interface-datastore'
import { describeError } from '../../errors.ts'
import { WriteBehind } from '../../util/write-behind.ts'
import { BansError } from './bans-error.ts'
import { DAMAGED_PREFIX, FLUSH_INTERVAL_MS, MAX_DAMAGED, STORE_PREFIX } from './constants.ts'
import { decodeStored, nameOf } from './stored-ban.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../util/clock.ts'
import type { Stored } from './stored-ban.ts'

export interface BanStoreInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** The bytes to write under a name now, undefined to delete it. */
  encode (name: string): Uint8Array | undefined
  /** Whether there is anything to write under a name, or a deletion that matters as much. */
  holds (name: string): boolean
}

/** Bans, history, evidence and the allow list in the datastore. */
export class BanStore {
  readonly #init: BanStoreInit
  readonly #writes: WriteBehind
  /** Of its own: it is marked with every report, which takes half the time by peer id; and no ban waits for it. */
  readonly #evidence: WriteBehind
  #damaged = 0

  constructor (init: BanStoreInit) {
    this.#init = init
    const { datastore, clock, log, encode, holds } = init
    const common = {
      datastore,
      clock,
      flushIntervalMs: FLUSH_INTERVAL_MS,
      error: (kind: 'LOAD_FAILED' | 'WRITE_FAILED', message: string, cause: unknown) => new BansError(`BANS_${kind}`, message, { cause }),
      onFailed: (error: Error) => { log.error('%s', describeError(error)) }
    }
    this.#writes = new WriteBehind({ ...common, prefix: STORE_PREFIX, what: 'ban list', encode, holds })
    const name = (peer: string): string => nameOf('evidence', peer)
    this.#evidence = new WriteBehind({ ...common, prefix: STORE_PREFIX + name(''), what: 'evidence against peers', encode: peer => encode(name(peer)), holds: peer => holds(name(peer)) })
  }

  /** Records put aside since this node was made. */
  get damaged (): number {
    return this.#damaged
  }

  get unwritten (): number {
    return this.#writes.dirty + this.#evidence.dirty
  }

  /** Everything stored; what is damaged is put aside. Rejects with `BANS_LOAD_FAILED`. */
  async load (): Promise<Stored[]> {
    const found: Stored[] = []
    const damaged: Array<{ name: string, value: Uint8Array }> = []
    for await (const { name, value } of this.#writes.load()) {
      try {
        found.push(decodeStored(name, value))
      } catch (err) {
        this.#init.log.error('%s: it is put aside under %s%s', describeError(err), DAMAGED_PREFIX, name)
        damaged.push({ name, value })
      }
    }
    if (damaged.length > 0) await this.#putAside(damaged)
    return found
  }

  start (): void {
    this.#writes.start()
    this.#evidence.start()
  }

  async stop (): Promise<void> {
    await this.#evidence.stop()
    await this.#writes.stop()
  }

  /** What has this name is another now. */
  mark (name: string): void {
    this.#writes.mark(name)
  }

  /** The evidence against this peer is another now. It is written some time. */
  markEvidence (peer: string): void {
    this.#evidence.mark(peer)
  }

  /** Resolves when everything marked but evidence is written. Rejects with `BANS_WRITE_FAILED`; it is tried again until it is. */
  async flush (): Promise<void> {
    await this.#writes.flush()
  }

  /** All of these or none. Rejects with `BANS_WRITE_FAILED`. */
  async put (values: Iterable<readonly [name: string, value: Uint8Array]>): Promise<void> {
    try {
      const batch = this.#init.datastore.batch()
      for (const [name, value] of values) batch.put(new Key(STORE_PREFIX + name, false), value)
      await batch.commit()
    } catch (err) {
      throw new BansError('BANS_WRITE_FAILED', 'the bans could not be written, so none of them is in force: check the disk of the datastore, then import them again', { cause: err })
    }
  }

  async #putAside (damaged: Array<{ name: string, value: Uint8Array }>): Promise<void> {
    this.#damaged += damaged.length
    const { datastore, log } = this.#init
    try {
      const kept = new Set<string>()
      for await (const key of datastore.queryKeys({ prefix: DAMAGED_PREFIX })) kept.add(key.toString().slice(DAMAGED_PREFIX.length))
      const batch = datastore.batch()
      for (const { name, value } of damaged) {
        if (kept.size < MAX_DAMAGED) kept.add(name)
        if (kept.has(name)) batch.put(new Key(DAMAGED_PREFIX + name, false), value)
        batch.delete(new Key(STORE_PREFIX + name, false))
      }
      await batch.commit()
    } catch (err) {
      // they stay where they are, and are found again at the next start
      log.error('could not put %d damaged records aside: %s', damaged.length, describeError(err))
    }
  }
}
