import { ShardsError } from '../../../../src/services/shards/errors.ts'
import { sleep, timeoutSignal } from '../../../../src/util/clock.ts'
import type { PeerId } from '@libp2p/interface'
import type { Transport } from '../../../../src/services/shards/parts.ts'
import type { Clock } from '../../../../src/util/clock.ts'
import type { Rng } from '../../../../src/util/rng.ts'

const FRAME_BYTES = 65_536
const LARGE_FRAME_BYTES = 1_048_576
const TELL_TIMEOUT_MS = 10_000

/** What answers at a peer: requests, and evidence that is told. */
export interface Endpoint {
  receive (from: PeerId, frame: Uint8Array): Promise<Uint8Array>
  told (from: PeerId, bytes: Uint8Array): Promise<void>
}

export interface LinksInit {
  clock: Clock
  rng: Rng
  /** One way, drawn anew for each frame. @default [5, 40] */
  latencyMs?: readonly [min: number, max: number]
  /** Chance of each frame to get lost on its way. @default 0 */
  loss?: number
}

/** A frame on its way; what comes back travels in its place, nothing that comes back is a loss. */
export type Tap = (frame: { from: PeerId, to: PeerId, bytes: Uint8Array, answer: boolean }) => Uint8Array | undefined

/** Carries frames between peers of one process: late, sometimes not at all, and not across partitions. */
export class MemoryLinks {
  readonly #init: LinksInit
  readonly #endpoints = new Map<string, Endpoint>()
  /** By peer: its side. All that are not named are on side 0. */
  #sides = new Map<string, number>()
  readonly #taps = new Set<Tap>()
  loss: number
  latencyMs: readonly [min: number, max: number]
  /** Requests that were sent, by sender. */
  readonly sent = new Map<string, number>()

  constructor (init: LinksInit) {
    this.#init = init
    this.loss = init.loss ?? 0
    this.latencyMs = init.latencyMs ?? [5, 40]
  }

  /** Replaces whoever answered there before. */
  attach (peer: PeerId, endpoint: Endpoint): void {
    this.#endpoints.set(peer.toString(), endpoint)
  }

  detach (peer: PeerId): void {
    this.#endpoints.delete(peer.toString())
  }

  /** Peers of different groups do not reach each other; those of no group are one more. Without groups all is well again. */
  partition (...groups: ReadonlyArray<readonly PeerId[]>): void {
    this.#sides = new Map(groups.flatMap((group, i) => group.map(peer => [peer.toString(), i + 1])))
  }

  /** Sees, changes or swallows every frame. */
  tap (tap: Tap): () => void {
    this.#taps.add(tap)
    return () => { this.#taps.delete(tap) }
  }

  reaches (from: PeerId, to: PeerId): boolean {
    return this.#endpoints.has(to.toString()) && this.#endpoints.has(from.toString()) && this.#sideOf(from) === this.#sideOf(to)
  }

  transportOf (self: PeerId): Transport {
    return {
      send: async (peer, frame, { signal, timeoutMs, large }) => {
        const limit = large ? LARGE_FRAME_BYTES : FRAME_BYTES
        if (frame.byteLength > limit) throw new Error(`a frame of ${frame.byteLength} bytes, over ${limit}`)
        this.sent.set(self.toString(), (this.sent.get(self.toString()) ?? 0) + 1)
        const deadline = timeoutSignal(this.#init.clock, timeoutMs, signal)
        try {
          deadline.signal.throwIfAborted()
          return await untilAborted(deadline.signal, this.#roundTrip(self, peer, frame, limit))
        } catch (err) {
          if (signal.aborted) throw signal.reason
          throw new ShardsError('SHARDS_UNREACHABLE', `${peer.toString()} did not answer: ${String(err)}`, { cause: err })
        } finally {
          deadline.clear()
        }
      }
    }
  }

  /** Evidence, which is not answered. */
  async tell (from: PeerId, to: PeerId, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (!this.reaches(from, to)) throw new Error(`${to.toString()} is not connected`)
    const told = (async () => {
      await this.#travel(from, to, bytes, false)
      await this.#endpoints.get(to.toString())?.told(from, bytes.slice())
    })()
    const deadline = timeoutSignal(this.#init.clock, TELL_TIMEOUT_MS, signal)
    try {
      deadline.signal.throwIfAborted()
      await untilAborted(deadline.signal, told)
    } finally {
      deadline.clear()
    }
  }

  async #roundTrip (from: PeerId, to: PeerId, frame: Uint8Array, limit: number): Promise<Uint8Array> {
    const itself = from.equals(to)
    const arrived = itself ? frame.slice() : await this.#travel(from, to, frame, false)
    const endpoint = this.#endpoints.get(to.toString())
    if (endpoint == null) throw new Error('nobody is there')
    const answer = await endpoint.receive(from, arrived)
    if (answer.byteLength > limit) throw new Error(`an answer of ${answer.byteLength} bytes, over ${limit}`)
    return itself ? answer.slice() : await this.#travel(to, from, answer, true)
  }

  async #travel (from: PeerId, to: PeerId, bytes: Uint8Array, answer: boolean): Promise<Uint8Array> {
    const { clock, rng } = this.#init
    const [min, max] = this.latencyMs
    const ms = min + rng.float() * (max - min)
    const lost = rng.float() < this.loss
    if (ms > 0) await sleep(clock, ms)
    // a process that is gone says so at once; one behind a cut does not
    if (!this.#endpoints.has(to.toString())) throw new Error('connection refused')
    let carried: Uint8Array | undefined = bytes.slice()
    for (const tap of this.#taps) carried = carried == null ? undefined : tap({ from, to, bytes: carried, answer })
    if (lost || carried == null || this.#sideOf(from) !== this.#sideOf(to)) return await new Promise(() => {})
    return carried
  }

  #sideOf (peer: PeerId): number {
    return this.#sides.get(peer.toString()) ?? 0
  }
}

async function untilAborted<T> (signal: AbortSignal, work: Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
    work.then(resolve, reject)
  })
}
