import { shuffled } from '../../util/rng.ts'
import { MAX_PUSH_QUEUE } from './constants.ts'
import type { PexEntry } from './messages.ts'
import type { Reach } from '../../util/reach.ts'
import type { Rng } from '../../util/rng.ts'

/** Something to tell neighbours. */
export interface News {
  /** The peer it is about, as a string. */
  subject: string
  entry: PexEntry
  /** The widest reach of its addresses: it is of no use to neighbours beyond. */
  reach: Reach
  /** Neighbours that it goes to, at most. */
  fanout: number
  /** Who told; it knows. */
  toldBy?: string
  /** Until when it is news, by the caller's clock: with too few neighbours it waits for new ones. */
  untilMs: number
}

export interface Neighbour {
  /** Its peer id as a string. */
  id: string
  reach: Reach
}

/** News that wait to be told: one item a subject, at most 256. */
export class PushQueue {
  readonly #news = new Map<string, News & { told: Set<string> }>()

  get size (): number {
    return this.#news.size
  }

  /** False when the queue is full: the next ask brings what was lost. */
  add (news: News): boolean {
    if (!this.#news.has(news.subject) && this.#news.size >= MAX_PUSH_QUEUE) return false
    this.#news.set(news.subject, { ...news, told: new Set() })
    return true
  }

  clear (): void {
    this.#news.clear()
  }

  /**
   * Who is told what now: each item goes to random neighbours who can use it and do not know it already. It leaves the
   * queue once as many as wanted were told, or when it is no news any more.
   */
  drain (neighbours: readonly Neighbour[], nowMs: number, rng: Rng): Map<string, PexEntry[]> {
    const plan = new Map<string, PexEntry[]>()
    for (const { subject, entry, reach, fanout, toldBy, told, untilMs } of this.#news.values()) {
      const fit = neighbours.filter(({ id, ...neighbour }) => id !== subject && id !== toldBy && !told.has(id) && neighbour.reach <= reach)
      for (const { id } of shuffled(fit, rng).slice(0, fanout - told.size)) {
        told.add(id)
        const entries = plan.get(id) ?? []
        entries.push(entry)
        plan.set(id, entries)
      }
      if (told.size >= fanout || nowMs >= untilMs) this.#news.delete(subject)
    }
    return plan
  }
}
