import { MessagingError } from '../messaging-error.ts'
import { describeError } from '../../../errors.ts'
import { Assembly, CorruptError, ViolationError } from './assembly.ts'
import { KEEP_MS, MAX_DECISION_MS, SINK_STOP_MS, WINDOW_CHUNKS } from './constants.ts'
import { safeName, shortText } from './file-name.ts'
import { IncomingOffer } from './incoming-offer.ts'
import { openSink } from './open-sink.ts'
import { Transfer } from './transfer.ts'
import { sleep } from '../../../util/clock.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Clock, Timer } from '../../../util/clock.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { FileOffer, FileSink, FileTransfer } from './contract.ts'
import type { FromReceiver, FromSender } from './messages.ts'
import type { MessageRoom } from './message-room.ts'
import type { SpeechQueue } from './speech-queue.ts'

/** What all files that are offered share. */
export interface IncomingParts {
  checkpoints: Checkpoints
  clock: Clock
  log: Logger
  room: MessageRoom
  onReceived: (peerId: PeerId, bytes: number) => void
  onViolation: (peerId: PeerId, what: string) => void
}

export interface IncomingInit extends IncomingParts {
  peerId: PeerId
  /** In hexadecimal. */
  id: string
  /** Of the checkpoint. */
  key: string
  offer: { name: string, type: string, size?: number }
  /** `cancelled`: by this side while the sender was away, so that it is told when it comes again. */
  onOver: (incoming: IncomingFile, how: 'finished' | 'cancelled' | 'ended') => void
}

type State = 'asked' | 'accepted' | 'over'

/** A file that is offered, or on its way, over as many connections as it takes. */
export class IncomingFile {
  readonly key: string
  readonly peerId: PeerId
  readonly offer: FileOffer
  readonly #init: IncomingInit
  readonly #what: string
  readonly #leaving = new AbortController()
  /** What is said to the sender, while it is connected. */
  #link?: SpeechQueue<FromReceiver>
  #state: State = 'asked'
  #transfer?: Transfer
  #assembly?: Assembly
  /** Chunks may come over this link. */
  #flowing = false
  #countedBytes = 0
  #timer?: Timer
  #aborting?: Promise<void>
  /** All has come, and is being stored: whichever link there is by then is told how that went. Never rejects. */
  #finishing?: Promise<void>
  /** Of the application, to be closed here and nowhere else. */
  #sink?: FileSink | WritableStream<Uint8Array>

