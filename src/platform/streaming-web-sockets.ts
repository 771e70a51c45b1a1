import { Uint8ArrayList } from 'uint8arraylist'
import { AppError } from '../errors.ts'
import { internalsOf } from './module-internals.ts'
import { applyMask } from './web-socket-masks.ts'
import { wrappedTransport } from './wrapped-transport.ts'
import type { MultiaddrConnection, Transport } from '@libp2p/interface'

interface SocketConnection extends MultiaddrConnection {
  websocket: object
  onData (data: Uint8Array | Uint8ArrayList): void
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
  /** Reads all that is there. */
  startLoop (done: (err?: Error) => void): void
}

const TEXT = 1
const BINARY = 2
/** Shorter pieces are copied together: each would cost whoever reads them more than the copy. */
const SMALL_BYTES = 1024

/** `WEB_SOCKET_TEXT`: the peer sends text, which libp2p never does. */
export class WebSocketError extends AppError {}

/**
 * libp2p's WebSockets, that hand on what they read as it comes: all of one read at once. By itself a socket of `ws` waits for all of
 * a message, and copies its pieces together. Text, which nobody sends here, is refused. Only for Node, without compression.
 */
export function streamingWebSockets<C> (factory: (components: C) => Transport): (components: C) => Transport {
  return wrappedTransport(factory, streaming)
}

function streaming (made: MultiaddrConnection): MultiaddrConnection {
  const connection = internalsOf<SocketConnection>(made, 'websocket', 'onData')
  const { _receiver } = internalsOf<{ _receiver: object }>(connection.websocket, '_receiver')
  const receiver = internalsOf<FrameReceiver>(_receiver, '_opcode', '_payloadLength', '_buffers', '_loop', 'consume', 'getData', 'startLoop')
  const endFrame = receiver.getData.bind(receiver)
  const startLoop = receiver.startLoop.bind(receiver)
  let pieces: Uint8Array[] = []
  const handOn = (): void => {
    if (pieces.length === 0) return
    const read = pieces
    pieces = []
    try {
      connection.onData(joined(read))
    } catch (err) {
      connection.abort(err instanceof Error ? err : new Error(String(err)))
    }
  }
  receiver.startLoop = done => {
    startLoop(done)
    handOn()
  }
  receiver.getData = done => {
    if (receiver._opcode === TEXT) {
      receiver._loop = false
      connection.abort(new WebSocketError('WEB_SOCKET_TEXT', 'the peer sends text, not bytes: the connection is closed'))
      return
    }
    if (receiver._opcode === BINARY) {
      for (let next = receiver._buffers[0]; next != null && receiver._payloadLength > 0; next = receiver._buffers[0]) {
        const data = receiver.consume(Math.min(next.byteLength, receiver._payloadLength))
        receiver._payloadLength -= data.byteLength
        if (receiver._mask != null) {
          applyMask(data, receiver._mask)
          if (receiver._payloadLength > 0) receiver._mask = turned(receiver._mask, data.byteLength)
        }
        pieces.push(data)
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

/** In their order; large ones are not copied. */
function joined (pieces: Uint8Array[]): Uint8Array | Uint8ArrayList {
  const [first] = pieces
  if (first != null && pieces.length === 1) return first
  const list = new Uint8ArrayList()
  let small: Uint8Array[] = []
  const appendSmall = (): void => {
    if (small.length > 0) list.append(Buffer.concat(small))
    small = []
  }
  for (const piece of pieces) {
    if (piece.byteLength < SMALL_BYTES) {
      small.push(piece)
    } else {
      appendSmall()
      list.append(piece)
    }
  }
  appendSmall()
  return list
}

/** The mask of what comes after so many bytes. */
function turned (mask: Uint8Array, bytes: number): Uint8Array {
  return Uint8Array.from(mask, (_, i) => mask[(bytes + i) & 3] ?? 0)
}
