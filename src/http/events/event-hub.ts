import { toString } from 'uint8arrays/to-string'
import { systemClock } from '../../util/clock.ts'
import { systemRng } from '../../util/rng.ts'
import type { Clock } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'

/** As it is told: `json` is the flat object `{ event, time, ... }`. */
export interface ToldEvent {
  /** Absent of one that is not kept. */
  readonly id?: string
  readonly event: string
  readonly json: string
}

export interface Subscription {
  /** Goes on after the listener has returned false: with what it missed, as far as that is kept. */
  resume (): void
  end (): void
}

export interface EventHubInit {
  clock?: Clock
  rng?: Rng
  /** Events kept for those who come back. @default 4_096 */
  kept?: number
  /** And characters of their JSON, in all. @default 8_388_608 */
  keptChars?: number
}

/** For `after`: everything that is kept. */
export const OLDEST = 'oldest'
const BOOT_BYTES = 6

interface Subscriber {
  readonly types?: ReadonlySet<string>
  readonly listener: (event: ToldEvent) => boolean | void
  /** Number of the event that it is given next. */
  next: number
  paused: boolean
  busy: boolean
}

interface Source {
  readonly begin: () => () => void
  end?: () => void
}

/**
 * What happens, for those who listen, each at its own pace: nobody makes another wait, and nothing is put aside for anybody
 * but the latest events, once for all. Ids are `<boot>-<number>`, where `boot` is another in every run of the program.
 */
export class EventHub {
  readonly #clock: Clock
  readonly #boot: string
  readonly #maxChars: number
  /** A ring: an event is at its number modulo the length. */
  readonly #kept: Array<ToldEvent | undefined>
  readonly #subscribers = new Set<Subscriber>()
  readonly #sources = new Map<string, Source>()
  #first = 1
  #last = 0
  #chars = 0

  constructor ({ clock = systemClock, rng = systemRng, kept = 4_096, keptChars = 8 * 1024 * 1024 }: EventHubInit = {}) {
    this.#clock = clock
    this.#boot = toString(rng.bytes(BOOT_BYTES), 'base16')
    this.#kept = Array.from({ length: kept })
    this.#maxChars = keptChars
  }

  get subscribers (): number {
    return this.#subscribers.size
  }

  /** The id of the latest event that is kept. */
  get position (): string {
    return this.#id(this.#last)
  }

  /** Told to everybody who listens, and to those who come back later. */
  publish (event: { event: string }): void {
    if (this.#last - this.#first + 1 === this.#kept.length) this.#forgetFirst()
    const told = { id: this.#id(++this.#last), event: event.event, json: this.#json(event) }
    this.#kept[this.#last % this.#kept.length] = told
    this.#chars += told.json.length
    while (this.#chars > this.#maxChars && this.#first < this.#last) this.#forgetFirst()
    for (const subscriber of this.#subscribers) this.#feed(subscriber)
  }

  /** Told to those who listen now. */
  tell (event: { event: string }): void {
    let told: ToldEvent | undefined
    for (const subscriber of this.#subscribers) {
      if (!subscriber.paused && takes(subscriber, event.event)) give(subscriber, told ??= { event: event.event, json: this.#json(event) })
    }
  }

  /**
   * The listener is called at once with what was published after the event of the id `after` (`oldest`: with all that is kept;
   * without it: with nothing), then with what comes; only those of `types`, where given. What was asked for and is no longer
   * kept is told as `{ event: 'gap', missed }`, events of all types counted; with `restarted` when the id is of an earlier run,
   * whose events are not counted. A listener that returns false is told nothing more before `resume`.
   */
  subscribe ({ after, types }: { after?: string, types?: ReadonlySet<string> }, listener: (event: ToldEvent) => boolean | void): Subscription {
    const position = this.#positionOf(after)
    const subscriber: Subscriber = { types, listener, next: position ?? this.#first, paused: false, busy: false }
    this.#subscribers.add(subscriber)
    if (position == null) give(subscriber, this.#gap({ missed: this.#first - 1, restarted: true }))
    this.#feed(subscriber)
    this.#match()
    return {
      resume: () => {
        subscriber.paused = false
        this.#feed(subscriber)
      },
      end: () => {
        this.#subscribers.delete(subscriber)
        this.#match()
      }
    }
  }

  /** Calls `begin` when somebody listens to `event`, and what that returns when nobody does any more. Returns what ends it. */
  whileHeard (event: string, begin: () => () => void): () => void {
    const source: Source = { begin }
    this.#sources.set(event, source)
    this.#match()
    return () => {
      if (this.#sources.get(event) === source) this.#sources.delete(event)
      source.end?.()
      source.end = undefined
    }
  }

  #match (): void {
    for (const [event, source] of this.#sources) {
      const heard = [...this.#subscribers].some(subscriber => takes(subscriber, event))
      if (heard) source.end ??= source.begin()
      else if (source.end != null) {
        source.end()
        source.end = undefined
      }
    }
  }

  /** Its listener may publish, or end it. */
  #feed (subscriber: Subscriber): void {
    if (subscriber.busy) return
    subscriber.busy = true
    try {
      while (subscriber.next <= this.#last && !subscriber.paused && this.#subscribers.has(subscriber)) {
        const missed = this.#first - subscriber.next
        if (missed > 0) {
          subscriber.next = this.#first
          give(subscriber, this.#gap({ missed }))
          continue
        }
        const told = this.#kept[subscriber.next++ % this.#kept.length] as ToldEvent
        if (takes(subscriber, told.event)) give(subscriber, told)
      }
    } finally {
      subscriber.busy = false
    }
  }

  /** Its id is the one before the oldest that is kept: who comes back after it has missed nothing more. */
  #gap (facts: { missed: number, restarted?: true }): ToldEvent {
    return { id: this.#id(this.#first - 1), event: 'gap', json: this.#json({ event: 'gap', ...facts }) }
  }

  /** Undefined for an id that this hub has not given. */
  #positionOf (after?: string): number | undefined {
    if (after == null) return this.#last + 1
    if (after === OLDEST) return this.#first
    const [boot, number = ''] = after.split('-', 2)
    if (boot !== this.#boot || !/^\d{1,15}$/.test(number) || Number(number) > this.#last) return undefined
    return Number(number) + 1
  }

  #forgetFirst (): void {
    const at = this.#first++ % this.#kept.length
    this.#chars -= this.#kept[at]?.json.length ?? 0
    this.#kept[at] = undefined
  }

  #json ({ event, ...facts }: { event: string }): string {
    return JSON.stringify({ event, time: new Date(this.#clock.now()).toISOString(), ...facts })
  }

  #id (number: number): string {
    return `${this.#boot}-${number}`
  }
}

function takes ({ types }: Subscriber, event: string): boolean {
  return types == null || types.has(event)
}

function give (subscriber: Subscriber, told: ToldEvent): void {
  if (subscriber.listener(told) === false) subscriber.paused = true
}
