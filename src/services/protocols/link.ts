import { timeoutSignal } from '../../util/clock.ts'
import { toWireError, WireAbortedError, WireBusyError, WireRemoteError, WireResetError, WireTimeoutError, WireUnsupportedError } from '../../wire/errors.ts'
import { MuxClient } from '../../wire/mux/client.ts'
import { PlainStream } from '../../wire/plain/plain-stream.ts'
import { CALLER_IDLE_MS, LINGER_MS, MAX_WAITING, MUX_PREFIX } from './constants.ts'
import { within } from './within.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { WireFault } from '../../wire/protocol.ts'
import type { Priority } from '../../wire/mux/priority.ts'
import type { ProtocolsContext } from './context.ts'
import type { Protocol } from './definition.ts'

export interface LinkCall {
  timeoutMs: number
  signal?: AbortSignal
  priority?: Priority
}

/** go-libp2p takes 64 streams of a protocol from a peer, js-libp2p by default 32, and resets the others. */
const MAX_PLAIN_CALLS = 24
const NOTHING = new Uint8Array()
const MAX_ANSWER_BYTES_OF_NOTIFY = 0

/** The other side cannot have seen the call. */
export function isUnsent (err: unknown): boolean {
  return err instanceof WireResetError && err.details.unsent === true
}

/** This side of a protocol on one connection: a stream for many calls, or one for each where the other side knows no better. */
export class Link {
  readonly connection: Connection
  readonly #protocol: Protocol
  readonly #context: ProtocolsContext
  readonly #onFault: (fault: WireFault, evidence?: Uint8Array) => void
  readonly #plain = new Set<PlainStream>()
  readonly #stopping = new AbortController()
  #mux?: MuxClient
  #plainCalls = 0
  readonly #waiting = new Set<() => void>()
  #opening?: Promise<MuxClient | Stream>
  /** A stream for one call that was opened for whoever waits, until somebody takes it. */
  readonly #spare = new Set<Stream>()
  /** The id that the other side takes, where each call has a stream. */
  #plainId?: string

  constructor (connection: Connection, protocol: Protocol, context: ProtocolsContext, onFault: (fault: WireFault, evidence?: Uint8Array) => void) {
    this.connection = connection
    this.#protocol = protocol
    this.#context = context
    this.#onFault = onFault
  }

  get streams (): number {
    return this.#plain.size + (this.#mux?.open === true ? 1 : 0)
  }

  /** Calls that wait for a stream of their own, or for a place on the one for many. */
  get waiting (): number {
    return this.#waiting.size + (this.#mux?.gauges.queued ?? 0)
  }

  /** Of the stream for many calls. */
  get unsentBytes (): number {
    return this.#mux?.gauges.unsentBytes ?? 0
  }

