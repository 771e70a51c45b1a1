import { GAP_LIFETIME_MS, MAX_GAPS, MAX_REFUSED } from './constants.ts'

/** Places that were given up waiting for, first and last; what comes of them is delivered late. */
export interface Gap {
  from: number
  to: number
  /** When, in milliseconds since 1970. */
  sinceMs: number
}

/** What is remembered of a lane. */
export interface LanePlace {
  /** Everything up to here was delivered, refused or given up by the sender, but for the gaps. */
  last: number
  gaps: Gap[]
  /** Of what is done, what was refused, and why: the last few. */
  refused: Array<{ seq: number, reason: string }>
}

interface Held<T> {
  seq: number
  after: number
  item: T
}

/** `new`: it waits for its turn. `known`: another copy does already. `duplicate`: it has had its turn; with a `refusal`, it was refused then. */
export type Offered<T> = { what: 'new' } | { what: 'known', item: T } | { what: 'duplicate', refusal?: string }

/**
 * The order of one lane, as its receiver keeps it. A message may be delivered when the one that it says it comes after is
 * done; whoever sends says so with each copy, so that what has expired or was taken back holds up nothing.
 */
export class ReceivedLane<T> {
  #last: number
  #gaps: Gap[]
  /** The oldest first. */
  readonly #refused: Map<number, string>
  /** By place; few. */
  readonly #held = new Map<number, Held<T>>()
  #running?: Held<T>

  constructor ({ last = 0, gaps = [], refused = [] }: Partial<LanePlace> = {}) {
    this.#last = last
    this.#gaps = gaps
    this.#refused = new Map(refused.map(({ seq, reason }) => [seq, reason]))
  }

  get place (): LanePlace {
    return { last: this.#last, gaps: this.#gaps, refused: Array.from(this.#refused, ([seq, reason]) => ({ seq, reason })) }
  }

  /** Nothing waits and nothing is being delivered. */
  get idle (): boolean {
    return this.#running == null && this.#held.size === 0
  }

  get running (): T | undefined {
    return this.#running?.item
  }

  /** What waits, in no order. */
  * held (): IterableIterator<T> {
    for (const { item } of this.#held.values()) yield item
  }

  offer (seq: number, after: number, item: T): Offered<T> {
    if (this.#running?.seq === seq) return { what: 'known', item: this.#running.item }
    const known = this.#held.get(seq)
    if (known != null) {
      // the sender knows more by now, or this copy is the older one
      known.after = Math.min(known.after, after)
      return { what: 'known', item: known.item }
    }
    if (this.#isDone(seq)) {
      const refusal = this.#refused.get(seq)
      return refusal == null ? { what: 'duplicate' } : { what: 'duplicate', refusal }
    }
    this.#held.set(seq, { seq, after, item })
    return { what: 'new' }
  }

  /** Whether the turn of what was offered there is now. */
  isNext (seq: number): boolean {
    const held = this.#held.get(seq)
    return this.#running == null && held != null && this.#mayRun(held)
  }

  /** Begins to deliver what may be now, if anything; `done` ends it. */
  next (): T | undefined {
    if (this.#running != null) return undefined
    let best: Held<T> | undefined
    for (const held of this.#held.values()) {
      if (this.#mayRun(held) && (best == null || held.seq < best.seq)) best = held
    }
    if (best == null) return undefined
    this.#held.delete(best.seq)
    this.#running = best
    return best.item
  }

  /**
   * What is being delivered is done for good, perhaps refused; otherwise it will come again. Gives what waited in vain:
   * the sender has given it up meanwhile.
   */
  done (forGood: boolean, refusal?: string): T[] {
    const running = this.#running
    this.#running = undefined
    if (running == null || !forGood) return []
    const { seq, after } = running
    if (refusal != null) this.#noteRefused(seq, refusal)
    // of those between them the sender expects nothing
    this.#cut(after + 1, seq)
    if (seq < this.#last) return []
    this.#last = seq
    const stale = [...this.#held.values()].filter(held => this.#isDone(held.seq))
    for (const held of stale) this.#held.delete(held.seq)
    return stale.map(({ item }) => item)
  }

  /** Forgets one that waits; it will come again. */
  takeBack (seq: number): void {
    this.#held.delete(seq)
  }

  /** Forgets what waits; it will come again. */
  drop (): T[] {
    const items = [...this.held()]
    this.#held.clear()
    return items
  }

  /** Waits no longer for what has to come before the first that waits. False when there is nothing to give up, or no room to remember it. */
  giveUp (nowMs: number): boolean {
    this.#gaps = this.#gaps.filter(({ sinceMs }) => sinceMs + GAP_LIFETIME_MS > nowMs)
    if (this.#running != null || this.#held.size === 0 || this.#gaps.length >= MAX_GAPS) return false
    const first = [...this.#held.values()].reduce((least, held) => held.seq < least.seq ? held : least)
    if (first.after <= this.#last) return false
    this.#gaps.push({ from: this.#last + 1, to: first.after, sinceMs: nowMs })
    this.#last = first.after
    return true
  }

  #mayRun ({ seq, after }: Held<T>): boolean {
    return after <= this.#last || seq <= this.#last
  }

  #noteRefused (seq: number, reason: string): void {
    this.#refused.set(seq, reason)
    for (const oldest of this.#refused.keys()) {
      if (this.#refused.size <= MAX_REFUSED) break
      this.#refused.delete(oldest)
    }
  }

  #isDone (seq: number): boolean {
    return seq <= this.#last && !this.#gaps.some(({ from, to }) => from <= seq && seq <= to)
  }

  /** Nothing comes of these any more. */
  #cut (first: number, last: number): void {
    if (first > last || this.#gaps.length === 0) return
    this.#gaps = this.#gaps.flatMap(gap => {
      if (gap.to < first || gap.from > last) return [gap]
      return [{ ...gap, to: first - 1 }, { ...gap, from: last + 1 }].filter(({ from, to }) => from <= to)
    }).slice(-MAX_GAPS)
  }
}
