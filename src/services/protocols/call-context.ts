import type { Connection, PeerId } from '@libp2p/interface'
import type { CallContext } from './index.ts'

/** Of one call: the signal is only made when the handler asks for it. */
export class IncomingContext implements CallContext {
  readonly peerId: PeerId
  readonly connection: Connection
  readonly protocol: string
  readonly #source: { readonly signal: AbortSignal }

  constructor (connection: Connection, protocol: string, source: { readonly signal: AbortSignal }) {
    this.peerId = connection.remotePeer
    this.connection = connection
    this.protocol = protocol
    this.#source = source
  }

  get signal (): AbortSignal {
    return this.#source.signal
  }
}

/** A signal that is made when somebody asks for it, also after it aborted. */
export class LazySignal {
  #controller?: AbortController
  #reason?: Error

  get signal (): AbortSignal {
    if (this.#controller == null) {
      this.#controller = new AbortController()
      if (this.#reason != null) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  abort (reason: Error): void {
    if (this.#reason != null) return
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}
