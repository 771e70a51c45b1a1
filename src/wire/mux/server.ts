import { evidenceOf, undecodable, WireAbortedError, WireOversizeError, WireResetError, WireTimeoutError } from '../errors.ts'
import { encodeFailure } from '../failure.ts'
import { Alarm } from './alarm.ts'
import { Assembly } from './assembly.ts'
import { CANCEL, END, FAILURE, FrameReader, MORE } from './frame.ts'
import { MAX_IN_PIECES } from './send-queue.ts'
import { ServerCall } from './server-call.ts'
import { MuxWriter } from './writer.ts'
import type { Level } from './places.ts'
import type { Answer, IncomingCall } from './server-call.ts'
import type { WireError } from '../errors.ts'
import type { WireFault } from '../protocol.ts'
import type { Clock } from '../../util/clock.ts'
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'

export type { IncomingCall } from './server-call.ts'

export interface MuxServerInit {
  clock: Clock
  maxRequestBytes: number
  maxResponseBytes: number
  /** Calls at a time, with those whose answer is not sent yet; more are answered `busy`. @default 256 */
  maxInFlight?: number
  /** From the first piece of a request to its answer. */
  timeoutMs: number
  /** The stream is aborted when there was no call for so long. @default 300_000 */
  idleMs?: number
  /** A failure code when a call is not taken; asked before its payload is looked at, once for each call. */
  admit: () => string | undefined
  /** A call that is whole. Runs within the stream's event: it should return soon. */
  onCall: (call: IncomingCall) => void
  /** What the remote did wrong: `oversize` and `timeout` of one call, `undecodable` and `oversize` of the whole stream, which is aborted then. */
  onFault: (fault: WireFault, evidence?: Uint8Array) => void
}

const MAX_IN_FLIGHT = 256
const IDLE_MS = 300_000
/** Deadlines that are this close to each other are looked at together. */
const GRAIN_MS = 5
/** Failures of calls that were not taken, and that the remote has not read: nothing is read from it meanwhile. */
const MAX_LOOSE = 256
/** Payload of unsent answers, or four times the longest answer if that is more: likewise. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024
/** What is under way when nothing is read: Yamux grows its window to 16 MiB, and by libp2p's default 4 MiB reset the stream. */
const MAX_UNDER_WAY_BYTES = 16 * 1024 * 1024 + 512 * 1024

/**
 * The callee's side of a stream that carries many calls. It owns the stream: nobody else reads, writes or ends it. However
 * little the remote reads, it holds at most `maxInFlight` requests and answers, and those short of a piece more.
 */
export class MuxServer {
  readonly #stream: Stream
  readonly #init: MuxServerInit
  readonly #maxInFlight: number
  readonly #maxUnsentBytes: number
  readonly #idleMs: number
  readonly #reader = new FrameReader()
  readonly #writer: MuxWriter<Answer>
  readonly #alarm: Alarm
  /** Being received, handled, or answered and the answer not sent. */
  readonly #calls = new Map<number, ServerCall>()
  /** Not taken, or failed, while the remote is still sending the request; when to charge it for not ending it. */
  readonly #refused = new Map<number, number>()
  #nextId = 0
  /** Requests of which some pieces are here. */
  #receiving = 0
  /** Failures of calls that are not in `#calls`. */
  #loose = 0
  #idleSinceMs: number
  #paused = false
  #resuming = false
  #remoteEnded = false
  #closing = false
  #ended = false

