import { WireAbortedError, WireResetError } from '../../wire/errors.ts'
import { MuxServer } from '../../wire/mux/server.ts'
import { PlainStream } from '../../wire/plain/plain-stream.ts'
import { Admission } from './admission.ts'
import { IncomingContext } from './call-context.ts'
import { BUSY_STREAMS, LINGER_MS, MAX_MUX_STREAMS, MAX_OUTBOUND_STREAMS, MUX_PREFIX, SERVER_IDLE_MS } from './constants.ts'
import { faultOf, ProtocolError } from './errors.ts'
import { decodeMessage } from './message-source.ts'
import { PlainCall } from './plain-call.ts'
import { serveDuplex, serveItems } from './serve-stream.ts'
import { Serving } from './serving.ts'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { IncomingCall } from '../../wire/mux/server.ts'
import type { ProtocolsContext } from './context.ts'
import type { Protocol } from './definition.ts'
import type { Handlers } from './index.ts'
import type { Tally } from './tally.ts'

export type AnyHandler = Handlers<unknown, unknown>[keyof Handlers<unknown, unknown>]

/** Handlers at work for one connection. */
interface Load { active: number }

const NOTHING = new Uint8Array()

/** Serves one protocol, on each of its ids and, where calls are short, on the stream that carries many. */
export class ProtocolServer {
  readonly protocol: Protocol
  readonly #admission: Admission
  readonly #serving: Serving
  readonly #handler: AnyHandler
  readonly #loads = new WeakMap<Connection, Load>()
  readonly #muxes = new Set<MuxServer>()
  readonly #calls = new Set<PlainCall>()
  #registrar?: Registrar

  constructor (protocol: Protocol, handler: AnyHandler, tally: Tally, context: ProtocolsContext) {
    this.protocol = protocol
    this.#admission = new Admission(protocol, tally, context)
    this.#serving = new Serving(protocol, tally, context)
    this.#handler = handler
  }

  get tally (): Tally {
    return this.#serving.tally
  }

  get streams (): number {
    return this.#muxes.size + this.#calls.size
  }

