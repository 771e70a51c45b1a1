import { Key } from 'interface-datastore'
import { describeError } from '../../../errors.ts'
import { MessagingError } from '../messaging-error.ts'
import { peerBytes } from '../../../util/peer-bytes.ts'
import { StoredLane, StoredMailed, StoredMessage } from '../pb/direct-store.ts'
import { PRIORITIES } from '../../../wire/mux/priority.ts'
import { MAX_CACHED_BYTES, OUTBOX_PREFIX, RESERVED, WRITE_DELAY_MS, WRITE_RETRY_MS } from './constants.ts'
import { messageCodec } from './message.ts'
import { decodeMessage, readOutbox } from './stored-outbox.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { OutboxMessage } from './outbox-message.ts'
import type { SentLane } from './sent-lane.ts'
import type { StoredOutbox } from './stored-outbox.ts'

/** Of payloads, written together. */
const MAX_BATCH_BYTES = 4 * 1_048_576
const EMPTY = new Uint8Array()

export interface OutboxStoreInit {
  datastore: Datastore
  clock: Clock
  log: Logger
  /** It is in the datastore now. */
  onStored (message: OutboxMessage): void
  /** It could not be written. */
  onLost (message: OutboxMessage, error: MessagingError): void
}

/**
 * The outbox in the datastore. A message that is on its way is written a moment later, or not at all when its receipt is
 * faster; everything that waits goes in one batch.
 */
export class OutboxStore {
  readonly #init: OutboxStoreInit
  readonly #puts = new Set<OutboxMessage>()
  readonly #mailed = new Set<OutboxMessage>()
  readonly #lanes = new Set<SentLane>()
  /** Names of entries that nobody needs any more. */
  readonly #deletes = new Set<string>()
  #timer?: Timer
  #dueMs = Infinity
  #writing?: Promise<void>
  #cachedBytes = 0
  #damaged = 0
  #failed = false
  /** Whoever waits for a place to be reserved. */
  readonly #reserved = new Set<() => void>()

  constructor (init: OutboxStoreInit) {
    this.#init = init
  }

  get gauges (): Record<string, number> {
    return { outboxUnwritten: this.#puts.size + this.#mailed.size + this.#lanes.size + this.#deletes.size, outboxCachedBytes: this.#cachedBytes, outboxDamaged: this.#damaged }
  }

  /** What was not delivered when this node stopped; what is damaged is deleted. Rejects with `MESSAGING_LOAD_FAILED`. */
  async load (): Promise<StoredOutbox> {
    const { datastore, log } = this.#init
    try {
      const found = await readOutbox(datastore.query({ prefix: OUTBOX_PREFIX }), MAX_CACHED_BYTES)
      for (const { name, why } of found.damaged) log.error('deleted the damaged entry %s%s of the outbox: %s', OUTBOX_PREFIX, name, why)
      this.#damaged += found.damaged.length
      for (const name of [...found.damaged.map(({ name }) => name), ...found.unneeded]) this.#deletes.add(name)
      this.#cachedBytes = found.cachedBytes
      this.#schedule(0)
      return found
    } catch (err) {
      throw new MessagingError('MESSAGING_LOAD_FAILED', 'the outbox could not be read from the datastore: check its disk, or move the datastore away to start anew', { cause: err })
    }
  }

  /** Keeps a message; at once when nothing better is to be expected. */
  put (message: OutboxMessage, soon: boolean): void {
    this.#puts.add(message)
    this.#schedule(soon ? 0 : WRITE_DELAY_MS)
  }

  /** A mailbox has it, or another. */
  mail (message: OutboxMessage): void {
    if (!message.stored) return
    this.#mailed.add(message)
    this.#schedule(WRITE_DELAY_MS)
  }

  delete (message: OutboxMessage): void {
    this.#puts.delete(message)
    this.#mailed.delete(message)
    if (!message.stored) return
    if (message.payload != null) this.#cachedBytes -= message.bytes
    this.#deletes.add(messageName(message.id))
    if (message.mailed != null) this.#deletes.add(mailedName(message.id))
    this.#schedule(WRITE_DELAY_MS)
  }

  forget (lane: SentLane): void {
    this.#lanes.delete(lane)
    if (lane.reserved === 0) return
    this.#deletes.add(laneName(lane.id))
    this.#schedule(WRITE_DELAY_MS)
  }

  /**
   * Whether this place may be used: of a lane that is stored, only what was reserved. When not, `then` is called once it is.
   */
  mayUse (lane: SentLane, seq: number, then: () => void): boolean {
    const end = lane.reserved > 0 ? lane.reserved : lane.reserving
    if (end === 0) return true
    if (end - seq < RESERVED / 2) {
      this.#lanes.add(lane)
      this.#schedule(0)
    }
    if (seq < end) return true
    this.#reserved.add(then)
    return false
  }

  /** Rejects with `MESSAGING_LOAD_FAILED` when it is gone or damaged, and with whatever the datastore says when it cannot be read now. */
  async payload (message: OutboxMessage): Promise<Uint8Array> {
    if (message.payload != null) return message.payload
    const name = messageName(message.id)
    let value: Uint8Array | undefined
    try {
      value = await this.#init.datastore.get(keyOf(name))
      return decodeMessage(value).message.payload
    } catch (err) {
      if (value == null && !(err instanceof Error && err.name === 'NotFoundError')) throw err
      throw new MessagingError('MESSAGING_LOAD_FAILED', `the stored message ${name} cannot be read`, { cause: err })
    }
  }

  /** Writes what is left, once; a failure is logged. */
  async stop (): Promise<void> {
    // what begins meanwhile takes messages along, and would still be writing them
    this.#disarm()
    while (this.#writing != null) await this.#writing
    this.#disarm()
    await this.#write()
    this.#disarm()
  }

  #disarm (): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueMs = Infinity
  }

  #schedule (delayMs: number): void {
    const dueMs = this.#init.clock.monotonic() + delayMs
    if (dueMs >= this.#dueMs) return
    this.#dueMs = dueMs
    if (this.#writing == null) this.#arm(delayMs)
  }

  #arm (delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = delayMs > 0 ? this.#init.clock.after(delayMs, () => { this.#begin() }) : soon(() => { this.#begin() })
  }

  #begin (): void {
    this.#disarm()
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined
      const { clock } = this.#init
      if (this.#failed) this.#dueMs = clock.monotonic() + WRITE_RETRY_MS
      if (this.#dueMs < Infinity) this.#arm(Math.max(0, this.#dueMs - clock.monotonic()))
    })
  }

