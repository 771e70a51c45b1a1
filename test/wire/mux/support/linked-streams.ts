import { AbstractStream } from '@libp2p/utils'
import { defaultLogger } from '@libp2p/logger'
import type { SendResult } from '@libp2p/utils'

type Bytes = Parameters<AbstractStream['sendData']>[0]

export interface LinkOptions {
  /** Bytes that each direction takes before the writer has to wait. */
  capacity?: number
  /** Like WebRTC: who has paused is sent to all the same. @default false */
  withoutFlowControl?: boolean
}

/** Two ends of a stream; what is written at one stays on the way until the test delivers it. */
export function linkedStreams (options: LinkOptions = {}): { near: LinkedStream, far: LinkedStream } {
  const near = new LinkedStream('outbound', options)
  const far = new LinkedStream('inbound', options)
  near.peer = far
  far.peer = near
  return { near, far }
}

export class LinkedStream extends AbstractStream {
  peer!: LinkedStream
  /** Sent in one call of `send` each. */
  readonly batches: number[] = []
  readonly #capacity: number
  readonly #flowControl: boolean
  readonly #wire: Uint8Array[] = []
  #onTheWay = 0
  #fin = false

  constructor (direction: 'inbound' | 'outbound', { capacity = Infinity, withoutFlowControl = false }: LinkOptions) {
    super({ id: '1', direction, log: defaultLogger().forComponent('linked-stream') })
    this.#capacity = capacity
    this.#flowControl = !withoutFlowControl
  }

  /** Bytes sent and not delivered. */
  get onTheWay (): number {
    return this.#onTheWay
  }

  /** Hands up to so many bytes to the other end; true when anything was. */
  deliver (bytes = Infinity): boolean {
    const { peer } = this
    if (this.#flowControl && peer.readStatus === 'paused') return false
    let left = Math.min(bytes, this.#onTheWay)
    const moved = left > 0
    while (left > 0) {
      const chunk = this.#wire[0]!
      const data = chunk.subarray(0, left)
      if (data.length === chunk.length) this.#wire.shift()
      else this.#wire[0] = chunk.subarray(left)
      this.#onTheWay -= data.length
      left -= data.length
      peer.onData(data)
    }
    if (moved) this.safeDispatchEvent('drain')
    const fin = this.#fin && this.#onTheWay === 0
    if (fin) {
      this.#fin = false
      peer.onRemoteCloseWrite()
    }
    return moved || fin
  }

  sendData (data: Bytes): SendResult {
    const sentBytes = Math.min(data.byteLength, this.#capacity - this.#onTheWay)
    // a copy: the other end is another machine
    if (sentBytes > 0) this.#wire.push(data.slice(0, sentBytes))
    this.#onTheWay += sentBytes
    this.batches.push(sentBytes)
    return { sentBytes, canSendMore: this.#onTheWay < this.#capacity }
  }

  sendReset (): void {
    this.#wire.length = 0
    this.#onTheWay = 0
    this.peer.onRemoteReset()
  }

  async sendCloseWrite (): Promise<void> {
    this.#fin = true
  }

  async sendCloseRead (): Promise<void> {}
  sendPause (): void {}
  sendResume (): void {}
}

/** Delivers both ways, with everything that follows from it, until nothing moves any more. */
export async function settle (...streams: LinkedStream[]): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await new Promise(resolve => setImmediate(resolve))
    const moved = streams.map(stream => stream.deliver())
    quiet = moved.includes(true) ? 0 : quiet + 1
  }
}
