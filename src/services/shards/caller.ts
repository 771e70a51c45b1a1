import { describeError } from '../../errors.ts'
import { ShardsError } from './errors.ts'
import { makeRequest, readAnswer } from './model/request.ts'
import { CALL_TIMEOUT_MS } from './shards-protocols.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Scoring } from '../../components.ts'
import type { Clock } from '../../util/clock.ts'
import type { Rng } from '../../util/rng.ts'
import type { RequestKind } from './model/request.ts'
import type { Answered, Caller, CallerOptions, RequestBody, Transport } from './parts.ts'

/** What may be longer than 64 KiB, asked or answered. */
const LARGE: ReadonlySet<RequestKind> = new Set(['prepare', 'contribute', 'propose', 'commit', 'getState'])

export interface SignedCallerInit {
  self: PeerId
  /** Signs what nobody else signs. */
  privateKey: PrivateKey
  transport: Transport
  scoring: () => Scoring
  clock: Clock
  rng: Rng
}

/** Signs requests, and checks that the answer is one: by that peer, to this request. Timeouts are for `protocols` to observe. */
export class SignedCaller implements Caller {
  readonly #init: SignedCallerInit
  readonly #counts = { called: 0, failed: 0, refused: 0, invalid: 0 }
  #underWay = 0

  constructor (init: SignedCallerInit) {
    this.#init = init
  }

  get gauges (): Record<string, number> {
    return { calls: this.#underWay }
  }

  get counts (): Readonly<Record<string, number>> {
    return { ...this.#counts }
  }

  async call (peer: PeerId, vault: Uint8Array, body: RequestBody, options: CallerOptions): Promise<Answered> {
    const { self, privateKey, clock, rng } = this.#init
    const { signal, timeoutMs = CALL_TIMEOUT_MS, signer = privateKey, delegation } = options
    signal.throwIfAborted()
    this.#underWay++
    this.#counts.called++
    try {
      const { frame, bytes, hash } = await makeRequest({ vault, body, from: self, to: peer, signer, delegation, nowMs: clock.now(), rng })
      const startMs = clock.monotonic()
      const answered = await this.#send(peer, frame, { signal, timeoutMs, large: isLarge(body) })
      const tookMs = clock.monotonic() - startMs
      const { answer, signed } = await readAnswer(answered, { requestHash: hash, peer }).catch((err: unknown) => this.#judge(peer, answered, err))
      return { answer, signed, request: bytes, tookMs }
    } finally {
      this.#underWay--
    }
  }

  async #send (peer: PeerId, frame: Uint8Array, options: { signal: AbortSignal, timeoutMs: number, large: boolean }): Promise<Uint8Array> {
    try {
      return await this.#init.transport.send(peer, frame, options)
    } catch (err) {
      this.#counts.failed++
      options.signal.throwIfAborted()
      if (err instanceof ShardsError) throw err
      throw new ShardsError('SHARDS_UNREACHABLE', `${peer.toString()} did not answer: ${describeError(err)}`, { cause: err, details: { peers: [peer.toString()] } })
    }
  }

  /** A refusal is an answer like others; what is none is not said by any honest peer. */
  #judge (peer: PeerId, frame: Uint8Array, err: unknown): never {
    const { self, scoring } = this.#init
    const isInvalid = err instanceof ShardsError && err.code === 'SHARDS_ANSWER_INVALID'
    this.#counts[isInvalid ? 'invalid' : 'refused']++
    if (isInvalid && !peer.equals(self)) scoring().report(peer, 'severe', 'shards:answer-invalid', frame)
    throw err
  }
}

function isLarge (body: RequestBody): boolean {
  return Object.entries(body).some(([kind, value]) => value != null && LARGE.has(kind as RequestKind))
}