  /** Ends all calls with this error, for good. */
  abort (err: Error): void {
    this.#stopping.abort(err)
    this.#mux?.abort(err)
    for (const plain of this.#plain) plain.abort(err)
  }

  /** There is a stream for many calls, on a connection than which there is no better. */
  get isReady (): boolean {
    return this.#mux?.open === true && this.connection.status === 'open' && this.connection.limits == null
  }

  /** A call on the stream for many, which has to be there. */
  ask (payload: Uint8Array, call: LinkCall): Promise<Uint8Array> {
    return (this.#mux as MuxClient).call(payload, call)
  }

  /** One request and its answer, or a message and nothing. Rejects within `timeoutMs`. */
  async call (payload: Uint8Array, { timeoutMs, signal, priority }: LinkCall): Promise<Uint8Array> {
    if (this.#mux?.open === true) return this.#mux.call(payload, { timeoutMs, signal, priority })
    const { clock } = this.#context
    const endMs = clock.monotonic() + timeoutMs
    const leftMs = (): number => Math.max(1, endMs - clock.monotonic())
    await this.#turn(timeoutMs, signal)
    let route: MuxClient | Stream
    try {
      route = await this.#route(leftMs(), signal)
      if (!(route instanceof MuxClient)) return await this.#callPlain(route, payload, leftMs(), signal)
    } finally {
      this.#pass()
    }
    return route.call(payload, { timeoutMs: leftMs(), signal, priority })
  }

  /** Resolves when there may be one more plain call. */
  async #turn (timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#plainCalls < MAX_PLAIN_CALLS) {
      this.#plainCalls++
      return
    }
    if (this.#waiting.size >= MAX_WAITING) throw new WireBusyError(`${this.#waiting.size} calls to this peer wait for a stream: wait for some to end`)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    try {
      await within(promise, this.#context.clock, timeoutMs, signal)
    } catch (err) {
      if (!this.#waiting.delete(resolve)) this.#pass()
      throw err
    }
  }

  #pass (): void {
    const [next] = this.#waiting
    if (next == null) {
      this.#plainCalls--
      return
    }
    this.#waiting.delete(next)
    next()
  }

  /** A stream for one call. Rejects within `timeoutMs`. */
  async open (timeoutMs: number, signal?: AbortSignal): Promise<PlainStream> {
    const stream = this.#plainId == null ? await this.#newStream(this.#protocol.ids, timeoutMs, signal) : await this.#newPlain(this.#plainId, timeoutMs, signal)
    this.#plainId = stream.protocol
    return this.#track(stream)
  }

  /** What the other side takes is asked once, however many calls wait for that. */
  async #route (timeoutMs: number, signal?: AbortSignal): Promise<MuxClient | Stream> {
    if (this.#mux?.open === true) return this.#mux
    if (this.#plainId != null) return this.#newPlain(this.#plainId, timeoutMs, signal)
    const opening = this.#opening ??= this.#negotiate().finally(() => { this.#opening = undefined })
    const route = await within(opening, this.#context.clock, timeoutMs, signal)
    // the first takes the stream, the others open their own
    if (route instanceof MuxClient || this.#spare.delete(route)) return route
    return this.#newStream(this.#plainId == null ? this.#protocol.ids : [this.#plainId], timeoutMs, signal)
  }

  async #negotiate (): Promise<MuxClient | Stream> {
    const { ids, maxRequestBytes, maxResponseBytes, maxConcurrent, timeoutMs } = this.#protocol
    const stream = await this.#newStream(ids.flatMap(id => [MUX_PREFIX + id, id]), timeoutMs)
    if (!stream.protocol.startsWith(MUX_PREFIX)) {
      this.#plainId = stream.protocol
      this.#spare.add(stream)
      this.#context.clock.after(0, () => {
        if (this.#spare.delete(stream)) stream.abort(new WireAbortedError('nobody waits for it any more'))
      })
      return stream
    }
    this.#mux = new MuxClient(stream, {
      clock: this.#context.clock,
      maxRequestBytes,
      maxResponseBytes,
      maxInFlight: maxConcurrent,
      idleMs: CALLER_IDLE_MS,
      onFault: this.#onFault
    })
    return this.#mux
  }

  async #newPlain (id: string, timeoutMs: number, signal?: AbortSignal): Promise<Stream> {
    try {
      return await this.#newStream([id], timeoutMs, signal)
    } catch (err) {
      // it may serve another version by now
      if (err instanceof WireUnsupportedError) this.#plainId = undefined
      throw err
    }
  }

  async #newStream (ids: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<Stream> {
    const { maxConcurrent, runOnLimitedConnection } = this.#protocol
    const stopping = this.#stopping.signal
    const deadline = timeoutSignal(this.#context.clock, timeoutMs, signal == null ? stopping : AbortSignal.any([signal, stopping]))
    try {
      deadline.signal.throwIfAborted()
      return await this.connection.newStream([...ids], { signal: deadline.signal, maxOutboundStreams: maxConcurrent, runOnLimitedConnection })
    } catch (err) {
      if (stopping.aborted) throw stopping.reason
      const aborted = signal?.aborted === true
      const timedOut = !aborted && deadline.signal.aborted
      const error = toWireError(err, { protocol: this.#protocol.ids[0], peer: this.connection.remotePeer.toString(), timeoutMs, aborted, timedOut })
      if (error instanceof WireResetError) error.details.unsent = true
      throw error
    } finally {
      deadline.clear()
    }
  }

  async #callPlain (stream: Stream, payload: Uint8Array, timeoutMs: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { clock } = this.#context
    const { shape } = this.#protocol
    const plain = this.#track(stream)
    const timer = clock.after(timeoutMs, () => { plain.abort(new WireTimeoutError(`no answer within ${timeoutMs} ms`, { fault: 'timeout' })) })
    const onAbort = (): void => { plain.abort(new WireAbortedError('the call was aborted by this side', { cause: signal?.reason })) }
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    try {
      plain.send(payload)
      plain.closeWrite()
      const answer = await plain.read()
      if (answer == null && shape === 'request') throw new WireResetError('the other side closed without an answer')
      plain.finish(clock, LINGER_MS)
      return answer ?? NOTHING
    } catch (err) {
      if (err instanceof WireRemoteError) plain.finish(clock, LINGER_MS)
      else plain.abort(err as Error)
      throw err
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #track (stream: Stream): PlainStream {
    const { shape, maxResponseBytes } = this.#protocol
    const plain = new PlainStream(stream, { maxReadBytes: shape === 'notify' ? MAX_ANSWER_BYTES_OF_NOTIFY : maxResponseBytes, failures: true })
    if (plain.closed) return plain
    this.#plain.add(plain)
    stream.addEventListener('close', () => { this.#plain.delete(plain) }, { once: true })
    return plain
  }
}
