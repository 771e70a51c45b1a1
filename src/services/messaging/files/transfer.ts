import { TypedEventEmitter } from 'main-event'
import { PROGRESS_MS } from './constants.ts'
import type { PeerId } from '@libp2p/interface'
import type { Clock } from '../../../util/clock.ts'
import type { FileProgress, FileResult, FileTransfer, FileTransferEvents } from './contract.ts'

export interface TransferInit {
  id: string
  peerId: PeerId
  size?: number
  clock: Clock
  onCancel: (reason: string) => void
}

/** What the application sees of a file on its way. */
export class Transfer extends TypedEventEmitter<FileTransferEvents> implements FileTransfer {
  readonly id: string
  readonly peerId: PeerId
  readonly done: Promise<FileResult>
  readonly #init: TransferInit
  readonly #end = Promise.withResolvers<FileResult>()
  #bytes = 0
  #resumedAt = 0
  #toldMs = -Infinity
  #over = false

  constructor (init: TransferInit) {
    super()
    this.id = init.id
    this.peerId = init.peerId
    this.#init = init
    this.done = this.#end.promise
    // nobody needs to wait for it
    this.done.catch(() => undefined)
  }

  get progress (): FileProgress {
    const { size } = this.#init
    return { bytes: this.#bytes, resumedAt: this.#resumedAt, ...size == null ? {} : { size } }
  }

  get over (): boolean {
    return this.#over
  }

  cancel (reason = ''): void {
    if (!this.#over) this.#init.onCancel(reason)
  }

  /** A connection begins here. */
  begin (bytes: number): void {
    this.#bytes = bytes
    this.#resumedAt = bytes
  }

  advance (bytes: number): void {
    if (this.#over || bytes === this.#bytes) return
    this.#bytes = bytes
    const nowMs = this.#init.clock.monotonic()
    if (nowMs - this.#toldMs < PROGRESS_MS) return
    this.#toldMs = nowMs
    this.#tell()
  }

  finish (result: FileResult): void {
    if (this.#over) return
    this.#over = true
    this.#bytes = result.bytes
    this.#tell()
    this.#end.resolve(result)
  }

  fail (err: Error): void {
    if (this.#over) return
    this.#over = true
    this.#end.reject(err)
  }

  #tell (): void {
    this.safeDispatchEvent('progress', { detail: this.progress })
  }
}