  constructor (init: IncomingInit) {
    this.#init = init
    this.key = init.key
    this.peerId = init.peerId
    const { id, peerId, offer, checkpoints, key, clock } = init
    this.#what = `"${safeName(offer.name)}" from ${peerId.toString()}`
    this.#timer = clock.after(MAX_DECISION_MS, () => { this.#refuse('unanswered', '') })
    this.offer = new IncomingOffer({ ...offer, id, peerId }, checkpoints.partial(key)?.bytes ?? 0, this.#leaving.signal, {
      accept: (sink, fromStart) => this.#accept(sink, fromStart),
      decline: reason => { if (this.#state === 'asked') this.#refuse('declined', reason) }
    })
  }

  /** The sender is there, or not needed any more. */
  get connected (): boolean {
    return this.#link != null || this.#finishing != null
  }

  get over (): boolean {
    return this.#state === 'over'
  }

  /** The sender is there, or there again: what went before is over. */
  connect (link: SpeechQueue<FromReceiver>): void {
    this.#link?.end()
    this.#link = link
    this.#flowing = false
    if (this.#state !== 'accepted') return
    this.#timer?.cancel()
    if (this.#finishing == null) this.#greet(link)
  }

  /** The stream has ended; what has come is written. */
  disconnect (link: SpeechQueue<FromReceiver>): void {
    link.end()
    if (this.#link !== link) return
    this.#link = undefined
    this.#flowing = false
    if (this.#state === 'accepted') this.#keep()
  }

  /** What the sender says over this link, after its offer. */
  async take (link: SpeechQueue<FromReceiver>, message: FromSender): Promise<void> {
    // a new link while the old one's file is stored: nothing was asked of it
    await this.#finishing
    if (this.#link !== link || this.#state === 'over') return
    try {
      switch (message.what) {
        case 'begin':
          await this.#begin(link, message.chunks)
          break
        case 'chunk':
          if (!this.#flowing) throw new ViolationError('a chunk before the beginning')
          this.#assembly?.take(message)
          break
        case 'done':
          if (!this.#flowing) throw new ViolationError('the end before the beginning')
          this.#flowing = false
          this.#finishing = this.#finish(message).catch((err: unknown) => { this.#failed(err as Error) })
          await this.#finishing
          break
        case 'offer':
          throw new ViolationError('two offers on one stream')
        case 'cancel':
          this.#cancelled(message)
          break
        case 'alive':
        case 'unknown':
          break
      }
    } catch (err) {
      this.#failed(err as Error)
    }
  }

  /** Too late once the sink is closing: the file is there, then. */
  cancel (reason: string): void {
    if (this.#assembly?.closing === true) return
    this.#end('cancelled', reason, new MessagingError('MESSAGING_FILE_CANCELLED', `${this.#what} was cancelled by this side${reason === '' ? '' : `: ${reason}`}`, { details: { reason: 'cancelled', text: reason } }))
  }

  /** There is no room for it any more. */
  giveUp (why: string): void {
    if (this.#assembly?.closing === true) return
    this.#end('stopped', '', new MessagingError('MESSAGING_FILE_UNREACHABLE', `${this.#what}: ${why}`, { details: { bytes: this.#assembly?.bytes ?? 0 } }))
  }

  /** Resolves when the sink has been told, or hangs. */
  async stop (): Promise<void> {
    const closing = this.#assembly?.closing === true
    if (closing) await this.#patiently(this.#finishing)
    this.#end('stopped', '', new MessagingError('MESSAGING_STOPPED', `the node was stopped while it received ${this.#what}`))
    if (!closing) await this.#patiently(this.#aborting)
  }

  /** Of the handler, before it has decided. */
  handlerFailed (err: unknown): void {
    this.#init.log.error('the handler for files failed at %s: %s', this.#what, describeError(err))
    if (this.#state === 'asked') this.#refuse('failed', '')
  }

  #accept (sink: FileSink | WritableStream<Uint8Array>, fromStart: boolean): FileTransfer {
    if (this.#state !== 'asked') {
      const err = new MessagingError('MESSAGING_FILE_INVALID', `${this.#what} cannot be accepted: it was answered before, or its sender has left`)
      this.#giveBack(sink, err)
      throw err
    }
    const { id, peerId, clock, offer: { size }, checkpoints, key, room } = this.#init
    const open = openSink(sink)
    const transfer = new Transfer({ id, peerId, size, clock, onCancel: reason => { this.cancel(reason) } })
    this.#state = 'accepted'
    this.#timer?.cancel()
    this.#transfer = transfer
    this.#sink = sink
    const assembly = new Assembly({
      sink: open,
      size,
      window: WINDOW_CHUNKS,
      onRestart: async () => {
        checkpoints.forget(key)
        await checkpoints.flush()
      },
      onUsed: data => { room.give(data) },
      onWritten: (tree, bytes) => {
        checkpoints.update(key, tree, bytes)
        this.#written(bytes)
      },
      onFailed: err => { this.#failed(err) }
    })
    this.#assembly = assembly
    const known = fromStart ? undefined : checkpoints.partial(key)
    // what can be read is believed, not what is remembered of it
    if (!fromStart && open.read != null) assembly.verify(this.#leaving.signal)
    else if (known != null && open.rewritable) assembly.restore(known.tree, known.bytes)
    if (this.#link == null) this.#keep()
    else this.#greet(this.#link)
    return transfer
  }

  /** An offer that is over cannot take the sink that was made for it. */
  #giveBack (sink: FileSink | WritableStream<Uint8Array>, err: Error): void {
    // it was taken before, or is somebody else's
    if (sink === this.#sink || (sink instanceof WritableStream && sink.locked)) return
    const abort = async (): Promise<void> => { await openSink(sink).abort(err) }
    abort().catch((cause: unknown) => { this.#init.log.error('a sink that was not needed for %s could not be closed: %s', this.#what, describeError(cause)) })
  }

  /** Waits for the sink, within bounds. */
  async #patiently (work?: Promise<void>): Promise<void> {
    if (work == null) return
    const { clock, log } = this.#init
    const waiting = new AbortController()
    const late = sleep(clock, SINK_STOP_MS, waiting.signal).then(() => { log.error('the sink of %s did not answer for %d ms: it is left alone', this.#what, SINK_STOP_MS) }, () => undefined)
    await Promise.race([work, late])
    waiting.abort()
  }

  /** Says where to go on, once what came before is written. */
  #greet (link: SpeechQueue<FromReceiver>): void {
    this.#assembly?.place().then(place => {
      if (this.#link !== link || this.#state !== 'accepted') return
      link.push({ what: 'accept', places: place == null ? [] : [place], window: WINDOW_CHUNKS })
    }, (err: unknown) => { this.#failed(err as Error) })
  }

  async #begin (link: SpeechQueue<FromReceiver>, chunks: number): Promise<void> {
    const assembly = this.#assembly
    if (assembly == null || this.#flowing) throw new ViolationError('a beginning out of turn')
    await assembly.place()
    if (this.#link !== link || this.over) return
    if (!assembly.begin(chunks)) {
      this.#end('source-changed', 'it cannot be written from the start again', new MessagingError('MESSAGING_FILE_SOURCE_CHANGED', `the sender of ${this.#what} begins anew, and a WritableStream cannot: accept it with a FileSink`))
      return
    }
    this.#flowing = true
    this.#countedBytes = assembly.bytes
    this.#transfer?.begin(assembly.bytes)
  }

  #written (bytes: number): void {
    const { onReceived, peerId } = this.#init
    const { chunks } = this.#assembly as Assembly
    this.#transfer?.advance(bytes)
    onReceived(peerId, bytes - this.#countedBytes)
    this.#countedBytes = bytes
    this.#link?.push({ what: 'ack', chunks })
  }

  async #finish (done: { bytes: number, root: Uint8Array }): Promise<void> {
    const { checkpoints, key, log } = this.#init
    const assembly = this.#assembly as Assembly
    const result = await assembly.finish(done)
    if (this.over) return
    const { tree } = assembly
    checkpoints.update(key, tree, result.bytes, true)
    await checkpoints.flush().catch((err: unknown) => { log.error('%s was received, but that could not be noted: %s', this.#what, describeError(err)) })
    this.#link?.push({ what: 'received', ...result })
    this.#leave('finished')
    this.#transfer?.finish(result)
  }

  #failed (err: Error): void {
    if (this.over) return
    const { onViolation, peerId } = this.#init
    if (err instanceof CorruptError || err instanceof ViolationError) {
      onViolation(peerId, err instanceof CorruptError ? 'file-corrupt' : 'file-protocol')
      this.#end('corrupt', err.message, new MessagingError('MESSAGING_FILE_CORRUPT', `${this.#what} is damaged: ${err.message}`, { cause: err }))
    } else {
      this.#end('failed', 'the receiver could not store it', new MessagingError('MESSAGING_FILE_SINK_FAILED', `${this.#what} could not be written: ${describeError(err)}`, { cause: err }))
    }
  }

  #cancelled ({ reason, text }: { reason: string, text: string }): void {
    const link = this.#link
    // it comes again
    if (reason === 'stopped') {
      if (link != null) this.disconnect(link)
      return
    }
    const details = { reason: shortText(reason), text: shortText(text) }
    const code = reason === 'source-changed' ? 'MESSAGING_FILE_SOURCE_CHANGED' : reason === 'failed' ? 'MESSAGING_FILE_SOURCE_FAILED' : 'MESSAGING_FILE_CANCELLED'
    this.#leave('ended')
    this.#abort(new MessagingError(code, `${this.#what} was given up by its sender (${details.reason}${details.text === '' ? '' : `: ${details.text}`})`, { details }))
  }

  /** Before it was accepted. */
  #refuse (reason: string, text: string): void {
    this.#link?.push({ what: 'decline', reason, text: shortText(text) })
    this.#leave('ended')
  }

  /** Tells the sender, if it is there, and the sink. */
  #end (reason: string, text: string, err: MessagingError): void {
    if (this.over) return
    // one that is away is told when it comes again
    const how = reason === 'cancelled' && this.#link == null ? 'cancelled' : 'ended'
    this.#link?.push({ what: 'cancel', reason, text: shortText(text) })
    this.#leave(how)
    this.#abort(err)
  }

  #abort (err: MessagingError): void {
    this.#transfer?.fail(err)
    this.#aborting = this.#assembly?.abort(err).catch((cause: unknown) => { this.#init.log.error('the sink of %s could not be closed: %s', this.#what, describeError(cause)) })
  }

  #leave (how: 'finished' | 'cancelled' | 'ended'): void {
    this.#state = 'over'
    this.#timer?.cancel()
    this.#link?.end()
    this.#link = undefined
    this.#flowing = false
    this.#leaving.abort(new MessagingError('MESSAGING_FILE_CANCELLED', `${this.#what} is over`))
    this.#init.onOver(this, how)
  }

  /** For a sender that is away. */
  #keep (): void {
    this.#timer?.cancel()
    this.#timer = this.#init.clock.after(KEEP_MS, () => { this.giveUp(`its sender did not come back within ${KEEP_MS} ms`) })
  }
}
