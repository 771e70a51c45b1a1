import { WireAbortedError, WireRemoteError, WireTimeoutError } from '../../wire/errors.ts'
import { LINGER_MS, STALLED_MS } from './constants.ts'
import { faultOf, ProtocolError } from './errors.ts'
import { MessageSource } from './message-source.ts'
import { Silence } from './silence.ts'
import type { PlainStream } from '../../wire/plain/plain-stream.ts'
import type { OpenCall, ProtocolCaller } from './caller.ts'
import type { CallOptions, CallTarget, Duplex } from './index.ts'

/** Opens one. Rejects with a `ProtocolError`. */
export async function openDuplex (caller: ProtocolCaller, target: CallTarget, options: CallOptions): Promise<Duplex<unknown, unknown>> {
  const { links } = caller
  const startMs = links.begin()
  try {
    return new DuplexCall(caller, await caller.open(target, options), options, () => { links.end(startMs) })
  } catch (err) {
    links.end(startMs)
    throw caller.failed(err, '', options.timeoutMs ?? caller.protocol.timeoutMs)
  }
}

/** The caller's side of a stream with messages both ways. */
class DuplexCall implements Duplex<unknown, unknown> {
  readonly #caller: ProtocolCaller
  readonly #plain: PlainStream
  readonly #call: OpenCall
  readonly #timeoutMs: number
  readonly #silence: Silence
  readonly #messages: MessageSource<unknown>
  #writing = true
  /** The other side has failed, and may have said something before. */
  #remoteFailed = false
  /** Why it ended, if not well. */
  #error?: ProtocolError
  #sending: Promise<void> = Promise.resolve()

  constructor (caller: ProtocolCaller, call: OpenCall, { signal, timeoutMs = caller.protocol.timeoutMs }: CallOptions, onEnd: () => void) {
    this.#caller = caller
    this.#call = call
    this.#plain = call.plain
    this.#timeoutMs = timeoutMs
    this.#silence = new Silence(caller.context.clock, ms => { this.#fail(new WireTimeoutError(`nothing happened within ${ms} ms`, { fault: 'timeout' }), 'timeout') })
    this.#messages = new MessageSource(call.plain, caller.protocol.response, {
      onWait: () => {
        if (this.#error != null && !this.#remoteFailed) throw this.#error
        this.#silence.expect(timeoutMs)
      },
      onMessage: () => { this.#silence.ease() },
      onError: err => this.#fail(err, faultOf(err) ?? 'cancelled'),
      onLeave: () => { this.abort() }
    })
    call.plain.onFailure = err => {
      // what came before can be read all the same
      this.#remoteFailed = true
      this.#end(err, faultOf(err) ?? 'cancelled')
    }
    const onAbort = (): void => { this.#fail(new WireAbortedError('the call was aborted by this side', { cause: signal?.reason }), 'cancelled') }
    signal?.addEventListener('abort', onAbort, { once: true })
    call.plain.onClose = error => {
      this.#silence.clear()
      signal?.removeEventListener('abort', onAbort)
      if (error != null) this.#error ??= this.#toError(error)
      onEnd()
    }
    if (signal?.aborted === true) onAbort()
  }

  [Symbol.asyncIterator] (): AsyncIterator<unknown> {
    return this.#messages
  }

  async send (message: unknown): Promise<void> {
    const bytes = this.#caller.encode(message)
    this.#checkWritable()
    try {
      const room = this.#plain.send(bytes)
      this.#silence.heard()
      if (room) return
      // in turns, when several wait
      this.#sending = this.#sending.then(async () => this.#drained())
      await this.#sending
    } catch (err) {
      throw this.#fail(err, 'cancelled')
    }
  }

  async closeWrite (): Promise<void> {
    if (!this.#writing) return
    this.#checkWritable()
    this.#writing = false
    this.#plain.closeWrite()
  }

  abort (reason?: Error): void {
    if (this.#plain.closed) return
    this.#fail(new WireAbortedError('the call was aborted by this side', { cause: reason }), 'cancelled')
  }

  async #drained (): Promise<void> {
    await this.#plain.drained(this.#caller.context.clock, Math.max(STALLED_MS, this.#timeoutMs))
    this.#silence.heard()
  }

  #checkWritable (): void {
    if (this.#error != null) throw this.#error
    if (!this.#writing) throw new ProtocolError('PROTOCOL_RESET', 'this side has closed: nothing can be sent after closeWrite()')
  }

  /** Ends both ways, and gives the error for whoever waits. The other side is told, unless it said so itself. */
  #fail (err: unknown, code: string): ProtocolError {
    if (this.#error != null) return this.#error
    const error = this.#end(err, code)
    this.#plain.interrupt(error)
    return error
  }

  #end (err: unknown, code: string): ProtocolError {
    this.#error ??= this.#toError(err)
    this.#silence.clear()
    const { clock } = this.#caller.context
    if (err instanceof WireRemoteError) this.#plain.finish(clock, LINGER_MS)
    else this.#plain.fail(code, '', clock, LINGER_MS)
    return this.#error
  }

  #toError (err: unknown): ProtocolError {
    const { remotePeer } = this.#call.connection
    return this.#caller.failed(err, remotePeer.toString(), this.#timeoutMs, remotePeer)
  }
}
