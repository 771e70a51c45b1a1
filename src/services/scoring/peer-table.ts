import { DEBT_FROM, DEBTORS_PROBED } from './constants.ts'
import { misbehaviourAt } from './ledger.ts'
import { newRecord } from './peer-record.ts'
import { Rotation } from './rotation.ts'
import type { PeerRecord } from './peer-record.ts'

/**
 * The peers remembered, at most so many. For a newcomer the one without debts that was idle for longest is forgotten; where
 * all have debts, one with less than the newcomer has. So strangers without number push out neither who is connected nor
 * who misbehaved. Every step takes the same time however many there are.
 */
export class PeerTable {
  readonly #records = new Map<string, PeerRecord>()
  readonly #connected = new Set<PeerRecord>()
  /** Not connected and without debts, the longest idle first. */
  readonly #idle = new Rotation<PeerRecord>()
  /** Not connected, with debts when they were last looked at. */
  readonly #debtors = new Rotation<PeerRecord>()
  readonly #capacity: number
  readonly #onForgotten: (record: PeerRecord) => void
  #tidied = this.#records.values()

  constructor (capacity: number, onForgotten: (record: PeerRecord) => void) {
    this.#capacity = capacity
    this.#onForgotten = onForgotten
  }

  get size (): number {
    return this.#records.size
  }

  get gauges (): Record<string, number> {
    return { peers: this.#records.size, debtors: this.#debtors.size, connected: this.#connected.size }
  }

  get (id: string): PeerRecord | undefined {
    return this.#records.get(id)
  }

  /** The record of a peer, new or not; undefined when there is no room for one with this misbehaviour. */
  admit (id: string, misbehaviour: number, nowMs: number): PeerRecord | undefined {
    const known = this.#records.get(id)
    if (known != null) return known
    if (this.#records.size >= this.#capacity && !this.#makeRoom(misbehaviour, nowMs)) return undefined
    return this.#add(id)
  }

  /** A connected peer is always remembered: their number has limits of its own. */
  connect (id: string, nowMs: number): PeerRecord {
    const record = this.admit(id, 0, nowMs) ?? this.#add(id)
    this.#idle.delete(record)
    this.#debtors.delete(record)
    this.#connected.add(record)
    return record
  }

  disconnect (record: PeerRecord, nowMs: number): void {
    if (!this.#connected.delete(record)) return
    this.used(record, nowMs)
    while (this.#records.size > this.#capacity && this.#makeRoom(Infinity, nowMs));
  }

  /** It did something, or its debts changed. */
  used (record: PeerRecord, nowMs: number): void {
    if (this.#connected.has(record)) return
    const indebted = misbehaviourAt(record.ledger, nowMs) >= DEBT_FROM
    this.#idle.delete(record)
    if (!indebted) this.#debtors.delete(record)
    // a debtor stays where it is: its turn comes by rotation
    if (!indebted) this.#idle.put(record)
    else if (!this.#debtors.has(record)) this.#debtors.put(record)
  }

  isConnected (record: PeerRecord): boolean {
    return this.#connected.has(record)
  }

  /** Not those connected. */
  forget (record: PeerRecord): void {
    if (this.#connected.has(record) || this.#records.get(record.id) !== record) return
    this.#records.delete(record.id)
    this.#idle.delete(record)
    this.#debtors.delete(record)
    this.#onForgotten(record)
  }

  values (): IterableIterator<PeerRecord> {
    return this.#records.values()
  }

  /** Those worth a first look come first: connected, then debtors, then the rest. */
  * byInterest (): Generator<PeerRecord> {
    yield * this.#connected
    yield * this.#debtors
    yield * this.#idle
  }

  /** The next records of an endless walk through all. */
  next (count: number): PeerRecord[] {
    const records: PeerRecord[] = []
    for (let i = Math.min(count, this.#records.size); i > 0; i--) {
      let step = this.#tidied.next()
      if (step.done === true) {
        this.#tidied = this.#records.values()
        step = this.#tidied.next()
      }
      if (step.done !== true) records.push(step.value)
    }
    return records
  }

  #add (id: string): PeerRecord {
    const record = newRecord(id)
    this.#records.set(id, record)
    this.#idle.put(record)
    return record
  }

  #makeRoom (misbehaviour: number, nowMs: number): boolean {
    const victim = this.#idle.next() ?? this.#leastDebtor(misbehaviour, nowMs)
    if (victim == null) return false
    this.forget(victim)
    return true
  }

  /** Of the next few debtors the one with the least, if that is less. */
  #leastDebtor (than: number, nowMs: number): PeerRecord | undefined {
    let least: PeerRecord | undefined
    let leastDebt = than
    for (let i = Math.min(DEBTORS_PROBED, this.#debtors.size); i > 0; i--) {
      const record = this.#debtors.next() as PeerRecord
      const debt = misbehaviourAt(record.ledger, nowMs)
      if (debt < DEBT_FROM) {
        // paid by now
        this.used(record, nowMs)
        if (than < DEBT_FROM) return record
      }
      if (debt >= leastDebt) continue
      least = record
      leastDebt = debt
    }
    return least
  }
}
