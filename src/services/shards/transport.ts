import { sleep, timeoutSignal } from '../../util/clock.ts'
import { ShardsError } from './errors.ts'
import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../../util/clock.ts'
import type { Protocol, Protocols } from '../protocols/index.ts'
import type { Transport } from './parts.ts'
import type { ShardsProtocols } from './shards-protocols.ts'

/** Answers one frame; rejects only for what no honest peer sends. */
export type Receive = (from: PeerId, frame: Uint8Array) => Promise<Uint8Array>

/** A call that was cut off is made again: the same request gets the same answer, and is done once. */
const ATTEMPTS = 3
const AGAIN_MS = 100
/** The connection ended under it, or there is too much to do there for a moment. */
const PASSING: ReadonlySet<unknown> = new Set(['PROTOCOL_RESET', 'PROTOCOL_BUSY'])

export interface ProtocolsTransportInit {
  self: PeerId
  /** Asked for late: libp2p has it when the node begins. */
  protocols: () => Protocols
  ids: ShardsProtocols
  clock: Clock
  /** What this node answers, to others and to itself. Absent where it holds nothing. */
  receive?: Receive
  /** What a peer tells of another; not answered. */
  onEvidence: (from: PeerId, evidence: Uint8Array) => Promise<void>
  /** Connects to a peer that is not connected. */
  dial: (peer: PeerId, signal: AbortSignal) => Promise<unknown>
}

/** Frames over `protocols`; those to this node itself take the short way. */
export class ProtocolsTransport implements Transport {
  readonly #init: ProtocolsTransportInit
  #stopping = new AbortController()
  #running = false

  constructor (init: ProtocolsTransportInit) {
    this.#init = init
  }

  async start (): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = true
    const { ids: { call, change, evidence }, protocols, receive, onEvidence } = this.#init
    await protocols().handle(evidence, async (bytes, { peerId }) => { await onEvidence(peerId, bytes) })
    if (receive == null) return
    await protocols().handle(change, async (frame, { peerId }) => await receive(peerId, frame))
    await protocols().handle(call, async (frame, { peerId }) => await receive(peerId, frame))
  }

  async stop (): Promise<void> {
    const { ids: { call, change, evidence }, protocols, receive } = this.#init
    for (const protocol of receive == null ? [evidence] : [call, change, evidence]) await protocols().unhandle(protocol)
    this.#running = false
    this.#stopping.abort(stopped())
  }

  async send (peer: PeerId, frame: Uint8Array, { signal, timeoutMs, large }: { signal: AbortSignal, timeoutMs: number, large: boolean }): Promise<Uint8Array> {
    const { self, ids, clock } = this.#init
    if (!this.#running) throw stopped()
    if (peer.equals(self)) return await this.#toSelf(frame, signal, timeoutMs)
    const either = AbortSignal.any([signal, this.#stopping.signal])
    const untilMs = clock.monotonic() + timeoutMs
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#ask(peer, large ? ids.change : ids.call, frame, { signal: either, timeoutMs: Math.max(1, untilMs - clock.monotonic()) })
      } catch (err) {
        if (this.#stopping.signal.aborted) throw stopped()
        const waitMs = AGAIN_MS * 2 ** attempt
        if (attempt >= ATTEMPTS || !PASSING.has((err as { code?: unknown }).code) || clock.monotonic() + waitMs >= untilMs) throw err
        await sleep(clock, waitMs, either)
      }
    }
  }

  async #ask (peer: PeerId, protocol: Protocol<'request', Uint8Array, Uint8Array>, frame: Uint8Array, { signal, timeoutMs }: { signal: AbortSignal, timeoutMs: number }): Promise<Uint8Array> {
    const { clock, dial, protocols } = this.#init
    const startMs = clock.monotonic()
    const deadline = timeoutSignal(clock, timeoutMs, signal)
    try {
      await dial(peer, deadline.signal)
    } finally {
      deadline.clear()
    }
    return await protocols().request(peer, protocol, frame, { signal, timeoutMs: Math.max(1, timeoutMs - (clock.monotonic() - startMs)) })
  }

  async #toSelf (frame: Uint8Array, signal: AbortSignal, timeoutMs: number): Promise<Uint8Array> {
    const { self, receive, clock } = this.#init
    if (receive == null) throw new ShardsError('SHARDS_UNREACHABLE', 'this node holds no shares: it cannot be asked for one')
    const deadline = timeoutSignal(clock, timeoutMs, AbortSignal.any([signal, this.#stopping.signal]))
    try {
      deadline.signal.throwIfAborted()
      // nobody else has these bytes: what travels is copied, and what is answered may be kept
      return await Promise.race([receive(self, frame.slice()), aborted(deadline.signal)])
    } finally {
      deadline.clear()
    }
  }
}

function stopped (): ShardsError {
  return new ShardsError('SHARDS_STOPPED', 'this node is not running: start it first')
}

async function aborted (signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
  })
}
