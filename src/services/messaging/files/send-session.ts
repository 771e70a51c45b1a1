import { equals } from 'uint8arrays/equals'
import { MessagingError } from '../messaging-error.ts'
import { ALIVE_MS, CHUNK_BYTES, MAX_WINDOW_CHUNKS } from './constants.ts'
import { SourceChangedError } from './chunk-reader.ts'
import { shortText } from './file-name.ts'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Duplex, ProtocolError } from '../../protocols/index.ts'
import type { FileCancel, FileDecline } from '../pb/files.ts'
import type { FileResult } from './contract.ts'
import type { FromReceiver, FromSender } from './messages.ts'
import type { SendWindow } from './send-window.ts'

/** For the other side to close after all is said. */
const LINGER_MS = 5_000

/** It may go well another time. */
export class TryAgainError extends Error {
  constructor (message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'TryAgainError'
  }
}

/** Nobody takes files there: perhaps not yet, as it is only starting. */
export class NotServedError extends TryAgainError {
  readonly final: MessagingError

  constructor (final: MessagingError) {
    super(final.message, final)
    this.final = final
  }
}

export interface SendJob {
  offer: { id: Uint8Array, name: string, type: string, size?: number }
  /** For messages. */
  what: string
  window: SendWindow
  clock: Clock
  /** The chunks begin here, in bytes. */
  onBegin: (bytes: number) => void
  /** The receiver has so many bytes. */
  onProgress: (bytes: number) => void
  /** The receiver broke the protocol. */
  onViolation: (what: string) => void
}

/** One stream to the receiver, from the offer to the end of the file or of the stream. */
export class SendSession {
  readonly #duplex: Duplex<FromSender, FromReceiver>
  readonly #job: SendJob
  #answer?: FromReceiver & { what: 'accept' }
  #received?: FileResult
  #begun = false
  #failed?: Error
  /** Wakes `run` when something has changed, and ends what it waits for when it has failed. */
  #wake?: () => void
  #interrupt?: (err: Error) => void
  #sending = 0
  #linger?: Timer

  constructor (duplex: Duplex<FromSender, FromReceiver>, job: SendJob) {
    this.#duplex = duplex
    this.#job = job
  }

  /** Resolves when the receiver has all of it. Rejects with `TryAgainError` or a final `MessagingError`. */
  async run (): Promise<FileResult> {
    const { clock, offer, window } = this.#job
    window.renew()
    const reading = this.#read()
    const alive = clock.every(ALIVE_MS, this.#sayAlive)
    try {
      await this.#send({ what: 'offer', ...offer })
      await this.#until(() => this.#answer != null || this.#received != null)
      if (this.#received == null) {
        await this.#begin()
        await this.#sendChunks()
      }
      const result = await this.#checked()
      this.#close()
      return result
    } catch (err) {
      if (this.#failed == null) this.#fail(err as Error)
      throw this.#failed ?? err
    } finally {
      alive.cancel()
      // it ends with the stream, and never rejects
      reading.then(() => this.#linger?.cancel(), () => undefined)
    }
  }

  /** Ends it; the receiver is told by this word, and `run` rejects with the error. */
  cancel (reason: string, text: string, err: Error): void {
    if (this.#failed != null) return
    this.#end(err)
    this.#tell({ what: 'cancel', reason, text: shortText(text) })
  }

  async #begin (): Promise<void> {
    const { window, onBegin, what } = this.#job
    for (const place of this.#answer?.places ?? []) {
      if (place.chunks > 0 && await this.#source(window.goTo(place))) return await this.#sendBegin(place.chunks)
    }
    if (!await this.#source(window.restart())) {
      throw new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `${what} would have to begin anew, but its source is a stream and cannot be read again: send a Blob`)
    }
    onBegin(0)
    await this.#sendBegin(0)
  }

  async #sendBegin (chunks: number): Promise<void> {
    this.#begun = true
    this.#job.onBegin(this.#job.window.ackedBytes)
    await this.#send({ what: 'begin', chunks })
  }

  async #sendChunks (): Promise<void> {
    const { window, offer: { size }, what } = this.#job
    const limit = Math.min(this.#answer?.window ?? 1, MAX_WINDOW_CHUNKS)
    for (;;) {
      await this.#until(() => window.underWay < limit)
      const chunk = await this.#source(window.next())
      if (chunk == null) break
      if (size != null && chunk.index * CHUNK_BYTES + chunk.frame.data.byteLength > size) throw sizeChanged(what, size, 'more')
      await this.#send({ what: 'chunk', ...chunk, data: chunk.frame.data })
    }
    const { bytes, root } = window.total
    if (size != null && bytes !== size) throw sizeChanged(what, size, bytes)
    await this.#send({ what: 'done', bytes, root })
    await this.#until(() => this.#received != null)
  }

  /** What was received is what is here. */
  async #checked (): Promise<FileResult> {
    const { window, what } = this.#job
    const { bytes, root } = this.#received as FileResult
    const same = this.#begun
      ? window.total.bytes === bytes && equals(window.total.root, root)
      // had it before: nothing was sent now
      : await this.#source(window.matches(root, bytes, () => this.#failed != null))
    if (same) return { bytes, root }
    throw new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `${what}: the receiver has another file of ${bytes} bytes under this id: send it under a new one`)
  }

