import { AppError } from '../errors.ts'
import { JoinedPieces } from './joined-pieces.ts'
import { internalsOf } from './module-internals.ts'
import { wrappedMuxer } from './wrapped-muxer.ts'
import type { Bytes } from './joined-pieces.ts'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

interface Header { type: number, flag: number, streamID: number, length: number }

interface Muxer extends StreamMuxer {
  maConn: MessageStream
  /** Whether it dialled: the ids that it opens are odd. */
  client: boolean
  nextStreamID: number
  /** What came of a frame that is not whole yet. */
  decoder: { buffer: Pick<Uint8ArrayList, 'byteLength' | 'subarray'> }
  onData (data: Bytes): void
  /** Each time that the other side opens one, whether or not it gets it. */
  incomingStream (id: number): void
  sendFrame (header: Header, data?: Uint8ArrayList): boolean
}

/** `MUXER_FRAME_TOO_LONG` or `MUXER_ANSWERS_UNREAD` */
export class MuxerError extends AppError {
  /** What the other side is told: a fault of its own (yamux's code of a protocol error). */
  readonly reason = 1
}

const HEADER_BYTES = 12
const SYN = 1
/** What may be sent to a stream before its window has grown. */
const FIRST_WINDOW_BYTES = 256 * 1024
/** No window of libp2p's yamux grows beyond: more of a stream that has ended cannot be on its way either. */
const MAX_WINDOW_BYTES = 16 * 1024 * 1024
/** What may be written in answer while the other side reads nothing. */
const MAX_UNREAD_BYTES = 1024 * 1024

/**
 * A yamux muxer that says no in time. By itself it looks at the length of a frame when all of it is there, which may be 4 GiB, and
 * answers pings without end to who does not read the answers: either way one peer can fill the memory of the process. Nor does
 * it matter to it in how small pieces a frame comes.
 */
export function strictMuxer<C> (factory: (components: C) => StreamMuxerFactory): (components: C) => StreamMuxerFactory {
  return wrappedMuxer(factory, strict)
}

function strict (made: StreamMuxer): StreamMuxer {
  const muxer = internalsOf<Muxer>(made, 'maConn', 'client', 'nextStreamID', 'decoder', 'onData', 'incomingStream', 'sendFrame')
  const onData = muxer.onData.bind(muxer)
  const incomingStream = muxer.incomingStream.bind(muxer)
  const sendFrame = muxer.sendFrame.bind(muxer)
  const pieces = new JoinedPieces()
  let missingBytes = 0
  let lastIncomingId = 0
  let unreadBytes = 0
  muxer.maConn.addEventListener('drain', () => { unreadBytes = 0 })

  return Object.assign(muxer, {
    // who calls it ends the connection with what it throws
    onData: (data: Bytes) => {
      const joined = pieces.take(data, missingBytes)
      if (joined == null) return
      missingBytes = 0
      onData(joined)
      const { buffer } = muxer.decoder
      // only data is waited for when its header is there
      if (buffer.byteLength >= HEADER_BYTES) missingBytes = HEADER_BYTES + checkedLength(buffer.subarray(0, HEADER_BYTES)) - buffer.byteLength
      if (unreadBytes > MAX_UNREAD_BYTES) throw new MuxerError('MUXER_ANSWERS_UNREAD', `the peer asks, and has not read ${unreadBytes} bytes of answers: the connection is closed`)
    },
    incomingStream: (id: number) => {
      lastIncomingId = Math.max(lastIncomingId, id)
      incomingStream(id)
    },
    sendFrame: (header: Header, data?: Uint8ArrayList) => {
      const isTaken = sendFrame(header, data)
      // data waits by itself; all other frames are written whatever comes
      if (isTaken) unreadBytes = 0
      else if (data == null) unreadBytes += HEADER_BYTES
      return isTaken
    }
  })

  function checkedLength (header: Uint8Array): number {
    const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES)
    const [flags, id, length] = [view.getUint16(2), view.getUint32(4), view.getUint32(8)]
    const window = windowOf(id, flags)
    if (length > window) throw new MuxerError('MUXER_FRAME_TOO_LONG', `a frame of ${length} bytes for stream ${id}, which may take ${window}: the connection is closed`)
    return length
  }

  function windowOf (id: number, flags: number): number {
    const stream = muxer.streams.find(stream => stream.id === String(id))
    if (stream != null) return internalsOf<{ recvWindowCapacity: number }>(stream, 'recvWindowCapacity').recvWindowCapacity
    const isOurs = muxer.client === (id % 2 === 1)
    const wasOpened = id > 0 && (isOurs ? id < muxer.nextStreamID : id <= lastIncomingId)
    return wasOpened && (flags & SYN) === 0 ? MAX_WINDOW_BYTES : FIRST_WINDOW_BYTES
  }
}
