import { WireResetError, WireTimeoutError } from '../errors.ts'
import { encodeFailure } from '../failure.ts'
import { FAILURE_MARK, MessageSplitter, prefixOf } from './message-splitter.ts'
import type { Clock, Timer } from '../../util/clock.ts'
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'

/** Bytes that wait to be read before the other side has to wait; below half of it, it may go on. */
const READ_AHEAD_BYTES = 512 * 1024
/** What a message that waits takes beside its bytes, about. */
const MESSAGE_COST_BYTES = 128
/** Bytes that wait to be sent before `send` says so: enough that the next window is filled at once. */
const WRITE_AHEAD_BYTES = 256 * 1024
/** What is under way when the reader pauses: Yamux grows its window to 16 MiB, and by libp2p's default 4 MiB reset the stream. */
const MAX_UNDER_WAY_BYTES = 16 * 1024 * 1024 + READ_AHEAD_BYTES

/** Of a message that is too large to be copied: with Yamux' header and Noise's tag one encrypted message, which ends at 64 KiB. */
const HEAD_BYTES = 64 * 1024 - 64
const MAX_COPIED_BYTES = 2 * HEAD_BYTES

export interface PlainStreamInit {
  /** Of one message that is read. */
  maxReadBytes: number
  /** Whether the other side may end with a `Failure`. */
  failures: boolean
  /** Memory for a message of this length that comes in pieces, instead of its own. */
  room?: (length: number) => Uint8Array | undefined
}

/**
 * Length-prefixed messages, any number of them, both ways on one stream, with back pressure both ways; either way may end
 * with a `Failure` instead of a message: see `protocols/call/README.md`. One reader and one writer at a time.
 */
export class PlainStream {
  readonly stream: Stream
  readonly #splitter: MessageSplitter
  readonly #closeStream: () => Promise<void>
  /** Messages that nobody has read, and their bytes. */
  readonly #queue: Uint8Array[] = []
  #queued = 0
  #reader?: PromiseWithResolvers<Uint8Array | undefined>
  #writer?: PromiseWithResolvers<void>
  #onClose?: (error?: Error) => void
  #onFailure?: (error: Error) => void
  #timer?: Timer
  /** What was wrong with what the other side has sent. */
  #fault?: Error
  /** Why the stream broke off. */
  #error?: Error
  #ended: boolean
  /** It said so: the end of a connection is none. */
  #remoteClosed: boolean
  #closed = false
  #paused = false
  #resuming = false
  #discarding = false

