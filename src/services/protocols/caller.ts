import { WireError, WireRemoteError } from '../../wire/errors.ts'
import { SchemaUnusableError } from '../../wire/json-codec.ts'
import { evidenceOf, faultOf, ProtocolError, toProtocolError } from './errors.ts'
import { isUnsent } from './link.ts'
import { decodeMessage } from './message-source.ts'
import type { Connection, PeerId } from '@libp2p/interface'
import type { PlainStream } from '../../wire/plain/plain-stream.ts'
import type { Connector } from './connector.ts'
import type { ProtocolsContext } from './context.ts'
import type { Protocol } from './definition.ts'
import type { CallOptions, CallTarget } from './index.ts'
import type { Link } from './link.ts'
import type { Priority } from '../../wire/mux/priority.ts'
import type { KnownLink, Links } from './links.ts'
import type { Pace } from './pace.ts'
import type { Callee } from './target.ts'

/** A stream for one call, and what is left of its time. */
export interface OpenCall {
  plain: PlainStream
  connection: Connection
}

interface Attempt {
  readonly startMs: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  readonly priority?: Priority
  /** It counts at the pace of its peer. */
  paced: boolean
  /** For that. */
  waitedMs: number
  /** Whom it is for, in words, once that is known. */
  peer: string
  /** What it went over last. */
  known?: KnownLink
}

/** This side of one protocol: calls of others. */
export class ProtocolCaller {
  readonly protocol: Protocol
  readonly links: Links
  readonly context: ProtocolsContext
  readonly #connector: Connector
  /** Who was called last: mostly it is called again. */
  #last?: { target: CallTarget, known: KnownLink, peer: string }

  constructor (protocol: Protocol, links: Links, connector: Connector, context: ProtocolsContext) {
    this.protocol = protocol
    this.links = links
    this.context = context
    this.#connector = connector
  }

  /** One request and its answer, decoded; of a `notify` undefined. */
  async call (target: CallTarget, message: unknown, { signal, timeoutMs = this.protocol.timeoutMs, priority }: CallOptions): Promise<unknown> {
    const { links } = this
    const startMs = links.begin()
    const attempt: Attempt = { startMs, timeoutMs, signal, priority, paced: false, waitedMs: 0, peer: 'the peer' }
    try {
      const payload = this.encode(message)
      const answer = await this.#ask(target, attempt, payload)
      const value = this.protocol.shape === 'request' ? decodeMessage(this.protocol.response, answer) : undefined
      links.end(startMs, attempt.known, answer.byteLength, attempt.waitedMs)
      return value
    } catch (err) {
      links.end(startMs)
      throw this.failed(err, attempt.peer, timeoutMs, attempt.known?.link.connection.remotePeer, attempt.waitedMs)
    }
  }

  /** A stream of its own for one call. Rejects with a `ProtocolError`. */
  async open (target: CallTarget, { signal, timeoutMs = this.protocol.timeoutMs, priority }: CallOptions): Promise<OpenCall> {
    const attempt: Attempt = { startMs: this.context.clock.monotonic(), timeoutMs, signal, priority, paced: false, waitedMs: 0, peer: 'the peer' }
    try {
      const callee = this.#read(target, attempt)
      return await this.#attempt(callee, attempt, async (link, leftMs) => ({ plain: await link.open(leftMs, signal), connection: link.connection }))
    } catch (err) {
      throw toProtocolError(err, { protocol: this.protocol.ids[0], peer: attempt.peer, timeoutMs })
    }
  }

