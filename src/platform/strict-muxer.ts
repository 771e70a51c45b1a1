import { AppError } from '../errors.ts'
import { internalsOf } from './module-internals.ts'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

interface Header { type: number, flag: number, streamID: number, length: number }

interface Muxer extends StreamMuxer {
  maConn: MessageStream
  /** What came of a frame that is not whole yet. */
  decoder: { buffer: Pick<Uint8ArrayList, 'byteLength' | 'subarray'> }
  onData (data: Uint8Array | Uint8ArrayList): void
  sendFrame (header: Header, data?: Uint8ArrayList): boolean
}

/** `MUXER_FRAME_TOO_LONG` or `MUXER_ANSWERS_UNREAD` */
export class MuxerError extends AppError {
  /** What the other side is told: a fault of its own (yamux's code of a protocol error). */
  readonly reason = 1
}

const HEADER_BYTES = 12
const DATA = 0
/** No window of libp2p's yamux grows beyond: more of a stream that has ended cannot be on its way either. */
const MAX_WINDOW_BYTES = 16 * 1024 * 1024
/** What may be written in answer while the other side reads nothing. */
const MAX_UNREAD_BYTES = 1024 * 1024

/**
 * A yamux muxer that says no in time. By itself it looks at the length of a frame when all of it is there, which may be 4 GiB, and
 * answers pings without end to who does not read the answers: either way one peer can fill the memory of the process.
 */
export function strictMuxer<C> (factory: (components: C) => StreamMuxerFactory): (components: C) => StreamMuxerFactory {
  return components => {
    const muxers = factory(components)
    const createStreamMuxer = muxers.createStreamMuxer.bind(muxers)
    return Object.assign(muxers, { createStreamMuxer: (connection: MessageStream) => strict(createStreamMuxer(connection)) })
  }
}

function strict (made: StreamMuxer): StreamMuxer {
  const muxer = internalsOf<Muxer>(made, 'maConn', 'decoder', 'onData', 'sendFrame')
  const onData = muxer.onData.bind(muxer)
  const sendFrame = muxer.sendFrame.bind(muxer)
  let unreadBytes = 0

  return Object.assign(muxer, {
    // who calls it ends the connection with what it throws
    onData: (data: Uint8Array | Uint8ArrayList) => {
      onData(data)
      const { buffer } = muxer.decoder
      if (buffer.byteLength >= HEADER_BYTES) checkHeader(buffer.subarray(0, HEADER_BYTES))
      if (unreadBytes > MAX_UNREAD_BYTES) throw new MuxerError('MUXER_ANSWERS_UNREAD', `the peer asks, and has not read ${unreadBytes} bytes of answers: the connection is closed`)
    },
    sendFrame: (header: Header, data?: Uint8ArrayList) => {
      const isTaken = sendFrame(header, data)
      // data waits by itself; all other frames are written whatever comes
      if (isTaken) unreadBytes = 0
      else if (data == null) unreadBytes += HEADER_BYTES
      return isTaken
    }
  })

  function checkHeader (header: Uint8Array): void {
    if (header[1] !== DATA) return
    const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES)
    const [id, length] = [String(view.getUint32(4)), view.getUint32(8)]
    const stream = muxer.streams.find(stream => stream.id === id)
    const window = stream == null ? MAX_WINDOW_BYTES : internalsOf<{ recvWindowCapacity: number }>(stream, 'recvWindowCapacity').recvWindowCapacity
    if (length > window) throw new MuxerError('MUXER_FRAME_TOO_LONG', `a frame of ${length} bytes for stream ${id}, which may take ${window}: the connection is closed`)
  }
}
