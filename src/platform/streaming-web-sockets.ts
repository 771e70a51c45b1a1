import { internalsOf } from './module-internals.ts'
import { applyMask } from './web-socket-masks.ts'
import { wrappedTransport } from './wrapped-transport.ts'
import type { MultiaddrConnection, Transport } from '@libp2p/interface'

interface SocketConnection extends MultiaddrConnection {
  websocket: object
  onData (data: Uint8Array): void
}

/** What a socket of `ws` reads with, a part of a frame at a time. */
interface FrameReceiver {
  _opcode: number
  /** Of the frame, and still to be read of it. */
  _payloadLength: number
  _mask?: Uint8Array
  _buffers: Uint8Array[]
  /** Whether to go on with what is there. */
  _loop: boolean
  consume (bytes: number): Uint8Array
  getData (done: (err?: Error) => void): void
}

const BINARY = 2

/**
 * libp2p's WebSockets, that hand on what they read as it comes. By itself a socket of `ws` waits for all of a message, copies its
 * pieces together, and unmasks them byte by byte. Only for Node, without compression.
 */
export function streamingWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return wrappedTransport(factory, streaming)
}

function streaming (made: MultiaddrConnection): MultiaddrConnection {
  const connection = internalsOf<SocketConnection>(made, 'websocket', 'onData')
  const { _receiver } = internalsOf<{ _receiver: object }>(connection.websocket, '_receiver')
  const receiver = internalsOf<FrameReceiver>(_receiver, '_opcode', '_payloadLength', '_buffers', '_loop', 'consume', 'getData')
  const endFrame = receiver.getData.bind(receiver)
  receiver.getData = done => {
    if (receiver._opcode === BINARY) {
      for (let next = receiver._buffers[0]; next != null && receiver._payloadLength > 0; next = receiver._buffers[0]) {
        const data = receiver.consume(Math.min(next.byteLength, receiver._payloadLength))
        receiver._payloadLength -= data.byteLength
        if (receiver._mask != null) receiver._mask = unmasked(data, receiver._mask)
        connection.onData(data)
      }
      if (receiver._payloadLength > 0) {
        receiver._loop = false
        return
      }
    }
    endFrame(done)
  }
  return connection
}

/** The mask of what comes next. */
function unmasked (data: Uint8Array, mask: Uint8Array): Uint8Array {
  applyMask(data, mask)
  const turn = data.byteLength % mask.byteLength
  return Uint8Array.from([...mask.subarray(turn), ...mask.subarray(0, turn)])
}
