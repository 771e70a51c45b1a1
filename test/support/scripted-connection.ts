import { defaultLogger } from '@libp2p/logger'
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'

/** A connection whose other side is the test: what comes is said by `receive`, what goes lies in `writes`. */
export class ScriptedConnection extends AbstractMultiaddrConnection {
  /** What was handed over, call by call. */
  readonly writes: Uint8Array[] = []
  /** Whether it takes more, after what it is given next. */
  isTaking = true
  /** `close` and `abort`, as the other side would hear of them. */
  readonly ends: string[] = []
  /** Told of what is handed over, if the other side is not the test but another connection. */
  onWrite?: (bytes: Uint8Array) => void

  constructor (direction: 'inbound' | 'outbound') {
    super({ direction, remoteAddr: multiaddr('/ip4/127.0.0.1/tcp/1'), log: defaultLogger().forComponent('scripted') })
  }

  get written (): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.writes))
  }

  receive (bytes: Uint8Array): void {
    this.onData(bytes)
  }

  /** There is room again. */
  drain (): void {
    this.isTaking = true
    this.dispatchEvent(new Event('drain'))
  }

  override sendData (data: Parameters<AbstractMultiaddrConnection['sendData']>[0]): { sentBytes: number, canSendMore: boolean } {
    const bytes = data.slice()
    this.writes.push(bytes)
    this.onWrite?.(bytes)
    return { sentBytes: data.byteLength, canSendMore: this.isTaking }
  }

  override sendReset (): void {
    this.ends.push('abort')
  }

  override async sendClose (): Promise<void> {
    this.ends.push('close')
  }

  override sendPause (): void {}

  override sendResume (): void {}
}