  async #read (): Promise<void> {
    try {
      for await (const message of this.#duplex) this.#onMessage(message)
      if (this.#received == null) this.#end(new TryAgainError('the receiver left'))
    } catch (err) {
      this.#end(toOutcome(this.#job.what, err))
    }
  }

  #onMessage (message: FromReceiver): void {
    const { window, onProgress, onViolation, what } = this.#job
    if (this.#failed != null) return
    switch (message.what) {
      case 'accept':
        if (this.#answer == null) this.#answer = message
        break
      case 'ack':
        if (!this.#begun) break
        if (!window.ack(message.chunks)) {
          onViolation('file-ack')
          this.cancel('corrupt', 'acknowledged what was not sent', new MessagingError('MESSAGING_FILE_CORRUPT', `the receiver of ${what} acknowledged ${message.chunks} chunks, more than were sent`))
        }
        onProgress(window.ackedBytes)
        break
      case 'received':
        this.#received = { bytes: message.bytes, root: message.root }
        break
      case 'decline':
      case 'cancel':
        this.#end(refusal(what, message))
        this.#close()
        break
      case 'alive':
      case 'unknown':
        break
    }
    this.#wake?.()
  }

  // one thing that `run` waits for at a time

  async #until (holds: () => boolean): Promise<void> {
    while (!holds()) await this.#or(new Promise<void>(resolve => { this.#wake = resolve }))
    if (this.#failed != null) throw this.#failed
  }

  async #send (message: FromSender): Promise<void> {
    this.#sending++
    try {
      await this.#or(this.#duplex.send(message))
    } catch (err) {
      throw this.#failed ?? toOutcome(this.#job.what, err)
    } finally {
      this.#sending--
    }
  }

  async #source<T> (work: Promise<T>): Promise<T> {
    return await this.#or(work.catch((err: unknown) => { throw sourceError(this.#job.what, err) }))
  }

  async #or<T> (work: Promise<T>): Promise<T> {
    if (this.#failed != null) {
      work.catch(() => undefined)
      throw this.#failed
    }
    return await new Promise<T>((resolve, reject) => {
      this.#interrupt = reject
      work.then(resolve, reject)
    })
  }

  #end (err: Error): void {
    this.#failed ??= err
    this.#interrupt?.(this.#failed)
  }

  /** `run` itself has failed: the source, or the stream. */
  #fail (err: Error): void {
    if (err instanceof MessagingError) this.cancel(err.code === 'MESSAGING_FILE_SOURCE_CHANGED' ? 'source-changed' : 'failed', '', err)
    else {
      this.#end(err)
      this.#duplex.abort(err)
    }
  }

  #tell (message: FromSender): void {
    this.#duplex.send(message).then(() => { this.#close() }, (err: unknown) => { this.#duplex.abort(err as Error) })
  }

  /** Waits for the other side to close, but not for long. */
  #close (): void {
    this.#linger ??= this.#job.clock.after(LINGER_MS, () => { this.#duplex.abort(new TryAgainError('the receiver did not close')) })
    this.#duplex.closeWrite().catch((err: unknown) => { this.#duplex.abort(err as Error) })
  }

  readonly #sayAlive = (): void => {
    if (this.#sending === 0 && this.#failed == null && this.#received == null) this.#duplex.send({ what: 'alive' }).catch((err: unknown) => { this.#end(toOutcome(this.#job.what, err)) })
  }
}

function sizeChanged (what: string, size: number, bytes: number | 'more'): MessagingError {
  return new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `the source of ${what} has ${bytes === 'more' ? 'more than' : `${bytes} bytes instead of`} the ${size} that were promised: leave size out where it is not known`)
}

function sourceError (what: string, err: unknown): Error {
  const changed = err instanceof SourceChangedError || (err instanceof Error && (err.name === 'NotReadableError' || ('code' in err && err.code === 'FILE_CHANGED')))
  return changed
    ? new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `the source of ${what} has changed since it was opened, or is gone: open it again and send it under a new id`, { cause: err })
    : new MessagingError('MESSAGING_FILE_SOURCE_FAILED', `the source of ${what} cannot be read`, { cause: err })
}

/** What the words of the receiver mean here. */
function refusal (what: string, { what: kind, reason, text }: (FileDecline | FileCancel) & { what: 'decline' | 'cancel' }): Error {
  const because = shortText(text) === '' ? reason : `${reason}: ${shortText(text)}`
  const details = { reason, text: shortText(text) }
  if (reason === 'busy' || reason === 'stopped') return new TryAgainError(`the receiver said ${because}`)
  if (kind === 'decline' && reason !== 'cancelled') {
    const declined = new MessagingError('MESSAGING_FILE_DECLINED', `the receiver declined ${what} (${because})`, { details })
    return reason === 'no-handler' ? new NotServedError(declined) : declined
  }
  if (reason === 'corrupt') return new MessagingError('MESSAGING_FILE_CORRUPT', `the receiver found ${what} damaged (${because})`, { details })
  if (reason === 'source-changed') return new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `the receiver of ${what} cannot begin anew (${because}): send it under a new id`, { details })
  if (reason === 'failed') return new MessagingError('MESSAGING_FILE_SINK_FAILED', `the receiver could not store ${what} (${because})`, { details })
  return new MessagingError('MESSAGING_FILE_CANCELLED', `the receiver cancelled ${what} (${because})`, { details })
}

function toOutcome (what: string, err: unknown): Error {
  if (err instanceof MessagingError || err instanceof TryAgainError) return err
  const { code } = err as Partial<ProtocolError>
  if (code === 'PROTOCOL_BAD_RESPONSE') return new MessagingError('MESSAGING_FILE_CORRUPT', `the receiver of ${what} broke the protocol`, { cause: err })
  return new TryAgainError('the connection broke', err)
}
