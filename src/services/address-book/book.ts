import { CHECK_INTERVAL_MS } from './constants.ts'
import { isBeingTested, isTerrible, isWorthWriting, mostDoubtful } from './entry.ts'
import { Table } from './table.ts'
import { TestsDue } from './tests-due.ts'
import type { Entry } from './entry.ts'

export interface BookInit {
  newBuckets: number
  triedBuckets: number
  /** This entry is to be written, or deleted when it is gone. */
  changed: (id: string) => void
  /** Called when all is in its place again: may use the book. */
  displaced: (entry: Entry) => void
}

/** Entries and the one bucket that each is in. Knows neither time nor hashes nor the datastore: it is told. */
export class Book {
  readonly new: Table
  readonly tried: Table
  readonly #init: BookInit
  readonly #entries = new Map<string, Entry>()
  readonly #testsDue = new TestsDue()
  /** When a full bucket of `new` was last looked through for a terrible entry, and had none. */
  readonly #checkedMs = new Map<number, number>()

  constructor (init: BookInit) {
    this.#init = init
    this.new = new Table(init.newBuckets)
    this.tried = new Table(init.triedBuckets)
  }

  get size (): number {
    return this.#entries.size
  }

  get testsDue (): number {
    return this.#testsDue.size
  }

  get (id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  entries (): MapIterator<Entry> {
    return this.#entries.values()
  }

  /** The entries of these ids, without those that are gone. */
  * known (ids: Iterable<string>): Generator<Entry> {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry != null) yield entry
    }
  }

  /** Another version of an entry, in the same bucket. Being seen alone is not worth a write each time. */
  replace (before: Entry, after: Entry): void {
    if (isWorthWriting(before, after)) this.save(after)
    else this.#entries.set(after.id, after)
  }

  save (entry: Entry): void {
    this.#entries.set(entry.id, { ...entry, savedSeenMs: entry.lastSeenMs })
    this.#init.changed(entry.id)
  }

  /** An entry that was stored: false when its bucket is full by now. The tables may have had other sizes. */
  restore (stored: Entry): boolean {
    const newBucket = stored.newBucket % this.new.buckets.length
    const triedBucket = stored.tried ? stored.triedBucket % this.tried.buckets.length : -1
    if (!(stored.tried ? this.tried.add(triedBucket, stored.id) : this.new.add(newBucket, stored.id))) return false
    this.#entries.set(stored.id, { ...stored, newBucket, triedBucket })
    return true
  }

  /** A newcomer to this bucket of `new`: undefined, and not made, when it is full of better. */
  admit (bucket: number, nowMs: number, make: () => Entry): Entry | undefined {
    let entry: Entry | undefined
    this.#withRoom(bucket, nowMs, () => {
      entry = make()
      this.new.add(bucket, entry.id)
      this.save(entry)
    })
    return entry
  }

  /** To this bucket of `tried`; when that is full, the one there with the oldest sign of life is to be tested first. */
  promote (entry: Entry, bucket: number, nowMs: number): void {
    if (this.tried.hasRoom(bucket)) {
      this.#move(entry, bucket)
      return
    }
    const incumbent = mostDoubtful([...this.known(this.tried.bucket(bucket))])
    if (incumbent == null) return
    if (isTerrible(incumbent, nowMs)) this.#exchange(incumbent, entry, nowMs)
    else this.#testsDue.add(bucketName(incumbent), { id: incumbent.id, newcomer: entry.id })
  }

  /** The test of this entry, if one was due, went well, or is not needed any more. */
  endTest (entry: Entry): void {
    this.#testsDue.end(bucketName(entry), entry.id)
  }

  /** The test of this entry, if one was due, failed: whoever waits for its place gets it. */
  failTest (entry: Entry, nowMs: number): void {
    const test = this.#testsDue.end(bucketName(entry), entry.id)
    const newcomer = this.#entries.get(test?.newcomer ?? '')
    if (newcomer != null) this.#exchange(entry, newcomer, nowMs)
  }

  nextToTest (nowMs: number): Entry | undefined {
    const isReady = (entry: Entry | undefined): boolean => entry != null && !isBeingTested(entry, nowMs)
    return this.#entries.get(this.#testsDue.next(id => isReady(this.#entries.get(id))) ?? '')
  }

  drop (entry: Entry): void {
    this.#takeOut(entry)
    this.#entries.delete(entry.id)
    this.#init.changed(entry.id)
  }

  /** Runs `place` with a slot free in this bucket of `new`, at the price of a terrible entry only; else the most doubtful one is to be tested. */
  #withRoom (bucket: number, nowMs: number, place: () => void): void {
    const isFull = !this.new.hasRoom(bucket)
    // a flood of newcomers must not cost a look at the whole bucket each
    if (isFull && Math.abs(nowMs - (this.#checkedMs.get(bucket) ?? -Infinity)) < CHECK_INTERVAL_MS) return
    const entries = isFull ? [...this.known(this.new.bucket(bucket))] : []
    const terrible = entries.find(entry => isTerrible(entry, nowMs))
    const doubtful = terrible == null ? mostDoubtful(entries) : undefined
    if (doubtful != null) {
      this.#testsDue.add(bucketName(doubtful), { id: doubtful.id })
      this.#checkedMs.set(bucket, nowMs)
      return
    }
    if (terrible != null) this.drop(terrible)
    place()
    if (terrible != null) this.#init.displaced(terrible)
  }

  /** The newcomer takes the place of the incumbent, which goes back to `new`; if that has no place for it, all stays as it is. */
  #exchange (incumbent: Entry, newcomer: Entry, nowMs: number): void {
    if (!incumbent.tried || newcomer.tried || isTerrible(newcomer, nowMs)) return
    const swap = (): void => {
      this.#takeOut(newcomer)
      this.#move(incumbent, -1)
      this.#move(newcomer, incumbent.triedBucket)
    }
    if (incumbent.newBucket === newcomer.newBucket) swap()
    else this.#withRoom(incumbent.newBucket, nowMs, swap)
  }

  /** To this bucket of `tried`, or with -1 to its own in `new`; there is room. */
  #move (entry: Entry, triedBucket: number): void {
    this.#takeOut(entry)
    const moved = { ...entry, triedBucket, tried: triedBucket >= 0 }
    if (moved.tried) this.tried.add(triedBucket, entry.id)
    else this.new.add(entry.newBucket, entry.id)
    this.save(moved)
  }

  #takeOut (entry: Entry): void {
    this.endTest(entry)
    if (entry.tried) this.tried.remove(entry.triedBucket, entry.id)
    else this.new.remove(entry.newBucket, entry.id)
  }
}

/** The bucket that an entry is in, over both tables. */
function bucketName (entry: Entry): string {
  return entry.tried ? `tried:${entry.triedBucket}` : `new:${entry.newBucket}`
}
