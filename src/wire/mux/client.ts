import { evidenceOf, undecodable, WireAbortedError, WireBusyError, WireError, WireOversizeError, WireResetError, WireTimeoutError, WireUndecodableError } from '../errors.ts'
import { decodeFailure, MAX_FAILURE_BYTES } from '../failure.ts'
import { Alarm } from './alarm.ts'
import { Assembly } from './assembly.ts'
import { ClientCall } from './client-call.ts'
import { CANCEL, END, FAILURE, FrameReader, MAX_CALL_ID, MORE } from './frame.ts'
import { lanes } from './lane.ts'
import { levelOf, Places } from './places.ts'
import { MAX_IN_PIECES } from './send-queue.ts'
import { MuxWriter } from './writer.ts'
import type { Lanes } from './lane.ts'
import type { Priority } from './priority.ts'
import type { OutgoingFrames } from './writer.ts'
import type { WireFault } from '../protocol.ts'
import type { Clock } from '../../util/clock.ts'
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'

export interface MuxClientInit {
  clock: Clock
  maxRequestBytes: number
  /** Of one answer; a longer one rejects its call with `WIRE_OVERSIZE`. */
  maxResponseBytes: number
  /** Calls that the remote works at, at a time; a sixteenth of it only for `high`, another one not for `low`. @default 256 */
  maxInFlight?: number
  /** Calls that wait for one of these places; more are rejected with `WIRE_BUSY`. @default 4096 */
  maxQueued?: number
  /** The stream is closed when there was no call for so long. @default 60_000 */
  idleMs?: number
  /** Once, when what the remote sent is against the contract of the stream, and all its calls are rejected: those errors have no `fault` then. */
  onFault?: (fault: WireFault, evidence?: Uint8Array) => void
}

export interface MuxCallOptions {
  timeoutMs: number
  signal?: AbortSignal
  /** @default 'normal' */
  priority?: Priority
}

const MAX_IN_FLIGHT = 256
const MAX_QUEUED = 4096
const IDLE_MS = 60_000
/** The remote closes its side for so long after this one. */
const CLOSE_MS = 10_000
/** Deadlines that are this close to each other are looked at together. */
const GRAIN_MS = 5
const NOTHING = new Uint8Array()

/** The caller's side of a stream that carries many calls. It owns the stream: nobody else reads, writes or ends it. */
export class MuxClient {
  readonly #stream: Stream
  readonly #init: MuxClientInit
  readonly #maxQueued: number
  readonly #idleMs: number
  readonly #reader = new FrameReader()
  readonly #writer: MuxWriter<OutgoingFrames>
  readonly #alarm: Alarm
  readonly #places: Places
  /** Calls without a place, by level. */
  readonly #backlog: Lanes<ClientCall> = lanes<ClientCall>()
  /** Calls of which something was sent, by id. */
  readonly #begun = new Map<number, ClientCall>()
  #nextId = 0
  #accepted = 0
  #active = 0
  /** Answers of which some pieces are here. */
  #inPieces = 0
  #idleSinceMs: number
  #closing = false
  #closedMs?: number
  #ended = false

