import { once } from 'node:events'
import { ConnectionFailedError } from '@libp2p/interface'
import { multiaddrToUri } from '@multiformats/multiaddr-to-uri'
import { WebSocket as WsSocket } from 'ws'
import { describeError } from '../errors.ts'
import { internalsOf } from './module-internals.ts'
import { maskSent, noMask } from './web-socket-masks.ts'
import { wrappedTransport } from './wrapped-transport.ts'
import type { CounterGroup, DialTransportOptions, MultiaddrConnection, Transport } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

interface SocketTransport extends Transport {
  metrics?: { dialerEvents: CounterGroup }
  _connect (address: Multiaddr, options: DialTransportOptions): Promise<WebSocket>
}

/**
 * libp2p's WebSockets, that dial with the package `ws`, with which they listen, and mask words, not bytes. The one of the platform
 * does not say when what it was given is gone, nor why it could not connect, and cannot be ended at once.
 */
export function diallingWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  const dialling = (components: C): Transport => {
    const transport = internalsOf<SocketTransport>(factory(components), '_connect')
    return Object.assign(transport, {
      _connect: async (address, options) => connected(address, options, event => { transport.metrics?.dialerEvents.increment({ [event]: true }) })
    } satisfies Pick<SocketTransport, '_connect'>)
  }
  return wrappedTransport(dialling, ready)
}

function ready (connection: MultiaddrConnection): MultiaddrConnection {
  if (connection.direction === 'outbound') {
    const { websocket } = internalsOf<MultiaddrConnection & { websocket: WsSocket }>(connection, 'websocket')
    maskSent(websocket)
    websocket.resume()
  }
  return connection
}

async function connected (address: Multiaddr, { signal, onProgress }: DialTransportOptions, count: (event: 'abort' | 'error' | 'connect') => void): Promise<WebSocket> {
  signal.throwIfAborted()
  const uri = multiaddrToUri(address)
  const socket = new WsSocket(uri, { perMessageDeflate: false, generateMask: noMask })
  socket.binaryType = 'arraybuffer'
  // always followed by `close`, which is what a connection listens to
  socket.on('error', () => {})
  // what comes right after would be read before there is a connection to hear it
  socket.once('open', () => { socket.pause() })
  onProgress?.(new CustomEvent('websockets:open-connection'))
  try {
    await once(socket, 'open', { signal })
  } catch (cause) {
    count(signal.aborted ? 'abort' : 'error')
    socket.terminate()
    throw Object.assign(new ConnectionFailedError(`Could not connect to ${uri}: ${describeError(cause)}`), { cause })
  }
  count('connect')
  return socket as unknown as WebSocket
}
