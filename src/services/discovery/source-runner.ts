import { describeError } from '../../errors.ts'
import { backoffMs } from '../../util/backoff.ts'
import type { DiscoverySnapshot, Sighting, Source, SourceContext } from './index.ts'

export type SourceReport = DiscoverySnapshot['sources'][number]

// a source that ran this long had recovered
const HEALTHY_RUN_MS = 60_000
const RETRY = { minMs: 1_000, maxMs: 300_000 }

export interface SourceRunnerInit {
  source: Source
  context: SourceContext
  onSighting (sighting: Sighting): Promise<void>
  onFailure (error: Error, retryInMs: number): void
}

/** Runs one source until it ends or the signal of its context aborts; one that throws is started again. */
export class SourceRunner {
  readonly #init: SourceRunnerInit
  #state: SourceReport['state'] = 'waiting'
  #sightings = 0
  #failures = 0
  #lastSightingMs = 0
  #lastError: string | undefined

  constructor (init: SourceRunnerInit) {
    this.#init = init
  }

  get report (): SourceReport {
    return {
      name: this.#init.source.name,
      state: this.#state,
      sightings: this.#sightings,
      failures: this.#failures,
      lastSightingMs: this.#lastSightingMs,
      ...this.#lastError === undefined ? {} : { lastError: this.#lastError }
    }
  }

  /** Never rejects. */
  async run (): Promise<void> {
    const { context } = this.#init
    const { clock, signal, rng, log } = context
    let streak = 0
    while (!signal.aborted) {
      const startedMs = clock.monotonic()
      const error = await this.#runOnce()
      if (error == null || signal.aborted) break

      streak = clock.monotonic() - startedMs >= HEALTHY_RUN_MS ? 1 : streak + 1
      const retryInMs = backoffMs(streak, RETRY, rng)
      this.#state = 'waiting'
      this.#failures++
      this.#lastError = describeError(error)
      log.error('source %s failed, again in %d ms - %e', this.#init.source.name, retryInMs, error)
      this.#init.onFailure(error, retryInMs)
      await context.pause(retryInMs).catch(() => { log('source %s stopped while waiting', this.#init.source.name) })
    }
    this.#state = 'ended'
  }

  /** Resolves to what the source threw, if it did. */
  async #runOnce (): Promise<Error | undefined> {
    const { source, context } = this.#init
    this.#state = 'running'
    try {
      for await (const sighting of source.find(context)) {
        context.signal.throwIfAborted()
        this.#sightings++
        this.#lastSightingMs = context.clock.now()
        await this.#init.onSighting(sighting)
      }
      return undefined
    } catch (err) {
      return err instanceof Error ? err : new Error(String(err))
    }
  }
}
