import { BoundedMap } from '../../util/bounded-map.ts'
import { IP_MEMORY_MS, MAX_HOSTS, MAX_PEERS_PER_HOST } from './constants.ts'

interface Debt {
  id: string
  misbehaviour: number
  atMs: number
}

interface Host {
  /** The worst peers, each with its worst of the last hour. */
  debts: Debt[]
  /** Who was seen there, the latest last. */
  seen: BoundedMap<string, number>
}

/** What the peers of one IPv4 address, or IPv6 /64, answer for each other, and who was seen there. Times are monotonic milliseconds. */
export class Hosts {
  readonly #hosts = new BoundedMap<string, Host>(MAX_HOSTS)

  get size (): number {
    return this.#hosts.size
  }

  seen (host: string, id: string, nowMs: number): void {
    this.#at(host).seen.set(id, nowMs)
  }

  charged (host: string, id: string, misbehaviour: number, nowMs: number): void {
    const entry = this.#at(host)
    const others = entry.debts.filter(debt => debt.id !== id && isFresh(debt.atMs, nowMs))
    const before = entry.debts.find(debt => debt.id === id && isFresh(debt.atMs, nowMs))
    const debt = before != null && before.misbehaviour > misbehaviour ? before : { id, misbehaviour, atMs: nowMs }
    entry.debts = [...others, debt].sort((a, b) => b.misbehaviour - a.misbehaviour).slice(0, MAX_PEERS_PER_HOST)
  }

  /** The highest misbehaviour of anybody but `except` in the last hour. */
  worst (host: string, except: string, nowMs: number): number {
    let worst = 0
    for (const { id, misbehaviour, atMs } of this.#hosts.get(host)?.debts ?? []) {
      if (id !== except && misbehaviour > worst && isFresh(atMs, nowMs)) worst = misbehaviour
    }
    return worst
  }

  /** Those seen in the last hour. */
  peersAt (host: string, nowMs: number): string[] {
    return [...this.#hosts.get(host)?.seen ?? []].filter(([, atMs]) => isFresh(atMs, nowMs)).map(([id]) => id)
  }

  /** Its misbehaviour is no longer held against the others. */
  pardon (host: string, id: string): void {
    const entry = this.#hosts.get(host)
    if (entry != null) entry.debts = entry.debts.filter(debt => debt.id !== id)
  }

  #at (host: string): Host {
    const entry = this.#hosts.get(host) ?? { debts: [], seen: new BoundedMap<string, number>(MAX_PEERS_PER_HOST) }
    // set again to be the newest
    this.#hosts.set(host, entry)
    return entry
  }
}

function isFresh (atMs: number, nowMs: number): boolean {
  return nowMs - atMs < IP_MEMORY_MS
}
