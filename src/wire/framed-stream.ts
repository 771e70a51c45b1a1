import { lpStream } from '@libp2p/utils'
import { WireError, WireOversizeError, WireUndecodableError } from './errors.ts'
import type { Codec } from './protocol.ts'
import type { Stream } from '@libp2p/interface'

const EVIDENCE_BYTES = 512

/** Length-prefixed messages of at most `maxBytes` over a stream. */
export interface FramedStream {
  read<T> (codec: Pick<Codec<T>, 'decode'>): Promise<T>
  write (bytes: Uint8Array): Promise<void>
}

export function framedStream (stream: Stream, maxBytes: number): FramedStream {
  const prefixBytes = Math.max(1, Math.ceil(Math.log2(maxBytes + 1) / 7))
  const lp = lpStream(stream, {
    maxDataLength: maxBytes,
    // one message and nothing after it
    maxBufferSize: maxBytes + prefixBytes,
    // lpStream alone reads a length that never ends for ever
    lengthDecoder: prefix => decodeLength(prefix, prefixBytes)
  })
  return {
    read: async codec => decode(codec, (await lp.read()).subarray()),
    write: async bytes => { await lp.write(bytes) }
  }
}

interface Prefix {
  readonly byteLength: number
  get (index: number): number
}

/** The value of an unsigned varint (LEB128); `RangeError` asks lpStream for one more byte. */
function decodeLength (prefix: Prefix, maxPrefixBytes: number): number {
  const last = prefix.byteLength - 1
  if (prefix.get(last) >= 0x80) {
    if (prefix.byteLength >= maxPrefixBytes) throw new WireOversizeError(`the length takes more than ${maxPrefixBytes} bytes`, { fault: 'oversize' })
    throw new RangeError('more to come')
  }
  let value = 0
  for (let i = last; i >= 0; i--) value = value * 128 + (prefix.get(i) & 0x7f)
  return value
}

function decode<T> (codec: Pick<Codec<T>, 'decode'>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes)
  } catch (err) {
    const evidence = bytes.slice(0, EVIDENCE_BYTES)
    const message = err instanceof Error ? err.message : String(err)
    if (err instanceof WireOversizeError) throw new WireOversizeError(message, { cause: err, fault: 'oversize', evidence })
    throw new WireUndecodableError(`${bytes.byteLength} bytes are no valid message: ${message}`, { cause: err, fault: 'undecodable', evidence })
  }
}

/**
 * Binds a stream to a deadline: the stream is aborted when the signal is, and `release` runs once when the stream has
 * ended at both sides. Reads and writes need no signal of their own then.
 */
export function bindStream (stream: Stream, signal: AbortSignal, release: () => void): void {
  const onAbort = (): void => { stream.abort(asError(signal.reason)) }
  const onClose = (): void => {
    signal.removeEventListener('abort', onAbort)
    release()
  }
  if (hasEnded(stream)) {
    release()
    return
  }
  stream.addEventListener('close', onClose, { once: true })
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
}

/** Resolves when both sides have closed; rejects when the stream was reset or aborted. */
export async function streamClosed (stream: Stream): Promise<void> {
  if (stream.status === 'closed') return
  if (hasEnded(stream)) throw new WireError('WIRE_RESET', `the stream was ${stream.status}`, { fault: 'reset' })
  await new Promise<void>((resolve, reject) => {
    stream.addEventListener('close', event => {
      if (event.error == null) resolve()
      else reject(event.error)
    }, { once: true })
  })
}

function hasEnded (stream: Stream): boolean {
  return stream.status === 'closed' || stream.status === 'aborted' || stream.status === 'reset'
}

function asError (reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
