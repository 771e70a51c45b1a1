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
  /** Who told; it knows. None is this node's own. */
  toldBy?: string
  /** Until when it is news, by the caller's clock: with too few neighbours it waits for new ones. */
  untilMs: number
}

export interface Neighbour {
  /** Its peer id as a string. */
  id: string
  reach: Reach
  /** Items that it may be told now, not counting this node's own: more would look like a flood. */
  room: number
}

/** News that wait to be told: one item a subject, at most 256 and this node's own. */
export class PushQueue {
  readonly #news = new Map<string, News & { told: Set<string> }>()

  get size (): number {
    return this.#news.size
  }

  /** False when the queue is full: the next ask brings what was lost. */
  add (news: News): boolean {
    if (news.toldBy != null && !this.#news.has(news.subject) && this.#news.size >= MAX_PUSH_QUEUE) return false
    this.#news.set(news.subject, { ...news, told: new Set() })
    return true
  }

  clear (): void {
    this.#news.clear()
  }

  /**
   * Who is told what now: each item goes to random neighbours who can use it, have room for it and do not know it already.
   * It leaves the queue once as many as wanted were told, or when it is no news any more.
   */
  drain (neighbours: readonly Neighbour[], nowMs: number, rng: Rng): Map<string, PexEntry[]> {
    const plan = new Map<string, PexEntry[]>()
    const audience = neighbours.map(neighbour => ({ ...neighbour }))
    for (const { subject, entry, reach, fanout, toldBy, told, untilMs } of this.#news.values()) {
      const cost = toldBy == null ? 0 : 1
      const fit = audience.filter(({ id, room, ...neighbour }) => id !== subject && id !== toldBy && !told.has(id) && neighbour.reach <= reach && room >= cost)
      for (const neighbour of shuffled(fit, rng).slice(0, fanout - told.size)) {
        const { id } = neighbour
        neighbour.room -= cost
        told.add(id)
        const entries = plan.get(id) ?? []
        // this node's own first, in case not all can be sent
        if (toldBy == null) entries.unshift(entry)
        else entries.push(entry)
        plan.set(id, entries)
      }
      if (told.size >= fanout || nowMs >= untilMs) this.#news.delete(subject)
    }
    return plan
  }
}