  constructor (stream: Stream, init: MuxClientInit) {
    this.#stream = stream
    this.#init = init
    const maxInFlight = init.maxInFlight ?? MAX_IN_FLIGHT
    this.#places = new Places(maxInFlight, maxInFlight >> 4)
    this.#maxQueued = init.maxQueued ?? MAX_QUEUED
    this.#idleMs = init.idleMs ?? IDLE_MS
    this.#alarm = new Alarm(init.clock, this.#onAlarm)
    this.#writer = new MuxWriter(stream, { clock: init.clock, onBegin: this.#onBegin, onFlush: () => { this.#finish() } })
    this.#idleSinceMs = init.clock.monotonic()
    this.#alarm.set(this.#idleSinceMs + this.#idleMs)
    stream.addEventListener('close', this.#onClose)
    stream.addEventListener('end', this.#onEnd)
    stream.addEventListener('message', this.#onMessage)
    if (stream.status !== 'open') this.#end(new WireResetError('the stream had ended before it was used'))
    else if (stream.readableEnded) this.#onEnd()
  }

  /** False once it takes no more calls: it was closed, the stream has ended, or its ids are used up. */
  get open (): boolean {
    return !this.#closing && this.#accepted <= MAX_CALL_ID
  }

  /** How full what is bounded is; `calls` are those in flight and queued. */
  get gauges (): { calls: number, inFlight: number, queued: number, unsentBytes: number } {
    return { calls: this.#active, inFlight: this.#places.held, queued: this.#queued, unsentBytes: this.#writer.queue.bytes }
  }

  /**
   * Sends a request, which must not change meanwhile, and resolves to the answer: mostly a view of a larger buffer, so copy
   * what is kept for long. Rejects with a `WireError` in time: `WIRE_REMOTE` (the remote's own words), `WIRE_TIMEOUT`,
   * `WIRE_ABORTED`, `WIRE_RESET` (also when it is not open), `WIRE_BUSY`, `WIRE_OVERSIZE`, `WIRE_UNDECODABLE`.
   */
  call (payload: Uint8Array, { timeoutMs, signal, priority = 'normal' }: MuxCallOptions): Promise<Uint8Array> {
    const refusal = this.#refusal(payload, signal)
    if (refusal != null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const call = new ClientCall(payload, levelOf(priority), timeoutMs, this.#init.clock.monotonic(), resolve, reject)
      if (signal != null) call.bind(signal, () => { this.#leave(call, new WireAbortedError('the call was aborted by this side', { cause: signal.reason })) })
      this.#accepted++
      this.#active++
      this.#alarm.set(call.deadlineMs)
      if (this.#places.take(call.level)) this.#launch(call)
      else this.#backlog[call.level].push(call)
    })
  }

  /** No more calls. Those that are made are finished; then the stream is closed. */
  close (): void {
    this.#closing = true
    this.#finish()
  }

  /** Ends the stream; what is in flight is rejected, with this error when it is a `WireError`. */
  abort (error: Error): void {
    this.#end(error instanceof WireError ? error : new WireAbortedError(`the stream was aborted by this side: ${error.message}`, { cause: error }))
    this.#stream.abort(error)
  }

  get #queued (): number {
    return this.#backlog[0].size + this.#backlog[1].size + this.#backlog[2].size
  }

  #refusal (payload: Uint8Array, signal?: AbortSignal): WireError | undefined {
    const { maxRequestBytes } = this.#init
    if (signal?.aborted === true) return new WireAbortedError('the call was aborted by this side', { cause: signal.reason })
    if (!this.open) return unsent(new WireResetError('this stream takes no more calls: open another one'))
    if (payload.length > maxRequestBytes) return new WireOversizeError(`the message is ${payload.length} bytes, ${maxRequestBytes} are allowed: send less`)
    if (this.#queued >= this.#maxQueued) return new WireBusyError(`${this.#active} calls to this peer are under way: wait for some to end`)
    return undefined
  }

  #launch (call: ClientCall): void {
    call.inFlight = true
    this.#writer.push(call)
  }

  readonly #onBegin = (message: OutgoingFrames): void => {
    if (!(message instanceof ClientCall)) return
    message.id = this.#nextId++
    this.#begun.set(message.id, message)
  }

  readonly #onMessage = ({ data }: StreamMessageEvent): void => {
    if (this.#ended) return
    try {
      this.#reader.push(data)
      while (this.#reader.next()) this.#onFrame(this.#reader)
    } catch (err) {
      this.#violated(err as Error)
    }
  }

  #onFrame ({ id, kind, payload }: FrameReader): void {
    const call = this.#begun.get(id)
    if (id >= this.#nextId) throw undecodable(`the remote answers call ${id}, which was not made`, payload)
    if (kind > FAILURE) throw undecodable(`the remote sent a frame of kind ${kind}`, payload)
    if (kind === FAILURE && payload.length > MAX_FAILURE_BYTES) throw undecodable(`the remote sent a failure of ${payload.length} bytes`, payload)
    if (kind === MORE && payload.length === 0) throw undecodable('the remote sent an empty piece', payload)
    // mostly it was left, and the remote did not know yet
    if (call == null) return
    if (kind === FAILURE) {
      this.#leave(call, decodeFailure(payload))
    } else if (kind === END && call.answer == null) {
      this.#onAnswer(call, payload)
    } else {
      this.#onPiece(call, kind, payload)
    }
  }

  #onPiece (call: ClientCall, kind: number, payload: Uint8Array): void {
    if (call.answer == null) {
      if (this.#inPieces === MAX_IN_PIECES) throw undecodable(`the remote sends more than ${MAX_IN_PIECES} answers in pieces at a time`, payload)
      this.#inPieces++
      call.answer = new Assembly(this.#init.maxResponseBytes)
    }
    if (!call.answer.add(payload)) this.#leave(call, this.#tooLong(payload))
    else if (kind === END) this.#onAnswer(call, call.answer.message)
  }

  #onAnswer (call: ClientCall, answer: Uint8Array): void {
    if (answer.length > this.#init.maxResponseBytes) this.#leave(call, this.#tooLong(answer))
    else this.#leave(call, answer)
  }

  #tooLong (payload: Uint8Array): WireOversizeError {
    return new WireOversizeError(`the remote answers with more than ${this.#init.maxResponseBytes} bytes`, { fault: 'oversize', evidence: evidenceOf(payload) })
  }

  /** Settles a call, tells the remote when it may still be at it, and frees all that it held. */
  #leave (call: ClientCall, result: Uint8Array | WireError): void {
    if (call.begun) {
      this.#begun.delete(call.id)
      const partly = call.lane != null
      // who has answered works at it no more, but waits for the rest of the request
      const answered = result instanceof Uint8Array || result.code === 'WIRE_REMOTE'
      if (partly || !answered) this.#writer.push({ level: 0, kind: CANCEL, id: call.id, payload: NOTHING, sent: 0 })
    }
    // only now: whatever takes its place must come after the cancellation
    this.#backlog[call.level].remove(call)
    this.#writer.queue.drop(call)
    if (call.answer != null) this.#inPieces--
    if (call.inFlight) this.#places.release(call.level)
    this.#active--
    call.settle(result)
    this.#advance()
    if (this.#active > 0) return
    this.#idleSinceMs = this.#init.clock.monotonic()
    this.#alarm.set(this.#idleSinceMs + this.#idleMs)
    this.#finish()
  }

  /** Gives the places that are free to those that wait for them. */
  #advance (): void {
    if (this.#queued === 0) return
    for (const lane of this.#backlog) {
      for (let call = lane.first; call != null && this.#places.take(call.level); call = lane.first) {
        lane.remove(call)
        this.#launch(call)
      }
    }
  }

  readonly #onAlarm = (nowMs: number): void => {
    if (this.#closedMs != null) {
      if (nowMs >= this.#closedMs + CLOSE_MS) this.abort(new WireTimeoutError('the remote did not close its side of the stream'))
      else this.#alarm.set(this.#closedMs + CLOSE_MS)
      return
    }
    let nextMs = Infinity
    for (const call of this.#all()) {
      if (call.deadlineMs > nowMs) nextMs = Math.min(nextMs, call.deadlineMs)
      else this.#leave(call, new WireTimeoutError(`no answer within ${call.timeoutMs} ms: try another peer`, { fault: 'timeout' }))
    }
    if (this.#ended) return
    if (this.#active > 0) this.#alarm.set(Math.max(nextMs, nowMs + GRAIN_MS))
    else if (nowMs < this.#idleSinceMs + this.#idleMs) this.#alarm.set(this.#idleSinceMs + this.#idleMs)
    else this.#closeIdle()
  }

  #closeIdle (): void {
    this.close()
    if (this.#closedMs == null) this.abort(new WireTimeoutError('the remote does not read the stream'))
  }

  #all (): Set<ClientCall> {
    const all = new Set(this.#begun.values())
    for (const message of this.#writer.queue) if (message instanceof ClientCall) all.add(message)
    for (const lane of this.#backlog) for (const call of lane) all.add(call)
    return all
  }

  /** Half-closes when all is done and said. */
  #finish (): void {
    if (!this.#closing || this.#ended || this.#closedMs != null || this.#active > 0 || this.#writer.queue.size > 0) return
    this.#closedMs = this.#init.clock.monotonic()
    this.#alarm.set(this.#closedMs + CLOSE_MS)
    this.#stream.close().catch((err: Error) => { this.abort(err) })
  }

  readonly #onEnd = (): void => {
    // after a reset "close" is next
    if (this.#stream.status !== 'open') return
    if (this.#active > 0) this.abort(new WireResetError('the remote closed the stream before it had answered', { fault: 'reset' }))
    else this.close()
  }

  readonly #onClose = ({ error }: StreamCloseEvent): void => {
    this.#end(new WireResetError('the stream ended before the call was answered', { cause: error, fault: 'reset' }))
  }

  #violated (error: Error): void {
    if (error instanceof WireError && error.fault != null && this.#init.onFault != null) {
      const { fault, evidence } = error
      this.#end(new WireUndecodableError(error.message, { cause: error }))
      this.#init.onFault(fault, evidence)
    } else {
      this.abort(error)
    }
    this.#stream.abort(error)
  }

  #end (error: WireError): void {
    if (this.#ended) return
    this.#ended = this.#closing = true
    const calls = this.#all()
    this.#writer.stop()
    this.#alarm.clear()
    this.#stream.removeEventListener('message', this.#onMessage)
    this.#stream.removeEventListener('end', this.#onEnd)
    this.#stream.removeEventListener('close', this.#onClose)
    this.#active = 0
    this.#begun.clear()
    for (const call of calls) {
      this.#backlog[call.level].remove(call)
      if (call.inFlight) this.#places.release(call.level)
      call.settle(call.begun ? error : unsent(error))
    }
  }
}

/** For a call of which the remote has seen nothing: it may be made again. */
function unsent (error: WireError): WireError {
  if (!(error instanceof WireResetError)) return error
  const told = new WireResetError(error.message, { cause: error.cause, fault: error.fault })
  told.details.unsent = true
  return told
}
