import { describeError } from '../../../errors.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { FETCH_INTERVAL_MS, LATER_RETRY_MS, MAX_RETRY_MS, MIN_RETRY_MS } from './constants.ts'
import { arrivedProtocol } from './mailbox-protocols.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Protocols } from '../../protocols/index.ts'
import type { UsedMailboxes } from './used-mailboxes.ts'
import type { Visit } from './visit.ts'

export interface TendingInit {
  protocols: Protocols
  clock: Clock
  rng: Rng
  log: Logger
  used: UsedMailboxes
  visit: Visit
  minRetryMs?: number
  maxRetryMs?: number
}

/** One mailbox at work. */
interface Round {
  running?: Promise<number>
  /** Asked for while it ran. */
  again: boolean
  retry?: Timer
  failures: number
}

/** Keeps this node registered with its mailboxes, and fetches what they have: at every connection, when they say so, and now and then. */
export class Tending {
  readonly #init: TendingInit
  readonly #visit: Visit
  readonly #rounds = new Map<string, Round>()
  #stopping = new AbortController()
  #interval: Timer | undefined

  constructor (init: TendingInit) {
    this.#init = init
    this.#visit = init.visit
  }

  async start (): Promise<void> {
    const { protocols, clock, used } = this.#init
    this.#stopping = new AbortController()
    await protocols.handle(arrivedProtocol, (_, { peerId }) => {
      if (used.get(peerId) != null) this.#background(peerId)
    })
    this.#interval = clock.every(FETCH_INTERVAL_MS, () => { this.tendAll() })
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new DOMException('messaging was stopped', 'AbortError'))
    this.#interval?.cancel()
    for (const { retry } of this.#rounds.values()) retry?.cancel()
    await Promise.allSettled([...this.#rounds.values()].flatMap(({ running }) => running ?? []))
    this.#rounds.clear()
    await this.#init.protocols.unhandle(arrivedProtocol)
  }

  connected (peerId: PeerId): void {
    if (this.#init.used.get(peerId) != null) this.#background(peerId)
  }

  tendAll (): void {
    for (const { peerId } of this.#init.used.all) this.#background(peerId)
  }

  /** Resolves when each of them was tried once, or the signal aborts. */
  async tend (peers: readonly PeerId[], signal?: AbortSignal): Promise<void> {
    await until(Promise.allSettled(peers.map(async peerId => await this.#round(peerId))), signal)
  }

  /** Messages taken now from all mailboxes; fails only if all do. */
  async collectAll (signal?: AbortSignal): Promise<number> {
    const rounds = await until(Promise.allSettled(this.#init.used.all.map(async ({ peerId }) => await this.#round(peerId))), signal)
    const failed = rounds.filter(round => round.status === 'rejected')
    if (failed.length > 0 && failed.length === rounds.length) throw failed[0]?.reason
    return rounds.reduce((sum, round) => sum + (round.status === 'fulfilled' ? round.value : 0), 0)
  }

  #background (peerId: PeerId): void {
    // it is logged, and tried again
    this.#round(peerId).catch(() => {})
  }

  /** One round at a time with each; one that is asked for meanwhile follows. */
  async #round (peerId: PeerId): Promise<number> {
    const id = peerId.toString()
    const round = this.#rounds.get(id) ?? { again: false, failures: 0 }
    this.#rounds.set(id, round)
    if (round.running != null) round.again = true
    round.running ??= this.#run(peerId, round).finally(() => { round.running = undefined })
    return await round.running
  }

  async #run (peerId: PeerId, round: Round): Promise<number> {
    let received = 0
    do {
      round.again = false
      round.retry?.cancel()
      const mailbox = this.#init.used.get(peerId)
      if (mailbox == null || this.#stopping.signal.aborted) {
        this.#rounds.delete(peerId.toString())
        return received
      }
      try {
        const collected = await this.#visit.visit(mailbox, this.#stopping.signal)
        received += collected.received
        round.failures = 0
        if (collected.later) this.#retryIn(LATER_RETRY_MS, peerId, round)
      } catch (err) {
        const { rng, log, minRetryMs = MIN_RETRY_MS, maxRetryMs = MAX_RETRY_MS } = this.#init
        log('mailbox %p: %s', peerId, describeError(err))
        // one that is not wanted any more is asked now and then, not more
        if (mailbox.untilMs == null) this.#retryIn(backoffMs(++round.failures, { minMs: minRetryMs, maxMs: maxRetryMs }, rng), peerId, round)
        throw err
      }
    } while (round.again)
    return received
  }

  #retryIn (ms: number, peerId: PeerId, round: Round): void {
    if (this.#stopping.signal.aborted) return
    round.retry?.cancel()
    round.retry = this.#init.clock.after(ms, () => { this.#background(peerId) })
  }
}

/** The outcome, or the signal's reason if that comes first; the work goes on. */
async function until<T> (work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal == null) return await work
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => { reject(signal.reason as Error) }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
