import { serviceCapabilities } from '@libp2p/interface'
import { TypedEventEmitter, setMaxListeners } from 'main-event'
import { sleep, systemClock, timeoutSignal } from '../../util/clock.ts'
import { systemRng } from '../../util/rng.ts'
import { AddressProber, wantsPeers } from './address-prober.ts'
import { SourceRunner } from './source-runner.ts'
import { abortable, nextEvent } from './wait.ts'
import type { Logger, Startable } from '@libp2p/interface'
import type { SourceName } from '../address-book/index.ts'
import type { Clock } from '../../util/clock.ts'
import type { Discovery, DiscoveryComponents, DiscoveryEvents, DiscoveryInit, DiscoverySnapshot, Sighting, Source, SourceContext } from './index.ts'

// a source that does not heed its signal must not keep the node from stopping
const STOP_TIMEOUT_MS = 5_000
const MAX_ISOLATED_PAUSE_MS = 60_000

export class DiscoveryService extends TypedEventEmitter<DiscoveryEvents> implements Discovery, Startable {
  readonly [Symbol.toStringTag] = '@peerkeep/discovery'
  readonly [serviceCapabilities] = ['@peerkeep/discovery']

  readonly #components: DiscoveryComponents
  readonly #init: DiscoveryInit
  readonly #clock: Clock
  readonly #log: Logger
  readonly #prober: AddressProber
  #abort = new AbortController()
  #runners: SourceRunner[] = []
  #running: Promise<unknown> = Promise.resolve()

  constructor (components: DiscoveryComponents, init: DiscoveryInit) {
    super()
    this.#components = components
    this.#init = init
    this.#clock = init.clock ?? systemClock
    this.#log = components.logger.forComponent('peerkeep:discovery')
    this.#prober = new AddressProber(components, { clock: this.#clock, log: this.#log })
  }

  start (): void {
    this.#abort = new AbortController()
    setMaxListeners(Infinity, this.#abort.signal)
    const context = this.#context(this.#abort.signal)
    this.#runners = (this.#init.sources ?? []).map(create => this.#runner(create(this.#components), context))
  }

  afterStart (): void {
    this.#running = Promise.all(this.#runners.map(async runner => runner.run()))
  }

  /** While the services that the sources use are still up. */
  async beforeStop (): Promise<void> {
    await this.stop()
  }

  async stop (): Promise<void> {
    this.#abort.abort()
    const ended = Promise.all([this.#running, this.#prober.settled()])
    // told once: the node calls both beforeStop and stop
    this.#running = Promise.resolve()
    const limit = timeoutSignal(this.#clock, STOP_TIMEOUT_MS)
    try {
      await abortable(ended, limit.signal)
    } catch (err) {
      this.#log.error('some sources did not stop: %s - %e', this.#unfinished().join(', '), err)
    } finally {
      limit.clear()
    }
  }

  snapshot (): DiscoverySnapshot {
    return { sources: this.#runners.map(({ report }) => report), gauges: this.#prober.gauges }
  }

  #context (signal: AbortSignal): SourceContext {
    const { pool } = this.#components
    const clock = this.#clock
    return {
      signal,
      clock,
      rng: this.#init.rng ?? systemRng,
      log: this.#log,
      async wanted () {
        signal.throwIfAborted()
        if (!wantsPeers(pool)) await nextEvent(signal, [pool, 'pool:demand'], [pool, 'pool:isolated'])
      },
      async pause (ms) {
        const over = new AbortController()
        const either = AbortSignal.any([signal, over.signal])
        const waits = [
          sleep(clock, pool.state === 'isolated' ? Math.min(ms, MAX_ISOLATED_PAUSE_MS) : ms, either),
          nextEvent(either, [pool, 'pool:isolated'], [pool, 'pool:woke'])
        ]
        try {
          await Promise.race(waits)
        } finally {
          over.abort()
          await Promise.allSettled(waits)
        }
      }
    }
  }

  #runner (source: Source, context: SourceContext): SourceRunner {
    return new SourceRunner({
      source,
      context,
      onSighting: async sighting => this.#take(sighting, source.name, context.signal),
      onFailure: (error, retryInMs) => { this.safeDispatchEvent('source:failed', { detail: { source: source.name, error, retryInMs } }) }
    })
  }

  async #take (sighting: Sighting, source: SourceName, signal: AbortSignal): Promise<void> {
    const { peerId, multiaddrs } = sighting
    if (peerId == null) await this.#prober.probe(multiaddrs, signal)
    else if (!peerId.equals(this.#components.peerId)) this.#components.addressBook.add({ ...sighting, peerId, source })
  }

  #unfinished (): SourceName[] {
    return this.#runners.map(({ report }) => report).filter(({ state }) => state !== 'ended').map(({ name }) => name)
  }
}
