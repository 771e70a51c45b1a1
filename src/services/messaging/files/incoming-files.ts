import { toString } from 'uint8arrays/to-string'
import { BoundedMap } from '../../../util/bounded-map.ts'
import { ALIVE_MS, MAX_TRANSFERS, MAX_TRANSFERS_PER_PEER } from './constants.ts'
import { IncomingFile } from './incoming-file.ts'
import { SpeechQueue } from './speech-queue.ts'
import type { PeerId } from '@libp2p/interface'
import type { CallContext } from '../../protocols/index.ts'
import type { FileOffer } from './contract.ts'
import type { IncomingParts } from './incoming-file.ts'
import type { FromReceiver, FromSender } from './messages.ts'

/** Ids that were cancelled here: their senders may not know yet. */
const MAX_CANCELLED = 1_024

export type FileHandler = (offer: FileOffer) => void | Promise<void>

/** Files that others offer: at most 4 of one peer, 32 in all. */
export class IncomingFiles {
  handler?: FileHandler
  readonly #init: IncomingParts
  readonly #files = new Map<string, IncomingFile>()
  readonly #cancelled = new BoundedMap<string, true>(MAX_CANCELLED)

  constructor (init: IncomingParts) {
    this.#init = init
  }

  get size (): number {
    return this.#files.size
  }

  get cancelled (): number {
    return this.#cancelled.size
  }

  /** The handler of the protocol. */
  readonly receive = (messages: AsyncIterable<FromSender>, { peerId, signal }: CallContext): AsyncIterable<FromReceiver> => {
    const link = new SpeechQueue<FromReceiver>()
    const alive = this.#init.clock.every(ALIVE_MS, () => { link.push({ what: 'alive' }) })
    const onAbort = (): void => { link.end() }
    signal.addEventListener('abort', onAbort, { once: true })
    const over = (): void => {
      alive.cancel()
      signal.removeEventListener('abort', onAbort)
      link.end()
    }
    this.#read(messages, peerId, link).then(over, over)
    return link
  }

  async stop (): Promise<void> {
    await Promise.all([...this.#files.values()].map(async file => await file.stop()))
    this.#cancelled.clear()
  }

  async #read (messages: AsyncIterable<FromSender>, peerId: PeerId, link: SpeechQueue<FromReceiver>): Promise<void> {
    let file: IncomingFile | undefined
    try {
      for await (const message of messages) {
        if (link.ended) break
        if (file != null) await file.take(link, message)
        else if (message.what === 'offer') {
          file = this.#offered(peerId, message, link)
          if (file == null) return
        } else if (message.what === 'cancel') return
        else if (message.what !== 'alive' && message.what !== 'unknown') {
          this.#init.onViolation(peerId, 'file-protocol')
          return
        }
      }
    } catch (err) {
      this.#init.log.trace('a sender of files has left: %e', err)
    } finally {
      file?.disconnect(link)
    }
  }

  /** Undefined when it is answered already. */
  #offered (peerId: PeerId, offer: FromSender & { what: 'offer' }, link: SpeechQueue<FromReceiver>): IncomingFile | undefined {
    const { checkpoints } = this.#init
    const id = toString(offer.id, 'base16')
    const key = `${peerId.toString()}/${id}`
    const known = this.#files.get(key)
    if (known != null) {
      known.connect(link)
      return known
    }
    const finished = checkpoints.finished(key)
    if (finished != null) return answer(link, { what: 'received', ...finished })
    if (this.#cancelled.get(key) != null) {
      // the next time it is meant
      this.#cancelled.delete(key)
      return answer(link, { what: 'decline', reason: 'cancelled', text: '' })
    }
    const { handler } = this
    if (handler == null) return answer(link, { what: 'decline', reason: 'no-handler', text: '' })
    if (!this.#hasRoom(peerId)) return answer(link, { what: 'decline', reason: 'busy', text: '' })
    const file = new IncomingFile({ ...this.#init, peerId, id, key, offer, onOver: this.#onOver })
    this.#files.set(key, file)
    file.connect(link)
    ask(handler, file)
    return file
  }

  /** Who has left makes room: what it sent is remembered. */
  #hasRoom (peerId: PeerId): boolean {
    const theirs = [...this.#files.values()].filter(file => file.peerId.equals(peerId))
    if (theirs.length >= MAX_TRANSFERS_PER_PEER && !dropOne(theirs)) return false
    return this.#files.size < MAX_TRANSFERS || dropOne([...this.#files.values()])
  }

  readonly #onOver = (file: IncomingFile, how: 'finished' | 'cancelled' | 'ended'): void => {
    this.#files.delete(file.key)
    if (how === 'cancelled') this.#cancelled.set(file.key, true)
  }
}

function answer (link: SpeechQueue<FromReceiver>, message: FromReceiver): undefined {
  link.push(message)
  link.end()
}

function dropOne (files: IncomingFile[]): boolean {
  const away = files.find(file => !file.connected)
  away?.giveUp('its sender was away when there was no room for others')
  return away != null
}

function ask (handler: FileHandler, file: IncomingFile): void {
  const failed = (err: unknown): void => { file.handlerFailed(err) }
  try {
    Promise.resolve(handler(file.offer)).catch(failed)
  } catch (err) {
    failed(err)
  }
}
