import { DEFAULT_TYPE, isMediaType, safeName } from './file-name.ts'
import type { PeerId } from '@libp2p/interface'
import type { FileOffer, FileSink, FileTransfer } from './contract.ts'

interface Answers {
  accept: (sink: FileSink | WritableStream<Uint8Array>, fromStart: boolean) => FileTransfer
  decline: (reason: string) => void
}

/** What the application sees of a file that is offered. */
export class IncomingOffer implements FileOffer {
  readonly id: string
  readonly peerId: PeerId
  readonly name: string
  readonly type: string
  readonly size?: number
  readonly resumeAt: number
  readonly signal: AbortSignal
  readonly #answers: Answers

  constructor ({ id, peerId, name, type, size }: { id: string, peerId: PeerId, name: string, type: string, size?: number }, resumeAt: number, signal: AbortSignal, answers: Answers) {
    this.id = id
    this.peerId = peerId
    this.name = safeName(name)
    this.type = isMediaType(type) ? type : DEFAULT_TYPE
    this.size = size
    this.resumeAt = resumeAt
    this.signal = signal
    this.#answers = answers
  }

  accept (sink: FileSink | WritableStream<Uint8Array>, { fromStart = false }: { fromStart?: boolean } = {}): FileTransfer {
    return this.#answers.accept(sink, fromStart)
  }

  decline (reason = ''): void {
    this.#answers.decline(reason)
  }
}
