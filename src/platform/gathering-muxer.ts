import { Uint8ArrayList } from 'uint8arraylist'
import { internalsOf } from './module-internals.ts'
import { wrappedMuxer } from './wrapped-muxer.ts'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

interface Muxer extends StreamMuxer {
  maConn: MessageStream
  send (data: Uint8Array | Uint8ArrayList): boolean
}

interface MuxedStream {
  onMuxerNeedsDrain (): void
  onMuxerDrain (): void
}

/** What may wait for the end of a turn of the event loop: more, and writers are asked to wait. */
const MAX_GATHERED_BYTES = 256 * 1024
/** What Noise encrypts at once: the rest is a message of its own, however small. */
const MESSAGE_BYTES = 65_535 - 16

// in Node after what is already to be done, in browsers among it
const atEndOfTurn: (run: () => void) => void = globalThis.process?.nextTick ?? queueMicrotask

/**
 * A muxer that hands on in one piece what is written in one turn of the event loop: one message to encrypt, one call of
 * the system, instead of one for each frame. Until then the bytes are whoever's wrote them, who must not change them. What is
 * written before close() or abort() goes out before they do; what comes after them (an answer to a late frame) would break
 * a connection that is being closed, and is dropped. While more is written than may wait, what does not fill a message
 * goes with what comes next, a turn later at most.
 */
export function gatheringMuxer<C> (factory: (components: C) => StreamMuxerFactory): (components: C) => StreamMuxerFactory {
  return wrappedMuxer(factory, gathering)
}

function gathering (made: StreamMuxer): StreamMuxer {
  const muxer = internalsOf<Muxer>(made, 'maConn', 'send')
  const [send, close, abort] = [muxer.send.bind(muxer), muxer.close.bind(muxer), muxer.abort.bind(muxer)]
  let gathered = new Uint8ArrayList()
  let isScheduled = false
  let isRefusing = false
  let isOver = false

  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    atEndOfTurn(() => {
      isScheduled = false
      flush(isRefusing && gathered.byteLength > MESSAGE_BYTES ? gathered.byteLength % MESSAGE_BYTES : 0)
    })
  }

  const tell = (method: keyof MuxedStream): void => {
    for (const stream of muxer.streams) internalsOf<MuxedStream>(stream, method)[method]()
  }

  const flush = (keptBytes = 0): void => {
    if (gathered.byteLength === 0) return
    const sentBytes = gathered.byteLength - keptBytes
    const data = gathered.sublist(0, sentBytes)
    gathered = gathered.sublist(sentBytes)
    // after the microtasks in which those write who are told below
    if (keptBytes > 0) queueMicrotask(schedule)
    const wasRefusing = isRefusing
    isRefusing = false
    try {
      // who is refused by the connection itself is told when that has drained
      if (send(data) && wasRefusing) tell('onMuxerDrain')
    } catch (err) {
      // as when it is thrown at a stream that writes
      muxer.abort(err as Error)
    }
  }

  return Object.assign(muxer, {
    send: (data: Uint8Array | Uint8ArrayList): boolean => {
      if (isOver) return true
      schedule()
      gathered.append(data)
      if (gathered.byteLength < MAX_GATHERED_BYTES && !muxer.maConn.writableNeedsDrain) return true
      // each stream once: one that is opened meanwhile, or goes on too early, is refused here
      if (!isRefusing) {
        isRefusing = true
        tell('onMuxerNeedsDrain')
      }
      return false
    },
    close: async (options?: Parameters<StreamMuxer['close']>[0]) => {
      await close(options)
      flush()
      isOver = true
      await written(muxer.maConn, options?.signal)
    },
    abort: (err: Error) => {
      abort(err)
      flush()
      isOver = true
    }
  })
}

/** Until the connection has passed on all that it was given: it is closed next, and could not any more. */
async function written (connection: MessageStream, signal?: AbortSignal): Promise<void> {
  while (connection.status === 'open' && (connection.writableNeedsDrain || connection.writeBufferLength > 0)) {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const listening = new AbortController()
    for (const type of ['drain', 'close'] as const) connection.addEventListener(type, () => { resolve() }, { once: true, signal: listening.signal })
    signal?.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true, signal: listening.signal })
    await promise.finally(() => { listening.abort() })
  }
}
