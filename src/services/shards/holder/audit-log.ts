import { Key } from 'interface-datastore'
import { describeError } from '../../../errors.ts'
import { ShardsError } from '../errors.ts'
import { hashOf } from '../model/canonical.ts'
import { appendEntry, EMPTY_LOG } from '../model/log-chain.ts'
import { MAX_LOG_BYTES, MAX_LOG_ENTRIES, PREFIX } from './constants.ts'
import { Queues } from './queue.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../../util/clock.ts'
import type { LogHead } from '../model/log-chain.ts'
import type { LogEntry } from '../pb/shards.ts'

const LOGS = `${PREFIX}log/`
const SEQ_DIGITS = 16
const MAX_WAITING_PER_LOG = 1_024
const MAX_WAITING = 8_192
const BATCH_SIZE = 512

interface Bounds {
  /** The seq of the oldest entry that is kept, and of the newest. */
  first: number
  last: number
  /** Read when it is needed. */
  head?: LogHead
}

export type Decision = Pick<LogEntry, 'what' | 'signer' | 'from' | 'decision' | 'request'>

/**
 * What a holder decided about each vault: each entry has the hash of the one before, so none can be changed or taken out unseen by who
 * has a later one. The oldest go.
 */
export class AuditLog {
  readonly #datastore: Datastore
  readonly #clock: Clock
  readonly #log: Logger
  readonly #logs = new Map<string, Bounds>()
  readonly #queues = new Queues(MAX_WAITING_PER_LOG, MAX_WAITING)
  /** Entries that could not be written. */
  lost = 0

  constructor ({ datastore, clock, log }: { datastore: Datastore, clock: Clock, log: Logger }) {
    this.#datastore = datastore
    this.#clock = clock
    this.#log = log
  }

  get size (): number {
    return [...this.#logs.values()].reduce((sum, { first, last }) => sum + last - first + 1, 0)
  }

  /** Rejects with `SHARDS_LOAD_FAILED`. */
  async load (): Promise<void> {
    this.#logs.clear()
    try {
      for await (const key of this.#datastore.queryKeys({ prefix: LOGS })) {
        const [id = '', digits = ''] = key.toString().slice(LOGS.length).split('/')
        const seq = Number(digits)
        const { first = seq, last = seq } = this.#logs.get(id) ?? {}
        this.#logs.set(id, { first: Math.min(first, seq), last: Math.max(last, seq) })
      }
    } catch (err) {
      throw new ShardsError('SHARDS_LOAD_FAILED', 'the log of this holder could not be read from the datastore: check its disk', { cause: err })
    }
  }

  async settled (): Promise<void> {
    await this.#queues.settled()
  }

  /** Resolves when it is on the disk, or is not to be: a full disk keeps nobody from what is theirs. */
  async append (id: string, decision: Decision): Promise<void> {
    try {
      await this.#queues.run(id, async () => { await this.#append(id, decision) })
    } catch (err) {
      this.lost++
      this.#log.error('what was decided about vault %s could not be written down: %s', id, describeError(err))
    }
  }

  /** Encoded entries from this seq on, as many as fit, and the seq of the one after them. */
  async read (id: string, from: number): Promise<{ entries: Uint8Array[], next: number }> {
    const bounds = this.#logs.get(id)
    const entries: Uint8Array[] = []
    if (bounds == null) return { entries, next: 1 }
    let [bytes, seq] = [0, Math.max(from, bounds.first)]
    for (; seq <= bounds.last; seq++) {
      const entry = await this.#datastore.get(entryKey(id, seq))
      bytes += entry.byteLength
      if (bytes > MAX_LOG_BYTES && entries.length > 0) break
      entries.push(entry)
    }
    return { entries, next: seq }
  }

  /** Deletes the log of a vault that is here no longer. */
  async drop (id: string): Promise<void> {
    await this.#queues.run(id, async () => {
      const bounds = this.#logs.get(id)
      if (bounds == null) return
      await this.#delete(id, bounds.first, bounds.last + 1)
      this.#logs.delete(id)
    })
  }

  /** Deletes the logs of all others: those of a deletion that was broken off. */
  async keep (isHere: (id: string) => boolean): Promise<void> {
    for (const id of this.#logs.keys()) if (!isHere(id)) await this.drop(id)
  }

  async #append (id: string, decision: Decision): Promise<void> {
    const bounds = this.#logs.get(id)
    const { bytes, head } = appendEntry(bounds == null ? EMPTY_LOG : await this.#headOf(id, bounds), { ...decision, timeMs: this.#clock.now() })
    const first = bounds?.first ?? head.seq
    const oldest = Math.max(first, head.seq + 1 - MAX_LOG_ENTRIES)
    const batch = this.#datastore.batch()
    batch.put(entryKey(id, head.seq), bytes)
    for (let seq = first; seq < oldest; seq++) batch.delete(entryKey(id, seq))
    await batch.commit()
    this.#logs.set(id, { first: oldest, last: head.seq, head })
  }

  async #headOf (id: string, { last, head }: Bounds): Promise<LogHead> {
    return head ?? { seq: last, hash: hashOf(await this.#datastore.get(entryKey(id, last))) }
  }

  async #delete (id: string, first: number, next: number): Promise<void> {
    for (let from = first; from < next; from += BATCH_SIZE) {
      const batch = this.#datastore.batch()
      for (let seq = from; seq < Math.min(next, from + BATCH_SIZE); seq++) batch.delete(entryKey(id, seq))
      await batch.commit()
    }
  }
}

function entryKey (id: string, seq: number): Key {
  return new Key(`${LOGS}${id}/${String(seq).padStart(SEQ_DIGITS, '0')}`, false)
}
