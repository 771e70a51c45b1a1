import { yamux } from '@chainsafe/libp2p-yamux'
import { internalsOf } from './module-internals.ts'
import { wrappedMuxer } from './wrapped-muxer.ts'
import type { Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

interface Muxer extends StreamMuxer {
  _newStream (...args: unknown[]): Stream
}

interface WindowedStream extends Stream {
  /** What the remote may send at most, and what it still may, in bytes. */
  recvWindow: number
  recvWindowCapacity: number
  getRTT (): number
  sendWindowUpdate (): void
  /** What may be sent before the remote gives way, in bytes. */
  sendWindowCapacity: number
  onMuxerDrain (): void
  /** What `onDrain` waits for. */
  onDrainPromise?: PromiseWithResolvers<void>
}

/**
 * Of the window: what must have come before it is given back. Each time is a message to encrypt, to send and to read; but only then may the
 * window grow, and at half of one, as others do, it grows so late that a link with losses is slow.
 */
const MIN_UPDATE_SHARE = 1 / 8
/** A window grows while it is read within four round trips, and on one machine these take 0 ms. */
const MIN_ROUND_TRIP_MS = 1

/**
 * yamux that gives a window back in few pieces, not for every frame. Its writers wait for every drain that is theirs, and a
 * window may grow on one machine, too.
 */
export function yamuxWithWindows (): (components: unknown) => StreamMuxerFactory {
  return wrappedMuxer(yamux(), changed)
}

function changed (made: StreamMuxer): StreamMuxer {
  const muxer = internalsOf<Muxer>(made, '_newStream')
  const newStream = muxer._newStream.bind(muxer)
  return Object.assign(muxer, { _newStream: (...args: unknown[]) => windowed(newStream(...args)) })
}

function windowed (made: Stream): Stream {
  const stream = internalsOf<WindowedStream>(made, 'recvWindow', 'recvWindowCapacity', 'getRTT', 'sendWindowUpdate', 'sendWindowCapacity', 'onMuxerDrain')
  const { getRTT } = stream
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  const onMuxerDrain = stream.onMuxerDrain.bind(stream)
  let isOpening = true
  // the module keeps the first promise, once kept: whoever waits for a second time would not, and write without end
  stream.addEventListener('drain', () => { stream.onDrainPromise = undefined })
  return Object.assign(stream, {
    // -1: not known
    getRTT: () => {
      const roundTripMs = getRTT()
      return roundTripMs < 0 ? roundTripMs : Math.max(MIN_ROUND_TRIP_MS, roundTripMs)
    },
    // who waits for the remote would write one more piece each time that the connection has room
    onMuxerDrain: () => {
      if (stream.sendWindowCapacity > 0 || stream.writeBufferLength === 0) onMuxerDrain()
    },
    sendWindowUpdate: () => {
      // the first one opens the stream, or answers that it is open
      if (!isOpening && stream.recvWindow - stream.recvWindowCapacity < stream.recvWindow * MIN_UPDATE_SHARE) return
      isOpening = false
      sendWindowUpdate()
    }
  })
}
