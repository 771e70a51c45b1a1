import { MessagingError } from '../messaging-error.ts'
import { backoffMs } from '../../../util/backoff.ts'
import { sleep } from '../../../util/clock.ts'
import { describeError } from '../../../errors.ts'
import { MAX_RETRY_MS, MIN_RETRY_MS } from './constants.ts'
import { fileProtocol } from './messages.ts'
import { NotServedError, SendSession, TryAgainError } from './send-session.ts'
import { SendWindow } from './send-window.ts'
import { Transfer } from './transfer.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { Rng } from '../../../util/rng.ts'
import type { Duplex, ProtocolError, Protocols } from '../../protocols/index.ts'
import type { ChunkReader } from './chunk-reader.ts'
import type { FromReceiver, FromSender } from './messages.ts'
import type { SendJob } from './send-session.ts'
import type { Slots } from './slots.ts'

/** A node that has just started may not serve everything yet. */
const MAX_NOT_SERVED = 3

export interface OutgoingInit {
  peerId: PeerId
  /** In hexadecimal. */
  id: string
  offer: SendJob['offer']
  reader: ChunkReader
  retryForMs: number
  protocols: Pick<Protocols, 'duplex'>
  slots: Slots
  clock: Clock
  rng: Rng
  log: Logger
  /** So many more bytes have arrived. */
  onSent: (peerId: PeerId, bytes: number) => void
  onViolation: (peerId: PeerId, what: string) => void
  /** Called before whoever waits for the transfer is told: its id is free again. */
  onOver: () => void
}

/** A file that is being sent, over as many connections as it takes. */
export class OutgoingFile {
  readonly transfer: Transfer
  readonly #init: OutgoingInit
  readonly #window: SendWindow
  readonly #over = new AbortController()
  readonly #what: string
  #session?: SendSession
  /** The wait for another attempt. */
  #pause?: AbortController
  #attempt = 0
  #begun = false
  #notServed = 0
  /** Given up then, if nothing arrives. */
  #untilMs: number

  constructor (init: OutgoingInit) {
    const { peerId, id, clock, offer, retryForMs } = init
    this.#init = init
    this.#window = new SendWindow(init.reader)
    this.#what = `"${offer.name}" to ${peerId.toString()}`
    this.#untilMs = clock.monotonic() + retryForMs
    this.transfer = new Transfer({ id, peerId, size: offer.size, clock, onCancel: reason => { this.#cancel(reason) } })
  }

  /** Resolves when it is over, one way or the other, and its source is closed. */
  async run (): Promise<void> {
    const { reader, log, onOver } = this.#init
    let reason: Error | undefined
    try {
      const result = await this.#tryOften()
      onOver()
      this.transfer.finish(result)
    } catch (err) {
      reason = err as Error
      onOver()
      this.transfer.fail(reason)
      log.trace('%s ended: %s', this.#what, describeError(err))
    }
    await reader.cancel(reason ?? new Error('all was read')).catch((err: unknown) => { log.trace('the source of %s: %s', this.#what, describeError(err)) })
  }

  /** The peer is there, or there again. */
  wake (): void {
    this.#attempt = 0
    this.#pause?.abort()
  }

  stop (): void {
    this.#end('stopped', '', new MessagingError('MESSAGING_STOPPED', `the node was stopped while it sent ${this.#what}: send it again under the id ${this.#init.id}, and it goes on`))
  }

  #cancel (reason: string): void {
    this.#end('cancelled', reason, new MessagingError('MESSAGING_FILE_CANCELLED', `${this.#what} was cancelled by this side${reason === '' ? '' : `: ${reason}`}`, { details: { reason: 'cancelled', text: reason } }))
  }

  #end (word: string, text: string, err: Error): void {
    this.#session?.cancel(word, text, err)
    this.#over.abort(err)
  }

  async #tryOften (): Promise<{ bytes: number, root: Uint8Array }> {
    const { clock, log, retryForMs, id } = this.#init
    for (;;) {
      try {
        return await this.#try()
      } catch (err) {
        if (this.#over.signal.aborted) throw this.#over.signal.reason
        if (!(err instanceof TryAgainError)) throw err
        if (err instanceof NotServedError && !this.#begun && ++this.#notServed >= MAX_NOT_SERVED) throw err.final
        const leftMs = this.#untilMs - clock.monotonic()
        if (leftMs <= 0) {
          throw new MessagingError('MESSAGING_FILE_UNREACHABLE', `${this.#what} got no further for ${retryForMs} ms (${describeError(err)}): send it again under the id ${id} when the peer is back, and it goes on`, { cause: err, details: { id } })
        }
        log.trace('%s broke off: %s', this.#what, describeError(err))
        await this.#wait(leftMs)
      }
    }
  }

  async #try (): Promise<{ bytes: number, root: Uint8Array }> {
    const { peerId, protocols, slots, clock, offer, onSent, onViolation } = this.#init
    const { signal } = this.#over
    const release = await slots.take(peerId.toString(), signal)
    try {
      const duplex = await this.#open(protocols, signal)
      let before = this.#window.ackedBytes
      const onProgress = (bytes: number): void => {
        if (bytes > before) {
          this.#untilMs = clock.monotonic() + this.#init.retryForMs
          this.#attempt = 0
          onSent(peerId, bytes - before)
        }
        before = bytes
        this.transfer.advance(bytes)
      }
      const onBegin = (bytes: number): void => {
        before = bytes
        this.#begun = true
        this.transfer.begin(bytes)
      }
      const session = new SendSession(duplex, { offer, what: this.#what, window: this.#window, clock, onBegin, onProgress, onViolation: what => { onViolation(peerId, what) } })
      this.#session = session
      return await session.run()
    } finally {
      this.#session = undefined
      release()
    }
  }

  async #open (protocols: Pick<Protocols, 'duplex'>, signal: AbortSignal): Promise<Duplex<FromSender, FromReceiver>> {
    // the stream outlives the signal: the receiver has to be told
    const opening = new AbortController()
    const onAbort = (): void => { opening.abort(signal.reason) }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const duplex = await protocols.duplex(this.#init.peerId, fileProtocol, { signal: opening.signal })
      if (signal.aborted) duplex.abort(signal.reason as Error)
      return duplex
    } catch (err) {
      throw this.#openingError(err)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #openingError (err: unknown): Error {
    const { code } = err as Partial<ProtocolError>
    if (code === 'PROTOCOL_UNSUPPORTED') return new NotServedError(new MessagingError('MESSAGING_FILE_DECLINED', `${this.#what}: the peer takes no files`, { cause: err, details: { reason: 'unsupported', text: '' } }))
    if (code === 'PROTOCOL_PEER_INVALID') return new MessagingError('MESSAGING_PEER_INVALID', `${this.#what}: ${describeError(err)}`, { cause: err })
    if (code === 'PROTOCOL_STOPPED') return new MessagingError('MESSAGING_STOPPED', `${this.#what}: the node is not running`, { cause: err })
    return new TryAgainError('the peer cannot be reached', err)
  }

  async #wait (leftMs: number): Promise<void> {
    const { clock, rng } = this.#init
    this.#attempt++
    const pause = new AbortController()
    this.#pause = pause
    try {
      await sleep(clock, Math.min(leftMs, backoffMs(this.#attempt, { minMs: MIN_RETRY_MS, maxMs: MAX_RETRY_MS }, rng)), AbortSignal.any([pause.signal, this.#over.signal]))
    } catch (err) {
      if (!pause.signal.aborted) throw err
    } finally {
      this.#pause = undefined
    }
  }
}