  /** How full what is bounded is. */
  get gauges (): Admission['gauges'] & { heldCalls: number, unreadBytes: number, unsentBytes: number } {
    const held = { heldCalls: 0, unreadBytes: 0, unsentBytes: 0 }
    for (const { gauges: { calls, refused, unreadBytes, unsentBytes } } of this.#muxes) {
      held.heldCalls += calls + refused
      held.unreadBytes += unreadBytes
      held.unsentBytes += unsentBytes
    }
    return { ...this.#admission.gauges, ...held }
  }

  /** Rejects with `PROTOCOL_ALREADY_HANDLED` when one of the ids is taken; then none is. */
  async listen (registrar: Registrar): Promise<void> {
    const { ids, maxConcurrent, runOnLimitedConnection } = this.protocol
    this.#registrar = registrar
    const options = { maxOutboundStreams: MAX_OUTBOUND_STREAMS, runOnLimitedConnection }
    const taken: string[] = []
    const handle = async (id: string, maxInboundStreams: number, onStream: (stream: Stream, connection: Connection) => void): Promise<void> => {
      await registrar.handle(id, onStream, { ...options, maxInboundStreams })
      taken.push(id)
    }
    try {
      for (const id of ids) {
        await handle(id, maxConcurrent + BUSY_STREAMS, (stream, connection) => { this.#onPlain(stream, connection, id) })
        if (this.#isMuxed) await handle(MUX_PREFIX + id, MAX_MUX_STREAMS, (stream, connection) => { this.#onMux(stream, connection, id) })
      }
    } catch (err) {
      this.#registrar = undefined
      for (const id of taken) await registrar.unhandle(id)
      if (err instanceof Error && err.name === 'DuplicateProtocolHandlerError') {
        throw new ProtocolError('PROTOCOL_ALREADY_HANDLED', `${ids.join(', ')}: there is a handler for it already; take that back first`, { cause: err })
      }
      throw err
    }
  }

  /** Takes the ids back and aborts what is going on. */
  async close (): Promise<void> {
    const registrar = this.#registrar
    this.#registrar = undefined
    const { ids } = this.protocol
    try {
      for (const id of ids) {
        await registrar?.unhandle(id)
        if (this.#isMuxed) await registrar?.unhandle(MUX_PREFIX + id)
      }
    } finally {
      this.abort()
    }
  }

  /** What is going on. */
  abort (): void {
    const reason = new WireAbortedError(`${this.protocol.ids[0]} is no longer served`)
    for (const mux of this.#muxes) mux.stop(reason)
    for (const call of this.#calls) call.stop(reason)
    this.#muxes.clear()
  }

  get #isMuxed (): boolean {
    return this.protocol.shape === 'request' || this.protocol.shape === 'notify'
  }

  // many calls on one stream

  #onMux (stream: Stream, connection: Connection, id: string): void {
    if (!this.#takes(stream, connection, id)) return
    const { maxRequestBytes, maxResponseBytes, maxConcurrent, timeoutMs } = this.protocol
    const mux = new MuxServer(stream, {
      clock: this.#serving.context.clock,
      maxRequestBytes,
      maxResponseBytes,
      maxInFlight: maxConcurrent,
      timeoutMs,
      idleMs: SERVER_IDLE_MS,
      admit: () => this.#refusal(connection),
      onCall: call => { this.#onCall(call, connection, id) },
      onFault: (fault, evidence) => {
        // a stream that breaks off is nobody's fault
        if (fault !== 'reset') this.#serving.fault(connection.remotePeer, fault, evidence)
      }
    })
    if (stream.status !== 'open') return
    this.#muxes.add(mux)
    stream.addEventListener('close', () => { this.#muxes.delete(mux) }, { once: true })
  }

  // one call on one stream

  #onPlain (stream: Stream, connection: Connection, id: string): void {
    if (!this.#takes(stream, connection, id)) return
    const { shape, maxRequestBytes, maxResponseBytes, room } = this.protocol
    const { clock, log } = this.#serving.context
    const plain = new PlainStream(stream, { maxReadBytes: maxRequestBytes, failures: shape === 'duplex', room })
    const refusal = this.#refusal(connection)
    if (refusal != null) {
      plain.fail(refusal, 'try again later', clock, LINGER_MS)
      return
    }
    const call = new PlainCall(plain, shape === 'notify' ? undefined : maxResponseBytes, clock)
    this.#calls.add(call)
    plain.onClose = error => {
      this.#calls.delete(call)
      call.ended(error ?? new WireResetError('the call has ended'))
    }
    this.#servePlain(call, connection, id).catch((err: unknown) => {
      log.error('serving %s failed: %e', id, err)
      call.stop(new WireResetError('serving it failed', { cause: err }))
    })
  }

  async #servePlain (call: PlainCall, connection: Connection, id: string): Promise<void> {
    const { shape } = this.protocol
    const context = new IncomingContext(connection, id, call)
    if (shape === 'duplex') {
      await this.#loaded(connection, async () => serveDuplex(call, this.#serving, this.#handler as Handlers<unknown, unknown>['duplex'], context))
      return
    }
    if (!await this.#readRequest(call, connection)) return
    if (shape === 'stream') await this.#loaded(connection, async () => serveItems(call, this.#serving, this.#handler as Handlers<unknown, unknown>['stream'], context))
    else this.#onCall(call, connection, id)
  }

  /** False when the caller left, or did something wrong. */
  async #readRequest (call: PlainCall, connection: Connection): Promise<boolean> {
    const { remotePeer } = connection
    let late = true
    call.onLeft = () => { if (late && call.timedOut) this.#serving.fault(remotePeer, 'timeout') }
    call.silence.expect(this.protocol.timeoutMs)
    try {
      const payload = await call.plain.read()
      if (call.over) return false
      if (payload != null) {
        call.payload = payload
        return true
      }
      call.stop(new WireResetError('the caller left without a word'))
    } catch (err) {
      if (faultOf(err) != null) this.#serving.refuse(call, err, remotePeer)
      else call.stop(err as Error)
    } finally {
      late = false
    }
    return false
  }

  // all

  #takes (stream: Stream, connection: Connection, id: string): boolean {
    if (this.#registrar != null && !this.#admission.isBanned(connection)) return true
    stream.abort(new WireAbortedError(`${id} is not served to ${connection.remotePeer.toString()}`))
    return false
  }

  #refusal (connection: Connection): string | undefined {
    return this.#load(connection).active >= this.protocol.maxConcurrent ? 'busy' : this.#admission.refuse(connection)
  }

  #load (connection: Connection): Load {
    let load = this.#loads.get(connection)
    if (load == null) this.#loads.set(connection, load = { active: 0 })
    return load
  }

  async #loaded (connection: Connection, work: () => Promise<void>): Promise<void> {
    const load = this.#load(connection)
    load.active++
    try {
      await work()
    } finally {
      load.active--
    }
  }

  /** A request or message that is here as a whole. */
  #onCall (call: IncomingCall, connection: Connection, id: string): void {
    const { remotePeer } = connection
    const serving = this.#serving
    let request: unknown
    try {
      request = decodeMessage(this.protocol.request, call.payload)
    } catch (err) {
      serving.refuse(call, err, remotePeer)
      return
    }
    const startMs = serving.begin()
    let result: unknown
    try {
      result = (this.#handler as Handlers<unknown, unknown>['request'])(request, new IncomingContext(connection, id, call))
    } catch (err) {
      serving.end(startMs)
      serving.fail(call, err, remotePeer)
      return
    }
    if (!isThenable(result)) {
      serving.end(startMs)
      this.#answer(call, result, remotePeer)
      return
    }
    const load = this.#load(connection)
    load.active++
    const end = (): void => {
      load.active--
      serving.end(startMs)
    }
    result.then(value => {
      end()
      this.#answer(call, value, remotePeer)
    }, (err: unknown) => {
      end()
      serving.fail(call, err, remotePeer)
    })
  }

  #answer (call: IncomingCall, value: unknown, peerId: PeerId): void {
    try {
      call.respond(this.protocol.shape === 'request' ? this.#serving.encode(value) : NOTHING)
    } catch (err) {
      this.#serving.fail(call, err, peerId)
    }
  }
}

function isThenable (value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