  constructor (stream: Stream, init: MuxServerInit) {
    this.#stream = stream
    this.#init = init
    this.#maxInFlight = init.maxInFlight ?? MAX_IN_FLIGHT
    this.#maxUnsentBytes = Math.max(MAX_UNSENT_BYTES, 4 * init.maxResponseBytes)
    this.#idleMs = init.idleMs ?? IDLE_MS
    this.#alarm = new Alarm(init.clock, this.#onAlarm)
    this.#writer = new MuxWriter<Answer>(stream, { clock: init.clock, onDone: this.#onSent, onFlush: this.#onFlush })
    this.#idleSinceMs = init.clock.monotonic()
    this.#alarm.set(this.#idleSinceMs + this.#idleMs)
    stream.maxReadBufferLength = Math.max(stream.maxReadBufferLength, MAX_UNDER_WAY_BYTES)
    stream.addEventListener('close', this.#onClose)
    stream.addEventListener('end', this.#onEnd)
    stream.addEventListener('message', this.#onMessage)
    if (stream.status !== 'open') this.#end(new WireResetError('the stream had ended before it was used'))
    else if (stream.readableEnded && stream.readBufferLength === 0) this.#onEnd()
  }

  /** How full what is bounded is; `calls` are those being received or handled, and those whose answer is not sent. */
  get gauges (): { calls: number, receiving: number, refused: number, unreadBytes: number, unsent: number, unsentBytes: number } {
    const { size: unsent, bytes: unsentBytes } = this.#writer.queue
    return { calls: this.#calls.size, receiving: this.#receiving, refused: this.#refused.size, unreadBytes: this.#reader.bufferedBytes, unsent, unsentBytes }
  }

  /** Ends the stream; whatever is being handled is aborted. */
  stop (error: Error): void {
    this.#end(error)
    this.#stream.abort(error)
  }

  readonly #onMessage = ({ data }: StreamMessageEvent): void => {
    if (this.#ended) return
    this.#reader.push(data)
    this.#read()
    if (this.#stream.readableEnded && this.#stream.readBufferLength === 0 && !this.#remoteEnded) this.#onEnd()
  }

  #read (): void {
    const nowMs = this.#init.clock.monotonic()
    try {
      while (!this.#paused && !this.#ended && this.#reader.next()) {
        this.#onFrame(this.#reader, nowMs)
        if (this.#isFull()) this.#pause()
      }
    } catch (err) {
      const { fault, evidence } = err as WireError
      this.stop(err as Error)
      if (fault != null) this.#init.onFault(fault, evidence)
    }
  }

  #isFull (): boolean {
    return this.#loose >= MAX_LOOSE || this.#writer.queue.bytes > this.#maxUnsentBytes
  }

  /** What is sent to it waits at the remote then; on transports without flow control here, up to the stream's own limit. */
  #pause (): void {
    this.#paused = true
    // not while it is resumed: libp2p would go on asking for more
    if (!this.#resuming && this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  #resume (): void {
    this.#paused = false
    this.#read()
    if (this.#paused || this.#stream.readStatus !== 'paused') return
    this.#resuming = true
    this.#stream.resume()
    this.#resuming = false
    // it may have been resumed by what followed, and be full, or over, by now
    if (this.#paused && !this.#ended) this.#pause()
  }

  #onFrame ({ id, kind, payload }: FrameReader, nowMs: number): void {
    if (kind !== END && kind !== MORE && kind !== CANCEL) throw undecodable(`the remote sent a frame of kind ${kind}`, payload)
    if (kind === MORE && payload.length === 0) throw undecodable('the remote sent an empty piece', payload)
    if (kind === CANCEL && payload.length > 0) throw undecodable('the remote cancels a call with a payload', payload)
    if (id > this.#nextId || (id === this.#nextId && kind === CANCEL)) throw undecodable(`the remote goes on with call ${id}, which it has not begun`, payload)
    if (id === this.#nextId) {
      this.#onBegin(id, kind, payload, nowMs)
    } else if (kind === CANCEL) {
      this.#onCancel(id)
    } else if (this.#refused.has(id)) {
      if (kind === END) this.#refused.delete(id)
    } else {
      this.#onPiece(id, kind, payload)
    }
  }

  #onBegin (id: number, kind: number, payload: Uint8Array, nowMs: number): void {
    if (kind === MORE && this.#receiving + this.#refused.size === MAX_IN_PIECES) throw undecodable(`the remote sends more than ${MAX_IN_PIECES} requests in pieces at a time`, payload)
    this.#nextId++
    const { timeoutMs, maxRequestBytes } = this.#init
    const code = this.#init.admit() ?? (this.#calls.size >= this.#maxInFlight ? 'busy' : undefined)
    if (code != null) {
      if (kind === MORE) this.#refuse(id, nowMs)
      this.#sendFailure(id, code)
      return
    }
    const call = new ServerCall(this, id, payload, nowMs + timeoutMs)
    this.#calls.set(id, call)
    this.#alarm.set(call.deadlineMs)
    if (kind === MORE) {
      call.request = new Assembly(maxRequestBytes)
      this.#receiving++
      this.#onPiece(id, kind, payload)
    } else if (payload.length > maxRequestBytes) {
      this.#tooLong(call, payload)
    } else {
      this.#handle(call)
    }
  }

  #onPiece (id: number, kind: number, payload: Uint8Array): void {
    const call = this.#calls.get(id)
    if (call?.request == null) throw undecodable(`the remote uses call ${id} again`, payload)
    if (!call.request.add(payload)) {
      if (kind === MORE) this.#refuse(id, this.#init.clock.monotonic())
      this.#tooLong(call, payload)
    } else if (kind === END) {
      call.payload = call.request.message
      this.#received(call)
      this.#handle(call)
    }
  }

  #tooLong (call: ServerCall, payload: Uint8Array): void {
    this.fail(call, 'oversize', `at most ${this.#init.maxRequestBytes} bytes`)
    this.#init.onFault('oversize', evidenceOf(payload))
  }

  #handle (call: ServerCall): void {
    try {
      this.#init.onCall(call)
    } catch (err) {
      this.#stream.log.error('a handler of calls threw - %e', err)
      this.fail(call, 'internal', '')
    }
  }

  #onCancel (id: number): void {
    this.#refused.delete(id)
    const call = this.#calls.get(id)
    if (call == null) return
    this.#drop(call, new WireAbortedError('the caller has left the call'))
    this.#rest()
  }

  respond (call: ServerCall, bytes: Uint8Array, level: Level): void {
    if (!this.#isOpen(call)) return
    const { maxResponseBytes } = this.#init
    if (bytes.length > maxResponseBytes) throw new WireOversizeError(`the answer is ${bytes.length} bytes, ${maxResponseBytes} are allowed`)
    this.#answer(call, { call, level, kind: END, id: call.id, payload: bytes, sent: 0 })
  }

  fail (call: ServerCall, code: string, message: string): void {
    if (!this.#isOpen(call)) return
    this.#received(call)
    this.#answer(call, { call, level: 0, kind: FAILURE, id: call.id, payload: encodeFailure(code, message), sent: 0 })
  }

  /** Not answered, and not cancelled. */
  #isOpen (call: ServerCall): boolean {
    return !this.#ended && call.answer == null && this.#calls.get(call.id) === call
  }

  #answer (call: ServerCall, answer: Answer): void {
    call.answer = answer
    this.#writer.push(answer)
  }

  #sendFailure (id: number, code: string): void {
    this.#loose++
    this.#writer.push({ call: undefined, level: 0, kind: FAILURE, id, payload: encodeFailure(code, ''), sent: 0 })
  }

  /** Its request is whole, or not wanted any more. */
  #received (call: ServerCall): void {
    if (call.request == null) return
    call.request = undefined
    this.#receiving--
  }

