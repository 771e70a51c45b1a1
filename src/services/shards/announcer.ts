import { hexToBytes } from '@noble/hashes/utils.js'
import { describeError } from '../../errors.ts'
import { sleep } from '../../util/clock.ts'
import { ownerPlace, placeCid, vaultPlace } from './place-key.ts'
import type { ContentRouting, Logger } from '@libp2p/interface'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'
import type { Holdings } from './parts.ts'

/** Half of how long DHT servers keep it. */
const AGAIN_MS = 22 * 3_600_000
/** After one that failed: there may be no DHT server yet. */
const RETRY_MS = 600_000
/** One provide asks up to 20 servers. */
const PROVIDE_LIMIT_MS = 60_000
/** A change comes with others. */
const SETTLE_MS = 2_000
const MAX_JITTER_MS = 3_600_000

export interface AnnouncerInit {
  contentRouting: ContentRouting
  holdings: Holdings
  clock: Clock
  rng: Rng
  log: Logger
}

/** Tells the DHT which vaults are here, and of whom: one at a time, again before it is forgotten. */
export class Announcer {
  readonly #init: AnnouncerInit
  /** By the CID in text: when it is due, by the monotonic clock. As many as vaults held and their owners. */
  readonly #due = new Map<string, { hash: Uint8Array, dueMs: number }>()
  #timer?: Timer
  #timerMs = 0
  /** When a change that came during a round wants one. */
  #soonMs = Infinity
  #running?: Promise<void>
  #stopping = new AbortController()
  #forget?: () => void

  constructor (init: AnnouncerInit) {
    this.#init = init
  }

  get gauges (): Record<string, number> {
    return { announced: this.#due.size }
  }

  start (): void {
    this.#stopping = new AbortController()
    this.#forget = this.#init.holdings.onChanged(() => { this.#schedule(SETTLE_MS) })
    this.#schedule(SETTLE_MS)
  }

  async stop (): Promise<void> {
    this.#forget?.()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#stopping.abort(new Error('this node stops'))
    await this.#running
    this.#due.clear()
  }

  /** A round in so long, unless there is one before anyway. */
  #schedule (ms: number): void {
    const { clock, rng } = this.#init
    if (this.#stopping.signal.aborted) return
    const dueMs = clock.monotonic() + ms
    if (this.#running != null) {
      this.#soonMs = Math.min(this.#soonMs, dueMs)
      return
    }
    if (this.#timer != null && this.#timerMs <= dueMs) return
    this.#timer?.cancel()
    this.#timerMs = dueMs
    // not all holders of a vault at the same time
    this.#timer = clock.after(ms + rng.float() * Math.min(ms, MAX_JITTER_MS), () => {
      this.#timer = undefined
      this.#soonMs = Infinity
      this.#running = this.#round().finally(() => {
        this.#running = undefined
        this.#schedule(Math.min(this.#nextMs(), Math.max(SETTLE_MS, this.#soonMs - clock.monotonic())))
      })
    })
  }

  #nextMs (): number {
    const nowMs = this.#init.clock.monotonic()
    const dueMs = Math.min(AGAIN_MS, ...Array.from(this.#due.values(), ({ dueMs }) => dueMs - nowMs))
    return Math.max(SETTLE_MS, dueMs)
  }

  /** Never rejects. */
  async #round (): Promise<void> {
    const { clock, contentRouting, log } = this.#init
    const { signal } = this.#stopping
    await this.#compare()
    for (const [name, entry] of this.#due) {
      if (signal.aborted) return
      if (entry.dueMs > clock.monotonic()) continue
      const limit = new AbortController()
      try {
        await Promise.race([
          contentRouting.provide(placeCid(entry.hash), { signal: AbortSignal.any([signal, limit.signal]) }),
          sleep(clock, PROVIDE_LIMIT_MS, AbortSignal.any([signal, limit.signal])).then(() => { throw new Error('not in time') })
        ])
        entry.dueMs = clock.monotonic() + AGAIN_MS
      } catch (err) {
        log('%s is not announced: %s', name, describeError(err))
        entry.dueMs = clock.monotonic() + RETRY_MS
      } finally {
        limit.abort(new Error('it is over'))
      }
    }
  }

  /** What is to be announced, by what is held now. */
  async #compare (): Promise<void> {
    const { holdings, contentRouting, clock, log } = this.#init
    const wanted = new Map<string, Uint8Array>()
    for (const [id, { vouched }] of holdings.held) {
      for (const hash of [vaultPlace(hexToBytes(id)), ownerPlace(vouched.manifest.owner)]) wanted.set(placeCid(hash).toString(), hash)
    }
    for (const [name, { hash }] of this.#due) {
      if (wanted.has(name)) continue
      this.#due.delete(name)
      await contentRouting.cancelReprovide(placeCid(hash)).catch((err: unknown) => { log('%s stays announced: %s', name, describeError(err)) })
    }
    for (const [name, hash] of wanted) if (!this.#due.has(name)) this.#due.set(name, { hash, dueMs: clock.monotonic() })
  }
}
