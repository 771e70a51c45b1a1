import { evidenceOf, undecodable, WireOversizeError, WireResetError } from './errors.ts'
import { PlainStream } from './plain/plain-stream.ts'
import type { Codec } from './protocol.ts'
import type { Stream } from '@libp2p/interface'

/**
 * A stream of which one message is read, of at most `maxReadBytes`. It is aborted with the signal, and `release` runs once
 * when it has ended at both sides, which may be long after the exchange.
 */
export function boundStream (stream: Stream, maxReadBytes: number, signal: AbortSignal, release: () => void): PlainStream {
  const plain = new PlainStream(stream, { maxReadBytes, failures: false })
  const onAbort = (): void => { plain.abort(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))) }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  plain.onClose = () => {
    signal.removeEventListener('abort', onAbort)
    release()
  }
  return plain
}

/** The message; of what comes after it no notice is taken. */
export async function readOne<T> (plain: PlainStream, codec: Pick<Codec<T>, 'decode'>): Promise<T> {
  const bytes = await plain.read()
  if (bytes == null) throw new WireResetError('the stream ended without a message', { fault: 'reset' })
  plain.discard()
  try {
    return codec.decode(bytes)
  } catch (err) {
    const message = err instanceof Error ? err.message : String(err)
    if (err instanceof WireOversizeError) throw new WireOversizeError(message, { cause: err, fault: 'oversize', evidence: evidenceOf(bytes) })
    throw undecodable(`${bytes.byteLength} bytes are no valid message: ${message}`, bytes, err)
  }
}

/** Resolves when the other side has closed, whatever it says before that. Rejects when the stream breaks. */
export async function remoteClosed (plain: PlainStream): Promise<void> {
  plain.discard()
  await plain.read()
}