  /** Never rejects. */
  async #write (): Promise<void> {
    do {
      this.#failed = !await this.#writeBatch()
    } while (!this.#failed && this.#puts.size > 0)
  }

  async #writeBatch (): Promise<boolean> {
    const { datastore, log, onStored, onLost } = this.#init
    const puts: OutboxMessage[] = []
    const lanes = new Set(this.#lanes)
    const mailed = [...this.#mailed]
    const deletes = [...this.#deletes]
    let bytes = 0
    for (const message of this.#puts) {
      puts.push(message)
      if (message.lane.reserved <= message.seq) lanes.add(message.lane)
      bytes += message.cost
      if (bytes >= MAX_BATCH_BYTES) break
    }
    if (puts.length + lanes.size + mailed.length + deletes.length === 0) return true
    for (const message of puts) this.#puts.delete(message)
    for (const set of [this.#lanes, this.#mailed, this.#deletes]) set.clear()
    const batch = datastore.batch()
    const reserved = [...lanes].map(lane => ({ lane, until: lane.nextSeq + RESERVED }))
    for (const { lane, until } of reserved) {
      if (lane.reserved === 0 && lane.reserving === 0) lane.reserving = until
      batch.put(keyOf(laneName(lane.id)), StoredLane.encode({ reserved: until }))
    }
    for (const message of puts) batch.put(keyOf(messageName(message.id)), encode(message))
    for (const message of mailed) batch.put(keyOf(mailedName(message.id)), encodeMailed(message))
    for (const name of deletes) batch.delete(keyOf(name))
    try {
      await batch.commit()
    } catch (err) {
      const error = new MessagingError('MESSAGING_WRITE_FAILED', `${puts.length} messages could not be written to the outbox: check the disk of the datastore`, { cause: err })
      log.error('%s', describeError(error))
      for (const lane of lanes) this.#lanes.add(lane)
      for (const message of mailed) if (message.outcome == null) this.#mailed.add(message)
      for (const name of deletes) this.#deletes.add(name)
      for (const message of puts) {
        if (message.outcome == null) onLost(message, error)
        else this.#deletes.add(messageName(message.id))
      }
      return false
    }
    for (const { lane, until } of reserved) lane.reserved = until
    for (const message of puts) this.#wrote(message, onStored)
    const waiting = [...this.#reserved]
    this.#reserved.clear()
    for (const then of waiting) then()
    return true
  }

  #wrote (message: OutboxMessage, onStored: (message: OutboxMessage) => void): void {
    if (message.outcome != null) {
      // its receipt came while it was written
      this.#deletes.add(messageName(message.id))
      this.#schedule(WRITE_DELAY_MS)
      return
    }
    message.keep()
    if (message.mailed != null) this.#mailed.add(message)
    if (this.#cachedBytes + message.bytes > MAX_CACHED_BYTES) message.payload = undefined
    else this.#cachedBytes += message.bytes
    onStored(message)
  }
}

function encode (message: OutboxMessage): Uint8Array {
  const payload = message.payload ?? EMPTY
  return StoredMessage.encode({ peer: peerBytes(message.peerId), message: messageCodec.encode(message.toMessage(payload)), priority: PRIORITIES.indexOf(message.lane.priority) })
}

function encodeMailed ({ mailed: { atMs, mailboxes } = { atMs: 0, mailboxes: [] } }: OutboxMessage): Uint8Array {
  return StoredMailed.encode({ atMs, mailboxes: [...mailboxes] })
}

/** When what is going on now is done: all that is to be written by then goes together. */
function soon (fn: () => void): Timer {
  let cancelled = false
  queueMicrotask(() => { if (!cancelled) fn() })
  return { cancel: () => { cancelled = true } }
}

function keyOf (name: string): Key {
  return new Key(OUTBOX_PREFIX + name, false)
}

function messageName (id: string): string {
  return `message/${id}`
}

function mailedName (id: string): string {
  return `mailed/${id}`
}

function laneName (id: string): string {
  return `lane/${id}`
}
