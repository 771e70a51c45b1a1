import { MAX_KEYS, MAX_RECORDS_PER_KEY } from './constants.ts'
import type { Ban, BanRecord } from './index.ts'

/** What has become of the bans of each key. Keys without a running ban are forgotten when there are too many, the least recently ended first. */
export class History {
  readonly #keys = new Map<string, readonly BanRecord[]>()
  /** Without a running ban, the least recently ended first. */
  readonly #ended = new Set<string>()
  readonly #maxKeys: number
  readonly #changed: (key: string) => void

  /** @param changed - the records of this key are others now, or none */
  constructor (changed: (key: string) => void, maxKeys = MAX_KEYS) {
    this.#changed = changed
    this.#maxKeys = maxKeys
  }

  get size (): number {
    return this.#keys.size
  }

  /** Latest first. */
  get (key: string): readonly BanRecord[] {
    return this.#keys.get(key) ?? []
  }

  keys (): IterableIterator<string> {
    return this.#keys.keys()
  }

  began (ban: Ban, nowMs: number): void {
    this.#ended.delete(ban.key)
    this.#set(ban.key, this.with(ban, nowMs))
  }

  /** What the records of its key are once it has begun: it replaces the running one. */
  with (ban: Ban, nowMs: number): BanRecord[] {
    const [running, ...past] = this.get(ban.key)
    const before = running == null ? [] : [running.endedMs == null ? ended(running, 'replaced', nowMs) : running]
    return [ban, ...before, ...past].slice(0, MAX_RECORDS_PER_KEY)
  }

  /** The running ban of the key has ended. */
  ended (key: string, end: NonNullable<BanRecord['end']>, endedMs: number): void {
    const [running, ...past] = this.get(key)
    if (running == null || running.endedMs != null) return
    this.#set(key, [ended(running, end, endedMs), ...past])
    this.#ended.add(key)
    this.#forget()
  }

  /** As stored; those that have ended in the order in which they did. */
  restore (key: string, records: readonly BanRecord[]): void {
    this.#keys.set(key, records)
    if (records[0]?.endedMs != null) this.#ended.add(key)
    this.#forget()
  }

  #set (key: string, records: BanRecord[]): void {
    this.#keys.set(key, records)
    this.#changed(key)
  }

  #forget (): void {
    for (const key of this.#ended) {
      if (this.#keys.size <= this.#maxKeys) return
      this.#ended.delete(key)
      this.#keys.delete(key)
      this.#changed(key)
    }
  }
}

function ended (ban: Ban, end: BanRecord['end'], endedMs: number): BanRecord {
  return Object.freeze({ ...ban, endedMs, end })
}
