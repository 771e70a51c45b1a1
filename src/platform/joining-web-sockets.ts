import { internalsOf } from './module-internals.ts'
import { wrappedTransport } from './wrapped-transport.ts'
import type { MultiaddrConnection, Transport } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** What both `ws` and the platform have; only `ws` says when something is gone. */
interface Socket {
  bufferedAmount: number
  send (data: Uint8Array, gone?: (err?: Error) => void): void
  terminate?: () => void
}

interface SocketConnection extends MultiaddrConnection {
  websocket: Socket
  maxBufferedAmount: number
  checkBufferedAmountTask: { start (): void }
  sendData (data: Uint8ArrayList): { sentBytes: number, canSendMore: boolean }
  safeDispatchEvent (type: 'drain'): boolean
}

/** More than one encrypted message of Noise would fill, some implementations refuse (Netty's default, of jvm-libp2p). */
const MAX_MESSAGE_BYTES = 64 * 1024

/**
 * libp2p's WebSockets, that send what they are given in messages as large as may be. By itself the transport makes one of each
 * piece, be it two bytes, and when much waits it looks only every 10 ms whether all is gone.
 */
export function joiningWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return wrappedTransport(factory, joining)
}

function joining (made: MultiaddrConnection): MultiaddrConnection {
  const connection = internalsOf<SocketConnection>(made, 'websocket', 'maxBufferedAmount', 'checkBufferedAmountTask', 'sendData', 'safeDispatchEvent')
  const { websocket, maxBufferedAmount, checkBufferedAmountTask } = connection
  const tellsWhenGone = websocket.terminate != null
  const gone = (err?: Error): void => {
    // who waits hears of an error when the socket closes
    if (err == null && connection.writableNeedsDrain && websocket.bufferedAmount < maxBufferedAmount / 2) connection.safeDispatchEvent('drain')
  }
  const sendData: SocketConnection['sendData'] = data => {
    const sentBytes = data.byteLength
    for (let at = 0; at < sentBytes; at += MAX_MESSAGE_BYTES) {
      // a copy, as a dialled socket masks it in place
      const message = data.slice(at, Math.min(at + MAX_MESSAGE_BYTES, sentBytes))
      if (tellsWhenGone) websocket.send(message, gone)
      else websocket.send(message)
    }
    const canSendMore = websocket.bufferedAmount < maxBufferedAmount
    if (!canSendMore && !tellsWhenGone) checkBufferedAmountTask.start()
    return { sentBytes, canSendMore }
  }
  return Object.assign(connection, { sendData })
}
