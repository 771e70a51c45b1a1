import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** RFC 6455, 1.3 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export interface Frame {
  opcode: number
  mask: Buffer
  /** As it was before it was masked. */
  text: Uint8Array
}

/** As RFC 6455, 5.2 has it: `first` is its first byte, the length takes as many bytes as it must. */
export function webSocketFrame (first: number, text: Uint8Array, mask?: Uint8Array): Buffer {
  const { length } = text
  const long = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (long.length === 2) long.writeUInt16BE(length)
  if (long.length === 8) long.writeBigUInt64BE(BigInt(length))
  const short = length < 126 ? length : length < 65_536 ? 126 : 127
  return Buffer.concat([
    Uint8Array.of(first, short | (mask == null ? 0 : 0x80)), long, mask ?? new Uint8Array(), mask == null ? text : text.map((byte, i) => byte ^ mask[i & 3]!)
  ])
}

/** A server that answers one request for a WebSocket, at once with a first frame, and keeps the bytes of all that follow. */
export class RawWebSocket implements AsyncDisposable {
  readonly #server: Server
  readonly #received: Buffer[] = []
  #receivedBytes = 0
  socket?: Socket

  private constructor (first: Uint8Array) {
    this.#server = createServer(socket => {
      this.socket = socket
      let request = ''
      const onRequest = (data: Buffer): void => {
        request += data.toString('latin1')
        if (!request.includes('\r\n\r\n')) return
        socket.off('data', onRequest)
        socket.on('data', frames => {
          this.#received.push(frames)
          this.#receivedBytes += frames.length
        })
        const accept = createHash('sha1').update(/sec-websocket-key: (\S+)/i.exec(request)?.[1] + GUID).digest('base64')
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
        socket.write(Buffer.concat([Buffer.from(head), first]))
      }
      socket.on('data', onRequest)
      // whoever dialled may end it as he likes
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
  }

  static async start (first = new Uint8Array()): Promise<RawWebSocket> {
    const server = new RawWebSocket(first)
    await once(server.#server, 'listening')
    return server
  }

  get address (): string {
    return `/ip4/127.0.0.1/tcp/${(this.#server.address() as AddressInfo).port}/ws`
  }

  get receivedBytes (): number {
    return this.#receivedBytes
  }

  /** All that are there, whole. */
  get frames (): Frame[] {
    const frames: Frame[] = []
    const data = Buffer.concat(this.#received)
    for (let at = 0; at + 2 <= data.length;) {
      const short = data[at + 1]! & 0x7f
      const masked = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
      const length = short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? Number(data.readBigUInt64BE(at + 2)) : short
      const end = masked + 4 + length
      if (end > data.length) break
      const mask = data.subarray(masked, masked + 4)
      frames.push({ opcode: data[at]! & 0x0f, mask, text: data.subarray(masked + 4, end).map((byte, i) => byte ^ mask[i & 3]!) })
      at = end
    }
    return frames
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.socket?.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
