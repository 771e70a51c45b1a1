import { BanStore } from './ban-store.ts'
import { SPREAD_WINDOW_MS } from './constants.ts'
import { EvidenceBook } from './evidence-book.ts'
import { History } from './history.ts'
import { Policy } from './policy.ts'
import { encodeAllowance, encodeEvidence, encodeHistory, nameOf, splitName } from './stored-ban.ts'
import { targetOfKey } from './target.ts'
import type { Logger } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Clock } from '../../util/clock.ts'
import type { Ban, BanRecord } from './index.ts'
import type { Stored } from './stored-ban.ts'
import type { Target } from './target.ts'

export interface BanBookInit {
  datastore: Datastore
  clock: Clock
  log: Logger
}

/** What loading has found beside what is in force. */
export interface Loaded {
  /** Bans that ended while nobody looked. */
  ended: Ban[]
  /** Running bans and those of the last day, oldest first. */
  recent: BanRecord[]
}

/** Bans, the allow list, history and evidence: in memory at once, in the datastore after `flush`; evidence some time. */
export class BanBook {
  readonly policy = new Policy()
  readonly evidence: EvidenceBook
  readonly #history: History
  readonly #store: BanStore
  /** Allowed by hand, since when. Those of the configuration are only in the policy. */
  readonly #allowances = new Map<string, number>()

  constructor (init: BanBookInit) {
    this.#store = new BanStore({ ...init, encode: name => this.#encode(name), holds: name => this.#holds(name) })
    this.#history = new History(key => { this.#store.mark(nameOf('key', key)) })
    this.evidence = new EvidenceBook({
      changed: peer => { this.#store.markEvidence(peer) },
      isBanned: peer => this.policy.current.peer(peer) != null
    })
  }

  get gauges (): Record<string, number> {
    const { peer, host, network } = this.policy.current.sizes
    return {
      peers: peer,
      hosts: host,
      networks: network,
      allowed: this.policy.allowedSize,
      history: this.#history.size,
      evidence: this.evidence.size,
      unwritten: this.#store.unwritten,
      damaged: this.#store.damaged
    }
  }

  async load (nowMs: number): Promise<Loaded> {
    const stored = await this.#store.load()
    for (const { key, sinceMs } of ofKind(stored, 'allow')) {
      this.#allowances.set(key, sinceMs)
      this.policy.allow(targetOfKey(key))
    }
    for (const { key, evidence } of ofKind(stored, 'evidence').sort((a, b) => (a.evidence[0]?.timeMs ?? 0) - (b.evidence[0]?.timeMs ?? 0))) this.evidence.restore(key, evidence)
    const ended: Ban[] = []
    const histories = ofKind(stored, 'key').sort((a, b) => (a.records[0]?.endedMs ?? 0) - (b.records[0]?.endedMs ?? 0))
    for (const { key, records: [latest, ...past] } of histories) {
      if (latest == null) continue
      this.#history.restore(key, [latest, ...past])
      if (latest.endedMs != null) continue
      const { untilMs = Infinity } = latest
      if (untilMs > nowMs) {
        this.#enforce(latest, nowMs)
      } else {
        this.#history.ended(key, 'expired', untilMs)
        ended.push(latest)
      }
    }
    const recent = histories.flatMap(({ records }) => records).filter(({ sinceMs, endedMs, end }) => endedMs == null || (sinceMs > nowMs - SPREAD_WINDOW_MS && end !== 'lifted'))
    return { ended, recent: recent.sort((a, b) => a.sinceMs - b.sinceMs) }
  }

  start (): void {
    this.#store.start()
  }

  async stop (): Promise<void> {
    await this.#store.stop()
  }

  /** Rejects with `BANS_WRITE_FAILED`. */
  async flush (): Promise<void> {
    await this.#store.flush()
  }

  /** Latest first, the running one included. */
  history (key: string): readonly BanRecord[] {
    return this.#history.get(key)
  }

  /** The same, with the ban of the configuration. */
  records (target: Target): BanRecord[] {
    const configured = this.policy.configured.get(target)
    return [...configured == null ? [] : [configured], ...this.history(target.key)]
  }

  /** Puts a ban in force, in the place of that of the same key. Gives the one that had to go for it: this one itself when all others are worse. */
  begin (ban: Ban, nowMs: number): Ban | undefined {
    this.#history.began(ban, nowMs)
    return this.#enforce(ban, nowMs)
  }

  end (ban: Ban, end: 'expired' | 'lifted', nowMs: number): void {
    this.policy.current.delete(targetOfKey(ban.key))
    this.#history.ended(ban.key, end, nowMs)
  }

  allow (target: Target, nowMs: number): void {
    this.policy.allow(target)
    this.#allowances.set(target.key, nowMs)
    this.#store.mark(nameOf('allow', target.key))
  }

  disallow (target: Target): boolean {
    if (this.#allowances.delete(target.key)) this.#store.mark(nameOf('allow', target.key))
    return this.policy.disallow(target)
  }

  /** Writes bans that are about to begin, in one batch. Rejects with `BANS_WRITE_FAILED`. */
  async write (bans: readonly Ban[], nowMs: number): Promise<void> {
    await this.#store.put(bans.map(ban => [nameOf('key', ban.key), encodeHistory(ban.key, this.#history.with(ban, nowMs))]))
  }

  #enforce (ban: Ban, nowMs: number): Ban | undefined {
    const displaced = this.policy.current.add(ban)
    if (displaced != null) this.#history.ended(displaced.key, 'displaced', nowMs)
    return displaced
  }

  #encode (name: string): Uint8Array | undefined {
    const { kind, key } = splitName(name)
    if (kind === 'allow') {
      const sinceMs = this.#allowances.get(key)
      return sinceMs == null ? undefined : encodeAllowance(key, sinceMs)
    }
    const records = kind === 'key' ? this.#history.get(key) : []
    if (records.length > 0) return encodeHistory(key, records)
    const evidence = kind === 'evidence' ? this.evidence.get(key) : []
    return evidence.length === 0 ? undefined : encodeEvidence(key, evidence)
  }

  #holds (name: string): boolean {
    const { kind, key } = splitName(name)
    // who is no longer allowed must not be again; the other kinds are looked through when they are loaded
    if (kind === 'allow') return true
    return kind === 'key' ? this.#history.get(key).length > 0 : this.evidence.has(key)
  }
}

function ofKind<K extends Stored['kind']> (stored: readonly Stored[], kind: K): Array<Extract<Stored, { kind: K }>> {
  return stored.filter((one): one is Extract<Stored, { kind: K }> => one.kind === kind)
}
