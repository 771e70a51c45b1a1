import { connect } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { lazyLogger } from '../../src/platform/lazy-logger.ts'
import { createTransports } from '../../src/platform/transports.ts'
import type { Socket } from 'node:net'
import type { Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'

/** Our transport, of no node. */
export async function webSockets (tls?: { cert: string, key: string }): Promise<Transport> {
  const [, made] = await createTransports(tls == null ? {} : { tls })
  return made!({ logger: lazyLogger(), events: new TypedEventEmitter() } as never)
}

/** A connection over which nothing is agreed upon. */
export async function dialled (address: string, signal = AbortSignal.timeout(5_000)): Promise<MultiaddrConnection> {
  let made: MultiaddrConnection | undefined
  const upgrader = { upgradeOutbound: async (connection: MultiaddrConnection) => { made = connection } } as unknown as Upgrader
  await (await webSockets()).dial(multiaddr(address), { upgrader, signal } as never)
  return made!
}

/** A listener, and a socket that has asked it for a WebSocket. */
export class RawDialler implements AsyncDisposable {
  readonly connection: Promise<MultiaddrConnection>
  readonly socket: Socket
  readonly #listener: Listener

  private constructor (listener: Listener, connection: Promise<MultiaddrConnection>) {
    this.#listener = listener
    this.connection = connection
    const port = Number(/tcp\/(\d+)/.exec(String(listener.getAddrs()[0]))?.[1])
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('error', () => {})
    this.socket.write(REQUEST)
  }

  static async start (): Promise<RawDialler> {
    const { promise, resolve } = Promise.withResolvers<MultiaddrConnection>()
    const upgrader = { upgradeInbound: async (connection: MultiaddrConnection) => { resolve(connection) } } as unknown as Upgrader
    const listener = (await webSockets()).createListener({ upgrader })
    await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0/ws'))
    return new RawDialler(listener, promise)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.socket.destroy()
    await this.#listener.close()
  }
}
