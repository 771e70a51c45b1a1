import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** What a libp2p dialler says first: multistream-select, then Noise. */
const HELLO = lengthPrefixed('/multistream/1.0.0\n', '/noise\n')

export interface RawInit {
  port: number
  /** The address of 127.0.0.0/8 to come from. */
  from: string
  /** Bytes sent at once. `hello` asks for Noise and then says no more. @default nothing */
  say?: 'hello' | Uint8Array
}

/** TCP sockets without any libp2p. `await using`: they are destroyed with the block. */
export class RawSockets implements AsyncDisposable {
  readonly #sockets = new Set<Socket>()

  /** Those that the other side has not closed. */
  get open (): number {
    return [...this.#sockets].filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length
  }

  /** Resolves when it is connected, or was refused. */
  async dial ({ port, from, say }: RawInit): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from })
    this.#sockets.add(socket)
    // being thrown out is what is expected
    socket.on('error', () => { socket.destroy() })
    socket.on('end', () => { socket.destroy() })
    socket.resume()
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => { socket.destroy() })
    if (say != null && !socket.destroyed) socket.write(say === 'hello' ? HELLO : say)
    return socket
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
  }
}

function lengthPrefixed (...lines: string[]): Uint8Array {
  return Buffer.concat(lines.flatMap(line => [Buffer.from([line.length]), Buffer.from(line)]))
}