  constructor (stream: Stream, { maxReadBytes, failures, room }: PlainStreamInit) {
    this.stream = stream
    this.#splitter = new MessageSplitter(maxReadBytes, failures, room)
    // multistream-select may have taken all there was, and put back what is ours
    this.#ended = stream.readableEnded && stream.readBufferLength === 0
    this.#remoteClosed = stream.remoteWriteStatus === 'closed'
    // libp2p closes all streams of a connection that it closes, and to the other side that would look as if all was said
    this.#closeStream = stream.close.bind(stream)
    stream.close = async () => {
      if (stream.writeStatus === 'writable') this.abort(new WireResetError('the connection was closed by this side'))
    }
    stream.maxReadBufferLength = Math.max(stream.maxReadBufferLength, MAX_UNDER_WAY_BYTES)
    stream.addEventListener('message', this.#onMessage)
    stream.addEventListener('end', this.#onEnd)
    stream.addEventListener('remoteCloseWrite', this.#onRemoteClose)
    stream.addEventListener('drain', this.#onDrain)
    // what was held back goes out after "drain", which may have been before anybody waited
    stream.addEventListener('idle', this.#onDrain)
    stream.addEventListener('close', this.#onClosed)
    if (stream.status === 'aborted' || stream.status === 'reset') this.#close(reset())
    else if (stream.status === 'closed') this.#close()
  }

  /** Bytes that have come and were not read. */
  get bufferedBytes (): number {
    return this.#splitter.bufferedBytes + this.#queued
  }

  /** Both sides have closed, or one has given up. */
  get closed (): boolean {
    return this.#closed
  }

  /** Nothing more comes. */
  get ended (): boolean {
    return this.#ended || this.#closed
  }

  /** Called once when the stream has ended at both sides, with the error if it broke. */
  set onClose (listener: (error?: Error) => void) {
    this.#onClose = listener
    if (this.#closed) listener(this.#error)
  }

  /** Called once, as soon as the other side has sent a failure or what is no message, though nobody reads that yet. */
  set onFailure (listener: (error: Error) => void) {
    this.#onFailure = listener
    if (this.#fault != null) listener(this.#fault)
  }

  /**
   * The next message, or undefined when the other side has closed. Rejects with a `WireRemoteError` for its failure, a
   * `WireOversizeError` or `WireUndecodableError` for what is none, a `WireResetError` when the stream broke off, or with
   * what it was aborted with.
   */
  async read (): Promise<Uint8Array | undefined> {
    let message = this.#next()
    if (this.#paused && (message == null || this.#weight < READ_AHEAD_BYTES / 2)) {
      this.#resume()
      message ??= this.#next()
    }
    if (message != null) return message
    const error = this.#fault ?? this.#error
    if (error != null) throw error
    if (this.#ended || this.#closed) return this.#end()
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }

  /** False when the other side should be waited for, with `drained`. Throws when the stream is gone. */
  send (message: Uint8Array): boolean {
    if (this.#closed) throw this.#error ?? reset()
    const prefix = prefixOf(message.byteLength)
    // what is large is not copied, but for its start: a length of its own would be a packet of its own
    const head = joined(prefix, message.byteLength <= MAX_COPIED_BYTES ? message : message.subarray(0, HEAD_BYTES - prefix.byteLength))
    this.stream.send(head)
    if (head.byteLength < prefix.byteLength + message.byteLength) this.stream.send(message.subarray(head.byteLength - prefix.byteLength))
    return this.stream.writeBufferLength < WRITE_AHEAD_BYTES
  }

  /** Resolves when there is room. Rejects when the stream breaks; it is aborted when the other side takes nothing for `stalledMs`. */
  async drained (clock: Clock, stalledMs: number): Promise<void> {
    // not onDrain: that is resolved for good after the first time
    while (this.stream.writeBufferLength >= WRITE_AHEAD_BYTES && !this.#closed) {
      this.#writer = Promise.withResolvers()
      const timer = clock.after(stalledMs, () => { this.abort(new WireTimeoutError(`the other side took nothing for ${stalledMs} ms`)) })
      await this.#writer.promise.finally(() => { timer.cancel() })
    }
    if (this.#closed) throw this.#error ?? reset()
  }

  /** Says that nothing more comes from this side, once all of it is sent. Reads tell when that fails. */
  closeWrite (): void {
    this.#closeStream().catch((err: unknown) => { this.abort(err instanceof Error ? err : reset()) })
  }

  /** Takes no notice of what still comes. */
  discard (): void {
    this.#discarding = true
    if (this.#paused) this.#resume()
  }

  /** Ends with a failure, else like `finish`. After this side has closed it can only give up. */
  fail (code: string, message: string, clock: Clock, graceMs: number, sendingMs = graceMs): void {
    if (this.#closed) return
    if (this.stream.writeStatus !== 'writable') {
      this.abort(reset('it failed after this side had closed'))
      return
    }
    const failure = encodeFailure(code, message)
    this.stream.send(joined(FAILURE_MARK, prefixOf(failure.byteLength), failure))
    this.finish(clock, graceMs, sendingMs)
  }

  /**
   * Closes, and takes no notice of what still comes. Aborted when what is to be sent is not gone within `sendingMs`, or when
   * the other side has not closed `graceMs` later.
   */
  finish (clock: Clock, graceMs: number, sendingMs = graceMs): void {
    if (this.#closed) return
    this.discard()
    const limit = (ms: number): void => {
      if (this.#closed) return
      this.#timer?.cancel()
      this.#timer = clock.after(ms, () => { this.abort(reset('the other side did not close')) })
    }
    limit(sendingMs)
    this.#closeStream().then(() => { limit(graceMs) }, () => { this.abort(reset()) })
  }

  /** Once what is here was read, reads reject with this; nothing more is taken. */
  interrupt (err: Error): void {
    this.#fault ??= err
    this.discard()
    if (this.#queue.length === 0) this.#reject(this.#fault)
  }

  /** Gives up: the other side sees a reset. Reads reject with `err`. */
  abort (err: Error): void {
    this.stream.abort(err)
  }

  readonly #onMessage = ({ data }: StreamMessageEvent): void => {
    this.#take(data)
    // "end" was before it, then, and does not come again
    if (this.stream.readableEnded && this.stream.readBufferLength === 0) this.#onEnd()
  }

  #take (data: StreamMessageEvent['data']): void {
    if (this.#discarding) return
    if (data instanceof Uint8Array) this.#splitter.push(data)
    else for (const chunk of data) this.#splitter.push(chunk)
    this.#split()
    const reader = this.#reader
    const message = reader == null ? undefined : this.#next()
    if (message != null) {
      this.#reader = undefined
      reader?.resolve(message)
    } else if (this.#fault != null) {
      this.#reject(this.#fault)
    }
    if (!this.#resuming) this.#pauseWhenFull()
  }

  /** Not while it is resumed: libp2p would go on asking for more. */
  #pauseWhenFull (): void {
    if (this.#queue.length === 0 || this.#weight <= READ_AHEAD_BYTES || this.stream.readStatus !== 'readable') return
    this.#paused = true
    this.stream.pause()
  }

  /** What is held, with what each message takes beside its bytes. */
  get #weight (): number {
    return this.bufferedBytes + this.#queue.length * MESSAGE_COST_BYTES
  }

  readonly #onRemoteClose = (): void => { this.#remoteClosed = true }

  readonly #onEnd = (): void => {
    // "close" is next, and says why
    if (this.#ended || !this.#remoteClosed || this.stream.status === 'aborted' || this.stream.status === 'reset') return
    this.#ended = true
    const reader = this.#reader
    this.#reader = undefined
    if (reader == null) return
    try {
      reader.resolve(this.#end())
    } catch (err) {
      reader.reject(err)
    }
  }

  readonly #onDrain = (): void => {
    const writer = this.#writer
    this.#writer = undefined
    writer?.resolve()
  }

  readonly #onClosed = ({ error }: StreamCloseEvent): void => { this.#close(error) }

  #close (error?: Error): void {
    if (this.#closed) return
    this.#closed = true
    this.#timer?.cancel()
    if (error != null) this.#error ??= error.name === 'StreamResetError' ? reset() : error
    else if (!this.#remoteClosed) this.#error ??= reset('the connection was closed')
    this.stream.removeEventListener('drain', this.#onDrain)
    this.stream.removeEventListener('idle', this.#onDrain)
    this.stream.removeEventListener('close', this.#onClosed)
    this.#writer?.reject(this.#error ?? reset())
    // what came before is read first
    if (this.#reader != null) this.#reject(this.#error ?? reset())
    this.#onClose?.(this.#error)
  }

  #reject (err: Error): void {
    const reader = this.#reader
    this.#reader = undefined
    reader?.reject(err)
  }

  #resume (): void {
    this.#paused = false
    if (this.stream.readStatus !== 'paused') return
    this.#resuming = true
    this.stream.resume()
    this.#resuming = false
    if (!this.#discarding) this.#pauseWhenFull()
  }

  #next (): Uint8Array | undefined {
    const message = this.#queue.shift()
    if (message == null) return undefined
    this.#queued -= message.byteLength
    if (this.#queue.length === 0) this.#split()
    return message
  }

  /** Ahead of whoever reads, so that a failure is known at once: but what is tiny takes more room when it is split. */
  #split (): void {
    while (this.#queued + this.#queue.length * MESSAGE_COST_BYTES < READ_AHEAD_BYTES && this.#fault == null) {
      try {
        const message = this.#splitter.next()
        if (message == null) return
        this.#queue.push(message)
        this.#queued += message.byteLength
      } catch (err) {
        this.interrupt(err as Error)
        this.#onFailure?.(err as Error)
      }
    }
  }

  /** Nothing, or an error in the middle of a message. */
  #end (): undefined {
    if (this.#splitter.begun) throw reset('the stream ended in the middle of a message')
    return undefined
  }
}

function joined (...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

function reset (why = 'the other side gave up'): WireResetError {
  return new WireResetError(why, { fault: 'reset' })
}
