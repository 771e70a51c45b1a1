import { describeError } from '../../../errors.ts'
import { timeoutSignal } from '../../../util/clock.ts'
import { ShardsError } from '../errors.ts'
import { DEFAULT_TIMEOUT_MS } from './arguments.ts'
import type { Logger, PeerId, PrivateKey } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { VaultCall, VaultProgress } from '../index.ts'

/** What everything that one call of a user leads to has in common. */
export interface Errand {
  /** Aborts at the deadline, when the user leaves, and when the node stops. */
  signal: AbortSignal
  signer: PrivateKey
  /** An encoded Signed Delegation, where the signer is not the owner. */
  delegation?: Uint8Array
  onProgress: (progress: VaultProgress) => void
}

/** Why a holder did not do its part. */
export interface Miss {
  peer: PeerId
  /** 0: it has none yet. */
  index: number
  code: string
  reason: string
}

export interface ErrandsInit {
  clock: Clock
  log: Logger
}

/** Gives calls their deadlines, and ends them all when the node stops. */
export class Errands {
  readonly #init: ErrandsInit
  #stopping = new AbortController()
  readonly #background = new Set<Promise<void>>()
  #running = false
  #startedMs = 0

  constructor (init: ErrandsInit) {
    this.#init = init
  }

  /** Calls under way behind the back of those that made them. */
  get background (): number {
    return this.#background.size
  }

  get runningMs (): number {
    return this.#init.clock.monotonic() - this.#startedMs
  }

  start (): void {
    this.#stopping = new AbortController()
    this.#startedMs = this.#init.clock.monotonic()
    this.#running = true
  }

  async stop (): Promise<void> {
    this.#running = false
    this.#stopping.abort(stopped())
    await Promise.all(this.#background)
  }

  /** Rejects with a `ShardsError`, but for the reason of the user's own signal. */
  async run<T> ({ signal, timeoutMs = DEFAULT_TIMEOUT_MS, onProgress }: VaultCall, { what, signer, delegation }: { what: string, signer: PrivateKey, delegation?: Uint8Array }, work: (errand: Errand) => Promise<T>): Promise<T> {
    if (!(timeoutMs > 0)) throw new ShardsError('SHARDS_INVALID', `timeoutMs ${timeoutMs}: a call needs a positive number of milliseconds`)
    if (!this.#running) throw stopped()
    signal?.throwIfAborted()
    const stopping = this.#stopping.signal
    const deadline = timeoutSignal(this.#init.clock, timeoutMs, signal == null ? stopping : AbortSignal.any([signal, stopping]))
    try {
      return await work({ signal: deadline.signal, signer, delegation, onProgress: this.#guarded(onProgress) })
    } catch (err) {
      // what was broken off says so in its own words
      if (stopping.aborted) throw stopped()
      if (signal?.aborted === true) throw signal.reason
      if (deadline.signal.aborted && !(err instanceof ShardsError)) throw new ShardsError('SHARDS_UNREACHABLE', `${what} was not done within ${timeoutMs} ms: look at the connections of this node, or give it more time`, { cause: err })
      throw err
    } finally {
      deadline.clear()
    }
  }

  /** Work that nobody need wait for but `stop`, within `limitMs`. `done` resolves when it is done or has failed, which is logged. */
  behind (what: string, limitMs: number, work: (signal: AbortSignal) => Promise<unknown>): { done: Promise<void> } {
    if (!this.#running) return { done: Promise.resolve() }
    const deadline = timeoutSignal(this.#init.clock, limitMs, this.#stopping.signal)
    const done = work(deadline.signal)
      .then(() => {}, (err: unknown) => { if (!deadline.signal.aborted) this.#init.log.error('%s: %s', what, describeError(err)) })
      .finally(() => {
        deadline.clear()
        this.#background.delete(done)
      })
    this.#background.add(done)
    return { done }
  }

  /** What a user's listener throws is its own affair. */
  #guarded (onProgress: VaultCall['onProgress']): Errand['onProgress'] {
    return progress => {
      try {
        onProgress?.(progress)
      } catch (err) {
        this.#init.log.error('onProgress threw: %s', describeError(err))
      }
    }
  }
}

/** How one holder failed, from whatever its call rejected with. */
export function missOf (peer: PeerId, index: number, err: unknown): Miss {
  return { peer, index, code: failureCode(err) ?? (err instanceof ShardsError ? err.code : 'SHARDS_UNREACHABLE'), reason: describeError(err) }
}

/** What a holder itself said: `STALE`, `NO_SHARE`, ... */
export function failureCode (err: unknown): string | undefined {
  return (err as { failure?: { code?: string } } | null)?.failure?.code
}

export function described (misses: readonly Miss[]): string {
  return misses.map(({ peer, index, reason }) => `${index === 0 ? '' : `${index} `}(${peer.toString()}): ${reason}`).join('; ')
}

/** For `details` of an error: plain JSON. */
export function listed (misses: readonly Miss[]): Record<string, unknown> {
  return {
    indices: misses.flatMap(({ index }) => index === 0 ? [] : [index]),
    peers: misses.map(({ peer }) => peer.toString()),
    failures: misses.map(({ peer, index, code, reason }) => ({ peer: peer.toString(), index, code, reason }))
  }
}

function stopped (): ShardsError {
  return new ShardsError('SHARDS_STOPPED', 'this node is not running: start it first')
}
