import { once } from 'node:events'
import { internalsOf } from './module-internals.ts'
import { wrappedTransport } from './wrapped-transport.ts'
import type { MultiaddrConnection, Transport } from '@libp2p/interface'
import type { Socket } from 'node:net'

interface TcpConnection extends MultiaddrConnection {
  socket: Socket
  sendData (data: Iterable<Uint8Array>): { sentBytes: number, canSendMore: boolean }
  sendClose (options?: { signal?: AbortSignal }): Promise<void>
}

/**
 * libp2p's TCP, that hands the system in one call all pieces of what it is given. By itself it makes a call for each: the
 * length, the text and the tag of an encrypted message are three. It closes as TCP is meant to be closed: says that it is
 * done, and reads on until the other side is. A socket that is let go before, with something to read, resets the connection,
 * and what the other side has not read yet is lost.
 */
export function gatheringTcp<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return wrappedTransport(factory, gathering)
}

function gathering (connection: MultiaddrConnection): MultiaddrConnection {
  const tcp = internalsOf<TcpConnection>(connection, 'socket', 'sendData', 'sendClose')
  const { socket } = tcp
  const closeNow = tcp.sendClose.bind(tcp)
  const sendData: TcpConnection['sendData'] = data => {
    let sentBytes = 0
    let canSendMore = true
    socket.cork()
    for (const piece of data) {
      sentBytes += piece.byteLength
      canSendMore = socket.write(piece)
    }
    socket.uncork()
    return { sentBytes, canSendMore }
  }
  const sendClose: TcpConnection['sendClose'] = async options => {
    const signal = options?.signal
    // nobody says how long to wait for the other side
    if (signal == null || socket.destroyed) return await closeNow(options)
    socket.end()
    const onAbort = (): void => { socket.destroy() }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal.aborted) onAbort()
      await once(socket, 'close')
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
  return Object.assign(connection, { sendData, sendClose })
}