  #refuse (id: number, nowMs: number): void {
    const chargeMs = nowMs + this.#init.timeoutMs
    this.#refused.set(id, chargeMs)
    this.#alarm.set(chargeMs)
  }

  /** Frees all that a call holds. */
  #drop (call: ServerCall, reason: Error): void {
    this.#received(call)
    if (call.answer != null) this.#writer.queue.drop(call.answer)
    this.#calls.delete(call.id)
    call.abort(reason)
  }

  readonly #onSent = ({ call }: Answer): void => {
    if (call == null) this.#loose--
    else this.#calls.delete(call.id)
  }

  readonly #onFlush = (): void => {
    if (this.#ended) return
    if (this.#paused && this.#loose <= MAX_LOOSE / 2 && this.#writer.queue.bytes <= this.#maxUnsentBytes / 2) this.#resume()
    this.#rest()
  }

  readonly #onAlarm = (nowMs: number): void => {
    let nextMs = Infinity
    for (const call of this.#calls.values()) {
      if (call.deadlineMs <= nowMs && !this.#expire(call, nowMs)) return
      nextMs = Math.min(nextMs, call.deadlineMs)
    }
    for (const [id, chargeMs] of this.#refused) {
      if (chargeMs > nowMs) {
        nextMs = Math.min(nextMs, chargeMs)
      } else {
        // it holds its place, so that what still comes of it is no offence
        this.#refused.set(id, Infinity)
        this.#init.onFault('timeout')
      }
    }
    if (this.#calls.size === 0) {
      if (nowMs >= this.#idleSinceMs + this.#idleMs) {
        this.stop(new WireTimeoutError(`no call within ${this.#idleMs} ms`))
        return
      }
      nextMs = Math.min(nextMs, this.#idleSinceMs + this.#idleMs)
    }
    if (!this.#ended) this.#alarm.set(Math.max(nextMs, nowMs + GRAIN_MS))
  }

  /** False when the stream was ended for it. */
  #expire (call: ServerCall, nowMs: number): boolean {
    const { timeoutMs } = this.#init
    if (call.late) {
      this.stop(new WireTimeoutError(`the remote has not read an answer within ${timeoutMs} ms`))
      return false
    }
    if (call.request != null) this.#refuse(call.id, nowMs)
    const unsent = call.answer
    call.answer = undefined
    call.late = true
    call.deadlineMs = nowMs + timeoutMs
    this.fail(call, 'timeout', `not answered within ${timeoutMs} ms`)
    // only now: whatever takes its place must come after the failure
    if (unsent != null) this.#writer.queue.drop(unsent)
    call.abort(new WireTimeoutError(`the call was not answered within ${timeoutMs} ms`))
    return true
  }

  readonly #onEnd = (): void => {
    // after a reset "close" is next
    if (this.#stream.status !== 'open') return
    this.#remoteEnded = true
    this.#rest()
  }

  /** Nothing is going on, perhaps: it may be idle, or all that there was to do is done. */
  #rest (): void {
    if (this.#ended || this.#paused) return
    if (this.#remoteEnded) {
      // what has not come whole never will
      for (const call of this.#calls.values()) if (call.request != null) this.#drop(call, new WireResetError('the remote ended the stream within a request'))
    }
    if (this.#calls.size > 0 || this.#writer.queue.size > 0) return
    if (this.#remoteEnded && !this.#closing) {
      this.#closing = true
      this.#stream.close().catch((err: Error) => { this.stop(err) })
    }
    this.#idleSinceMs = this.#init.clock.monotonic()
    this.#alarm.set(this.#idleSinceMs + this.#idleMs)
  }

  readonly #onClose = ({ error }: StreamCloseEvent): void => {
    this.#end(new WireResetError('the stream ended before the call was answered', { cause: error }))
  }

  #end (error: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#writer.stop()
    this.#alarm.clear()
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('end', this.#onEnd)
    this.#stream.removeEventListener('close', this.#onClose)
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    this.#refused.clear()
    this.#receiving = 0
    this.#loose = 0
    for (const call of calls) call.abort(error)
  }
}
