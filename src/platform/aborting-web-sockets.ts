import { wrappedTransport } from './wrapped-transport.ts'
import type { MultiaddrConnection, Transport } from '@libp2p/interface'

/** A socket of the `ws` package can be ended at once, one of the platform only be closed. */
type Socket = Pick<WebSocket, 'addEventListener' | 'close'> & { terminate?: () => void }

/**
 * libp2p's WebSockets, that end when they are aborted. By itself the transport closes an aborted socket with a code that
 * no program may give (1006), which throws, and nobody hears of it: the socket, and whoever is at its other end, stays.
 * Nor does it listen to errors of a socket: one broken frame, from anybody, would end the process.
 */
export function abortingWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return wrappedTransport(factory, endable)
}

function endable (connection: MultiaddrConnection): MultiaddrConnection {
  const { websocket } = connection as unknown as { websocket: Socket }
  const sendReset = (): void => {
    if (websocket.terminate == null) websocket.close()
    else websocket.terminate()
  }
  // `close` follows, which the transport does listen to
  websocket.addEventListener('error', () => {})
  return Object.assign(connection, { sendReset })
}
