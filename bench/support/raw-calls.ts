import type { Stream } from '@libp2p/interface'

/**
 * What somebody writes by hand who wants many requests on one stream, and nothing else: a length of four bytes, an id of
 * four, the message. No limits, no timeouts, no cancelling, no back pressure, no fairness.
 */
export interface RawOptions {
  /** One send for all that is written in one turn of the event loop, instead of one for each message. */
  batched: boolean
}

const HEAD_BYTES = 8

class Framed {
  readonly #stream: Stream
  readonly #batched: boolean
  #rest: Uint8Array = new Uint8Array(0)
  #batch: Uint8Array[] = []

  constructor (stream: Stream, { batched }: RawOptions, onMessage: (id: number, message: Uint8Array) => void) {
    this.#stream = stream
    this.#batched = batched
    stream.addEventListener('message', ({ data }) => {
      const bytes = joined(this.#rest, data.subarray())
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let at = 0
      while (bytes.length - at >= HEAD_BYTES) {
        const end = at + HEAD_BYTES + view.getUint32(at)
        if (end > bytes.length) break
        onMessage(view.getUint32(at + 4), bytes.subarray(at + HEAD_BYTES, end))
        at = end
      }
      this.#rest = bytes.subarray(at)
    })
  }

  write (id: number, message: Uint8Array): void {
    const frame = new Uint8Array(HEAD_BYTES + message.length)
    const view = new DataView(frame.buffer)
    view.setUint32(0, message.length)
    view.setUint32(4, id)
    frame.set(message, HEAD_BYTES)
    if (!this.#batched) {
      this.#stream.send(frame)
      return
    }
    if (this.#batch.length === 0) queueMicrotask(() => { this.#flush() })
    this.#batch.push(frame)
  }

  #flush (): void {
    const frames = this.#batch
    this.#batch = []
    this.#stream.send(joined(...frames))
  }
}

function joined (...parts: Uint8Array[]): Uint8Array {
  if (parts[0]?.length === 0 && parts.length === 2) return parts[1] as Uint8Array
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Answers whatever comes. */
export function serveRaw (stream: Stream, options: RawOptions, handler: (message: Uint8Array) => Promise<Uint8Array>): void {
  const framed = new Framed(stream, options, (id, message) => {
    handler(message).then(answer => { framed.write(id, answer) }, (err: Error) => { stream.abort(err) })
  })
}

/** Asks on a stream. */
export class RawCaller {
  readonly #framed: Framed
  readonly #waiting = new Map<number, (answer: Uint8Array) => void>()
  #nextId = 0

  constructor (stream: Stream, options: RawOptions) {
    this.#framed = new Framed(stream, options, (id, message) => {
      this.#waiting.get(id)?.(message)
      this.#waiting.delete(id)
    })
  }

  async ask (message: Uint8Array): Promise<Uint8Array> {
    return new Promise(resolve => {
      const id = this.#nextId++
      this.#waiting.set(id, resolve)
      this.#framed.write(id, message)
    })
  }
}