  /** Mostly there is an open stream, and nothing to wait for but the answer. */
  async #ask (target: CallTarget, attempt: Attempt, payload: Uint8Array): Promise<Uint8Array> {
    const { timeoutMs, signal, priority } = attempt
    const last = this.#last
    if (last != null && last.target === target && last.known.link.isReady && signal?.aborted !== true && last.known.pace.take(attempt.startMs)) {
      attempt.paced = true
      attempt.known = last.known
      attempt.peer = last.peer
      try {
        return await last.known.link.ask(payload, { timeoutMs, signal, priority })
      } catch (err) {
        if (!isUnsent(err)) throw err
      }
    }
    const callee = this.#read(target, attempt)
    const answer = await this.#attempt(callee, attempt, async (link, leftMs) => link.call(payload, { timeoutMs: leftMs, signal, priority }))
    if (attempt.known?.link.isReady === true) this.#last = { target, known: attempt.known, peer: attempt.peer }
    return answer
  }

  #read (target: CallTarget, attempt: Attempt): Callee {
    if (!this.context.running) throw new ProtocolError('PROTOCOL_STOPPED', 'this node is not running: start it before anything is called')
    const { signal } = attempt
    if (signal?.aborted === true) throw new ProtocolError('PROTOCOL_ABORTED', 'the call was aborted before it began', { cause: signal.reason })
    const callee = this.#connector.read(target)
    attempt.peer = callee.text
    return callee
  }

  /** Once more when nothing was sent: the connection, or the stream, had ended and nobody knew. */
  async #attempt<T> (callee: Callee, attempt: Attempt, work: (link: Link, leftMs: number) => Promise<T>): Promise<T> {
    const { signal, startMs, timeoutMs } = attempt
    const { runOnLimitedConnection } = this.protocol
    for (let leftMs = timeoutMs, first = true; ; first = false) {
      const connection = this.#connector.existing(callee, runOnLimitedConnection)
      if (connection == null) {
        attempt.known = this.links.get(await this.#connector.dial(callee, { timeoutMs: leftMs, signal, runOnLimitedConnection }))
        leftMs = timeoutMs - (this.context.clock.monotonic() - startMs)
      } else {
        attempt.known = this.links.get(connection)
      }
      try {
        if (!attempt.paced) {
          await this.#wait(attempt, attempt.known.pace, leftMs)
          leftMs -= attempt.waitedMs
        }
        return await work(attempt.known.link, Math.max(1, leftMs))
      } catch (err) {
        leftMs = timeoutMs - (this.context.clock.monotonic() - startMs)
        if (!first || !isUnsent(err) || leftMs <= 0) throw err
      }
    }
  }

  async #wait (attempt: Attempt, pace: Pace, leftMs: number): Promise<void> {
    const { clock } = this.context
    const startMs = clock.monotonic()
    if (!pace.take(startMs)) {
      await pace.turn(leftMs, attempt.signal, attempt.priority)
      attempt.waitedMs = clock.monotonic() - startMs
    }
    attempt.paced = true
  }

  /** Throws `PROTOCOL_INVALID`, `PROTOCOL_TOO_LARGE`, and `PROTOCOL_DEFINITION_INVALID` for a schema that breaks. */
  encode (message: unknown): Uint8Array {
    const { ids: [id], request, maxRequestBytes } = this.protocol
    let bytes: Uint8Array
    try {
      bytes = request.encode(message)
    } catch (err) {
      if (err instanceof SchemaUnusableError) throw new ProtocolError('PROTOCOL_DEFINITION_INVALID', `the definition of ${id} cannot be used: ${err.message}`, { cause: err, details: { protocol: id } })
      throw new ProtocolError('PROTOCOL_INVALID', `the message is none of ${id}: ${err instanceof Error ? err.message : String(err)}`, { cause: err, details: { protocol: id } })
    }
    if (bytes.byteLength <= maxRequestBytes) return bytes
    throw new ProtocolError('PROTOCOL_TOO_LARGE', `the message is ${bytes.byteLength} bytes, ${id} allows ${maxRequestBytes}: send less`, { details: { protocol: id, bytes: bytes.byteLength, maxBytes: maxRequestBytes } })
  }

  /** Counts a failure, charges the peer if it broke the protocol, and gives the error to throw. */
  failed (err: unknown, peer: string, timeoutMs: number, peerId?: PeerId, waitedMs = 0): ProtocolError {
    this.links.tally.failed++
    const { protocol: { ids: [protocol], timeoutMs: ownMs } } = this
    const error = toProtocolError(err, { protocol, peer, timeoutMs })
    if (peerId == null) return error
    if (err instanceof WireRemoteError && err.remoteCode === 'rate-limited') this.links.slow(peerId)
    const fault = faultOf(err)
    if (fault != null && (!(err instanceof WireError) || err.fault != null)) this.links.charge(peerId, fault, evidenceOf(err))
    // one who was given less time than the protocol has did nothing that counts
    else if (error.code === 'PROTOCOL_TIMEOUT' && !(err instanceof WireRemoteError) && timeoutMs - waitedMs >= ownMs) this.context.scoring.observe(peerId, { what: 'request-timeout' })
    return error
  }
}
