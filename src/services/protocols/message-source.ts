import { undecodable, WireError } from '../../wire/errors.ts'
import { SchemaMismatchError, SchemaUnusableError } from '../../wire/json-codec.ts'
import type { Codec } from '../../wire/protocol.ts'
import type { PlainStream } from '../../wire/plain/plain-stream.ts'

export interface MessageSourceInit {
  /** Somebody waits for a message. */
  onWait: () => void
  /** One is here. */
  onMessage: () => void
  /** Called once; what it gives is thrown. */
  onError: (err: unknown) => Error
  /** Whoever read the messages wants no more. */
  onLeave: () => void
}

/** The messages that come over a stream, one after the other. */
export class MessageSource<T> implements AsyncIterableIterator<T> {
  readonly #plain: PlainStream
  readonly #codec: Codec<T>
  readonly #init: MessageSourceInit
  #over = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor (plain: PlainStream, codec: Codec<T>, init: MessageSourceInit) {
    this.#plain = plain
    this.#codec = codec
    this.#init = init
  }

  [Symbol.asyncIterator] (): this {
    return this
  }

  /** One at a time, also for those who ask for several at once. */
  async next (): Promise<IteratorResult<T>> {
    const turn = this.#turn.then(async () => this.#next())
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async return (): Promise<IteratorResult<T>> {
    if (!this.#over) {
      this.#over = true
      this.#init.onLeave()
    }
    return { done: true, value: undefined }
  }

  async #next (): Promise<IteratorResult<T>> {
    if (this.#over) return { done: true, value: undefined }
    try {
      this.#init.onWait()
      const bytes = await this.#plain.read()
      this.#init.onMessage()
      if (bytes != null) return { done: false, value: decodeMessage(this.#codec, bytes) }
      this.#over = true
      return { done: true, value: undefined }
    } catch (err) {
      this.#over = true
      throw this.#init.onError(err)
    }
  }
}

/** Throws `SchemaMismatchError`, or a `WireError` with its `fault` and the start of the bytes. */
export function decodeMessage<T> (codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes)
  } catch (err) {
    if (err instanceof SchemaMismatchError || err instanceof SchemaUnusableError || (err instanceof WireError && err.fault != null)) throw err
    const message = err instanceof Error ? err.message : String(err)
    throw undecodable(`${bytes.byteLength} bytes are no valid message: ${message}`, bytes, err)
  }
}
