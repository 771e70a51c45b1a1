import type { Clock, Timer } from '../../src/util/clock.ts'

interface Entry {
  due: number
  /** Keeps the order in which timers for the same moment were set. */
  order: number
  everyMs?: number
  fn: () => void
}

/** Turns of the event loop that `advanceAsync` grants after each step: enough for an answer over a loopback socket. */
const TURNS_PER_STEP = 3

/** A clock that stands still until a test moves it. Timers of less than 1 ms take 1 ms, as in Node. */
export class ManualClock implements Clock {
  #wall: number
  #monotonic = 0
  #order = 0
  /** Sorted by `due`, then by `order`. */
  readonly #timers: Entry[] = []

  /** @param startMs - the wall clock's first value */
  constructor (startMs = 0) {
    this.#wall = startMs
  }

  now (): number {
    return this.#wall
  }

  monotonic (): number {
    return this.#monotonic
  }

  after (ms: number, fn: () => void): Timer {
    return this.#set(ms, fn)
  }

  every (ms: number, fn: () => void): Timer {
    return this.#set(ms, fn, atLeast1(ms))
  }

  /** Timers set and neither fired nor cancelled; a repeating one counts once. */
  get pending (): number {
    return this.#timers.length
  }

  /** How long until the next timer fires; undefined when none is set. */
  get untilNextMs (): number | undefined {
    const next = this.#timers[0]
    return next == null ? undefined : Math.max(0, next.due - this.#monotonic)
  }

  /** Moves time by `ms` and fires what falls due on the way, each timer at its own moment. A timer may call this too. */
  advance (ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time moves forwards only, not by ${ms} ms`)
    const target = this.#monotonic + ms
    for (let next = this.#timers[0]; next != null && next.due <= target; next = this.#timers[0]) {
      this.#moveTo(next.due)
      this.#timers.shift()
      // set again before it is called, so that it can cancel itself
      if (next.everyMs != null) this.#insert(next, next.due + next.everyMs)
      next.fn()
    }
    this.#moveTo(target)
  }

  /** Like `advance`, in steps of `stepMs`, with promises, sockets and streams let run between them. */
  async advanceAsync (ms: number, stepMs = 100): Promise<void> {
    if (!(stepMs > 0)) throw new RangeError(`a step must be longer than ${stepMs} ms`)
    await turns()
    for (let left = ms; left > 0; left -= stepMs) {
      this.advance(Math.min(stepMs, left))
      await turns()
    }
  }

  /** The wall clock jumps, as after sleep or when somebody sets it; neither `monotonic` nor any timer notices. */
  jump (ms: number): void {
    this.#wall += ms
  }

  #set (ms: number, fn: () => void, everyMs?: number): Timer {
    if (Number.isNaN(ms)) throw new RangeError('a timer needs a number of milliseconds, not NaN')
    const entry: Entry = { due: 0, order: 0, everyMs, fn }
    this.#insert(entry, this.#monotonic + atLeast1(ms))
    return { cancel: () => this.#remove(entry) }
  }

  #insert (entry: Entry, due: number): void {
    entry.due = due
    entry.order = this.#order++
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timers[middle]!.due <= due) low = middle + 1
      else high = middle
    }
    this.#timers.splice(low, 0, entry)
  }

  #remove (entry: Entry): void {
    const at = this.#timers.indexOf(entry)
    if (at !== -1) this.#timers.splice(at, 1)
  }

  /** Never back: a timer that called `advance` has moved time already. */
  #moveTo (monotonic: number): void {
    if (monotonic <= this.#monotonic) return
    this.#wall += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }
}

function atLeast1 (ms: number): number {
  return Math.max(1, ms)
}

async function turns (): Promise<void> {
  for (let i = 0; i < TURNS_PER_STEP; i++) await new Promise(resolve => setImmediate(resolve))
}
